// Who is let in, and until when: an enrolled certificate, and that only; a connection that is
// revoked, displaced, too slow or not ours ends with words that an operator can act on.
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "daemon/accounts/hexadecimal.hpp"
#include "tests/unit/hub/hub_in_test.hpp"

namespace pulih::hub {
namespace {

namespace asio = boost::asio;
using central::Unavailable;

// A peer that writes what it likes.
struct RawPeer {
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream;

  RawPeer(HubInTest& here, const carriers::Signed& who)
      : RawPeer(here, [&](SSL_CTX* own) {
          SSL_CTX_use_certificate(own, who.certificate.get());
          SSL_CTX_use_PrivateKey(own, who.key.get());
        }) {}
  RawPeer(HubInTest& here, const std::function<void(SSL_CTX*)>& with)
      : stream((with(context.native_handle()), io), context) {
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), here.port});
    stream.handshake(asio::ssl::stream_base::client);
  }
  void write(const Octets& octets) {
    boost::system::error_code ignored;  // the hub may have closed already
    asio::write(stream, asio::buffer(octets), ignored);
  }
  // What the hub says before it closes.
  Talk heard_until_closed() {
    Talk talk(Talk::Side::gateway);
    std::array<std::uint8_t, 4'096> buffer;
    boost::system::error_code error;
    while (true) {
      const auto count = stream.read_some(asio::buffer(buffer), error);
      if (error || !talk.receive({buffer.data(), count}) || talk.heard_farewell()) return talk;
    }
  }
};

Unavailable refused(HubCentral& gateway) {
  const auto welcome = gateway.hello({});
  REQUIRE_FALSE(welcome);
  return welcome.error();
}

TEST_CASE("a certificate that is not enrolled is refused with its fingerprint",
          "[hub][admission]") {
  HubInTest here;
  const auto stranger = carriers::make_certificate("stranger.example", nullptr);
  const auto gateway = here.connected(stranger);
  const auto why = refused(*gateway);
  CHECK(why.kind == Unavailable::Kind::refused);
  const auto hash = certificate_hash(here.folder.certificate("stranger.pem", stranger));
  CHECK(why.why.find(accounts::in_hex(*hash)) != std::string::npos);
  CHECK(here.wait_for(Notice::What::refused).text.find(accounts::in_hex(*hash)) !=
        std::string::npos);
  CHECK(here.central.pages() == 0);
  // Once it is enrolled the same gateway comes in.
  here.enrol("biak", "papua", stranger);
  while (!gateway->hello({})) {
  }
  CHECK(here.wait_for(Notice::What::connected).site == "biak");
}

TEST_CASE("a peer without a certificate gets no word of the protocol", "[hub][admission]") {
  HubInTest here;
  // TLS 1.3 tells the client after its own side of the handshake is done (RFC 8446, 4.4.2.4).
  RawPeer nobody(here, [](SSL_CTX*) {});
  std::array<std::uint8_t, 64> buffer;
  boost::system::error_code error;
  CHECK(nobody.stream.read_some(asio::buffer(buffer), error) == 0);
  CHECK(ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
        SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED);
  CHECK(here.wait_for(Notice::What::handshake_failed).text.find("did not return a certificate") !=
        std::string::npos);
  CHECK(here.connected()->hello({}));
}

TEST_CASE("a peer that speaks TLS 1.2 at most is refused", "[hub][admission]") {
  HubInTest here;
  const auto old = [&](SSL_CTX* own) {
    SSL_CTX_set_max_proto_version(own, TLS1_2_VERSION);
    SSL_CTX_use_certificate(own, here.gateway.certificate.get());
    SSL_CTX_use_PrivateKey(own, here.gateway.key.get());
  };
  int reason = 0;
  try {
    RawPeer peer(here, old);
  } catch (const boost::system::system_error& error) {
    reason = ERR_GET_REASON(static_cast<unsigned long>(error.code().value()));
  }
  CHECK(reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
  CHECK(here.wait_for(Notice::What::handshake_failed)
            .text.find("the gateway speaks no version from 1.3 on") != std::string::npos);
  CHECK(here.connected()->hello({}));
}

TEST_CASE("a hub with another name or another authority is not believed", "[hub][admission]") {
  HubInTest here;
  auto settings = here.settings_of(here.gateway);
  settings.tls.server_name = "other.example";
  const auto renamed = std::make_unique<HubCentral>(settings, HubInTest::key_of);
  CHECK(refused(*renamed).why.find("is for hub.example, not for other.example") !=
        std::string::npos);
  settings = here.settings_of(here.gateway);
  settings.tls.ca =
      here.folder.certificate("other-ca.pem", carriers::make_certificate("other", nullptr));
  const auto forged = std::make_unique<HubCentral>(settings, HubInTest::key_of);
  CHECK(refused(*forged).why.find("signed by nobody in") != std::string::npos);
}

TEST_CASE("a revoked certificate loses its connection while it is in use", "[hub][admission]") {
  HubInTest here;
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  here.revoke("nabire");
  here.wait_for(Notice::What::revoked);
  here.wait_for(Notice::What::lost);
  const auto change = made_up_change(1);
  CHECK_FALSE(gateway->apply_passwords({&change, 1}, {}));
  CHECK(refused(*gateway).kind == Unavailable::Kind::refused);
  CHECK(here.central.applied().empty());
}

TEST_CASE("a call that waits while its certificate is revoked is told so", "[hub][admission]") {
  HubInTest here;
  here.central.fill(10);
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  here.central.hold_pages(true);
  auto page =
      std::async(std::launch::async, [&] { return gateway->changes(central::Feed::all, {}, 5); });
  here.revoke("nabire");
  const auto outcome = page.get();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Unavailable::Kind::refused);
  here.central.hold_pages(false);
}

TEST_CASE("a file of sites that is no longer readable changes nothing", "[hub][admission]") {
  HubInTest here;
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  // In one piece, as an editor puts it there: half a file would be one without sites.
  const auto edited = here.folder.text("edited", "nabire papua\n");
  std::filesystem::rename(edited, edited.parent_path() / "sites");
  CHECK(here.wait_for(Notice::What::sites_unreadable).text.find("sites:1: a line of 2 words") !=
        std::string::npos);
  CHECK(gateway->hello({}));
}

TEST_CASE("a newer connection of a site takes the older one's place", "[hub][admission]") {
  HubInTest here;
  const auto older = here.connected();
  REQUIRE(older->hello({}));
  const auto newer = here.connected();
  REQUIRE(newer->hello({}));
  here.wait_for(Notice::What::lost);
  CHECK(newer->hello({}));
  CHECK(here.ask([](Hub& hub) { return hub.states().size(); }) == 1);
  CHECK(older->hello({}));  // the links of one gateway may overtake each other
}

TEST_CASE("one connection more than the hub may have is closed", "[hub][admission]") {
  HubInTest here([](HubSettings& settings) { settings.most_sites = 1; });
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket another(io);
  another.connect({boost::asio::ip::make_address("127.0.0.1"), here.port});
  here.wait_for(Notice::What::full);
  char octet = 0;
  boost::system::error_code closed;
  CHECK(another.read_some(boost::asio::buffer(&octet, 1), closed) == 0);
  CHECK(closed);
  CHECK(gateway->hello({}));
}

TEST_CASE("what does not speak the protocol is told and let go", "[hub][admission]") {
  HubInTest here;
  RawPeer peer(here, here.gateway);
  peer.write(Octets(100, 'G'));
  const auto talk = peer.heard_until_closed();
  REQUIRE(talk.heard_farewell());
  CHECK(talk.heard_farewell()->code == Farewell::garbled);
  const auto gateway = here.connected();
  CHECK(gateway->hello({}));
}

TEST_CASE("pages asked for before the first one has come are owed too", "[hub][admission]") {
  HubInTest here;
  here.central.fill(10);
  here.central.hold_pages(true);
  RawPeer peer(here, here.gateway);
  Talk talk(Talk::Side::gateway);
  const auto say = [&](const Request& request) {
    Writer message;
    put(message, 1, request);
    talk.send(Lane::bulk, std::move(message));
  };
  say(ask::Changes{central::Feed::all, {}, 1, 2});
  say(ask::Further{3});
  while (const auto frame = talk.next_frame()) peer.write(*frame);
  while (!here.ask([](Hub& hub) {
    const auto states = hub.states();
    return !states.empty() && states.front().requests == 2;
  })) {
  }
  here.central.hold_pages(false);
  std::array<std::uint8_t, 4'096> buffer;
  for (int pages = 0; pages < 5;) {
    const auto count = peer.stream.read_some(asio::buffer(buffer));
    REQUIRE(talk.receive({buffer.data(), count}));
    while (const auto heard = talk.next_message()) {
      const auto answer = read_answer(heard->message);
      REQUIRE(answer);
      REQUIRE(std::get<central::Page>(answer->what).rows.size() == 1);
      ++pages;
    }
  }
}

TEST_CASE("more requests than may wait end the connection", "[hub][admission]") {
  HubInTest here;
  here.central.fill(10);
  here.central.hold_pages(true);
  RawPeer peer(here, here.gateway);
  Talk talk(Talk::Side::gateway);
  for (std::uint64_t number = 1; number <= 100; ++number) {
    Writer message;
    put(message, number, Request(ask::Changes{central::Feed::all, {}, 1, 1}));
    talk.send(Lane::bulk, std::move(message));
  }
  while (const auto frame = talk.next_frame()) peer.write(*frame);
  const auto heard = peer.heard_until_closed();
  REQUIRE(heard.heard_farewell());
  CHECK(heard.heard_farewell()->code == Farewell::too_large);
  here.central.hold_pages(false);
}

TEST_CASE("a reader that does not read is not read ahead for, and is cut off", "[hub][admission]") {
  HubInTest here(
      [](HubSettings& settings) { settings.times.slow = std::chrono::milliseconds{300}; });
  here.central.fill(200'000);
  RawPeer peer(here, here.gateway);
  Talk talk(Talk::Side::gateway);
  Writer message;
  put(message, 1, Request(ask::Changes{central::Feed::all, {}, 4'096, 16}));
  talk.send(Lane::bulk, std::move(message));
  for (std::uint64_t times = 0; times < 60; ++times) {
    Writer further;
    put(further, 1, Request(ask::Further{16}));
    talk.send(Lane::bulk, std::move(further));
  }
  while (const auto frame = talk.next_frame()) peer.write(*frame);
  CHECK(here.wait_for(Notice::What::lost).text.find("too slowly") != std::string::npos);
  CHECK(here.central.pages() < 49);  // of the 49 that there are
}

TEST_CASE("a gateway that is gone is told as gone, whoever signed its certificate",
          "[hub][admission]") {
  HubInTest here;
  auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  gateway.reset();
  const auto lost = here.wait_for(Notice::What::lost);
  CHECK(lost.site == "nabire");
  CHECK(lost.text.find("certificate") == std::string::npos);
  CHECK_FALSE(lost.text.empty());
}

TEST_CASE("a hub that stops says so", "[hub][admission]") {
  HubInTest here;
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  here.ask([](Hub& hub) { return hub.stop(), true; });
  here.wait_for(Notice::What::lost);
  const auto change = made_up_change(1);
  const auto outcome = gateway->apply_passwords({&change, 1}, {});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Unavailable::Kind::away);
}

TEST_CASE("a peer that is silent while an answer is awaited is given up", "[hub][admission]") {
  HubInTest here;
  // It accepts, and never says a word.
  asio::io_context io;
  asio::ip::tcp::acceptor deaf(io, {asio::ip::make_address("127.0.0.1"), 0});
  auto settings = here.settings_of(here.gateway);
  settings.address.port = deaf.local_endpoint().port();
  settings.budget = {std::chrono::milliseconds{200}, std::chrono::milliseconds{50}, 3};
  HubCentral gateway(settings, HubInTest::key_of);
  CHECK(refused(gateway).why.find("no answer within") != std::string::npos);
}

}  // namespace
}  // namespace pulih::hub
