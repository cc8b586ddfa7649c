// Several binds and hosts of one carrier over real TCP: the load is shared, what one bind is
// refused another may carry, receipts come by any of them, and a silent or confused one is
// replaced.
#include <boost/asio/write.hpp>
#include <set>

#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

using Texts = std::vector<std::string>;
using Ids = std::vector<engine::OutboundId>;
using What = LinkNotice::What;
using smpp::BindMode;

// Takes each bind and then says nothing more, as a host behind a cut cable.
struct Mute {
  explicit Mute(boost::asio::io_context& io)
      : acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}) {
    accept();
  }
  void accept() {
    acceptor.async_accept([this](const auto& error, boost::asio::ip::tcp::socket socket) {
      if (error) return;
      sockets.push_back(std::move(socket));
      // SMPP 3.4, 4.1.6: bind_transceiver_resp, ESME_ROK, to sequence 1, no system_id.
      const std::array<std::uint8_t, 17> bound{0, 0, 0, 17, 0x80, 0, 0, 9, 0,
                                               0, 0, 0, 0,  0,    0, 1, 0};
      boost::asio::write(sockets.back(), boost::asio::buffer(bound));
      accept();
    });
  }
  boost::asio::ip::tcp::acceptor acceptor;
  std::vector<boost::asio::ip::tcp::socket> sockets;
};

void two_transceivers(Profile& profile) {
  profile.binds = {BindMode::transceiver, BindMode::transceiver};
  profile.window = 1;
}

}  // namespace

TEST_CASE("all binds that can send do", "[binds]") {
  Site site(two_transceivers);
  site.bind(2);
  site.smsc.verdict = [](const std::string&) { return std::nullopt; };
  site.send({"one", "two", "three"});
  site.until([&] { return site.smsc.texts.size() == 2; });
  CHECK(std::set(site.smsc.ways.begin(), site.smsc.ways.end()).size() == 2);
}

TEST_CASE("a pair of binds receives by the one and sends by the other", "[binds]") {
  Site site([](Profile& profile) { profile.binds = {BindMode::transmitter, BindMode::receiver}; });
  site.bind(2);
  site.send({"one", "two"});
  site.until([&] { return site.done() == Ids{1, 2}; });
  CHECK(std::set(site.smsc.ways.begin(), site.smsc.ways.end()).size() == 1);
}

TEST_CASE("what one bind was throttled for goes by the other while it rests", "[binds]") {
  Site site([](Profile& profile) {
    two_transceivers(profile);
    profile.pause_first = std::chrono::hours{1};
  });
  bool once = true;
  site.smsc.verdict = [&](const std::string&) -> std::optional<std::uint32_t> {
    return std::exchange(once, false) ? smpp::ESME_RTHROTTLED : smpp::ESME_ROK;
  };
  site.bind(2);
  site.send({"one"});
  site.until([&] { return site.done() == Ids{1}; });
  REQUIRE(site.smsc.ways.size() == 2);
  CHECK(site.smsc.ways[0] != site.smsc.ways[1]);
  site.send({"two", "three"});
  site.until([&] { return site.done() == Ids{1, 2, 3}; });
  CHECK(site.smsc.ways[2] == site.smsc.ways[1]);
  CHECK(site.smsc.ways[3] == site.smsc.ways[1]);
}

TEST_CASE("a full queue at the carrier keeps only that message back", "[binds]") {
  Site site([](Profile& profile) {
    profile.window = 1;
    profile.gap_first = std::chrono::milliseconds{1};
  });
  int refusals = 2;
  site.smsc.verdict = [&](const std::string& text) -> std::optional<std::uint32_t> {
    return text == "one" && refusals-- > 0 ? smpp::ESME_RMSGQFUL : smpp::ESME_ROK;
  };
  site.bind();
  site.send({"one", "two"});
  site.until([&] { return site.done() == Ids{2, 1}; });
  CHECK(site.smsc.texts == Texts{"one", "two", "one", "one"});
  CHECK(site.notices.of(What::message_later).size() == 2);
}

TEST_CASE("a bind that the carrier has forgotten is made anew", "[binds]") {
  Site site;
  bool once = true;
  site.smsc.verdict = [&](const std::string&) -> std::optional<std::uint32_t> {
    return std::exchange(once, false) ? smpp::ESME_RINVBNDSTS : smpp::ESME_ROK;
  };
  site.bind();
  site.send({"one"});
  site.until([&] { return site.done() == Ids{1}; });
  CHECK(site.smsc.binds == 2);
  CHECK(site.smsc.texts == Texts{"one", "one"});
}

TEST_CASE("the next host is tried when one does not answer", "[binds]") {
  Site site([](Profile& profile) {
    profile.hosts.insert(profile.hosts.begin(), {"127.0.0.1", "1"});
  });
  site.bind();
  CHECK(site.notices.of(What::lost).size() == 1);
  CHECK(site.notices.of(What::bound).size() == 1);
}

TEST_CASE("a link that dies silently is noticed and replaced", "[binds]") {
  Site site;
  Mute mute(site.io);
  Profile profile = site.profile({});
  profile.hosts = {{"127.0.0.1", std::to_string(mute.acceptor.local_endpoint().port())}};
  profile.enquire_link = std::chrono::milliseconds{10};
  profile.response_timeout = std::chrono::milliseconds{10};
  Carrier carrier(std::move(profile), 0, site.around(), site.owner);
  carrier.start();
  site.until([&] { return mute.sockets.size() == 3; });
  CHECK(site.notices.of(What::bound).size() >= 2);
  CHECK(site.notices.of(What::lost).size() >= 2);
}

TEST_CASE("a response that comes too late counts for nothing, and does no harm", "[binds]") {
  Site site([](Profile& profile) { profile.response_timeout = std::chrono::milliseconds{20}; });
  int left_out = 1;
  site.smsc.verdict = [&](const std::string&) -> std::optional<std::uint32_t> {
    if (left_out-- > 0) return std::nullopt;
    return smpp::ESME_ROK;
  };
  site.bind();
  site.send({"one"});
  site.until([&] { return site.done() == Ids{1}; });
  CHECK(site.smsc.texts == Texts{"one", "one"});
  site.smsc.answer_late(0);
  site.send({"two"});
  site.until([&] { return site.done() == Ids{1, 2}; });
  CHECK(site.smsc.texts == Texts{"one", "one", "two"});
}

TEST_CASE("a receipt of a lost code names it to the engine, whichever bind brings it", "[binds]") {
  Site site([](Profile& profile) { profile.binds = {BindMode::transmitter, BindMode::receiver}; });
  site.bind(2);
  site.send({"plain"});
  site.send({"a code"}, 3);
  site.until([&] { return site.done() == Ids{1, 2}; });
  CHECK(site.smsc.receipts_asked == std::vector<std::uint8_t>{0, 1});
  REQUIRE(site.awaited.size() == 1);
  CHECK(site.awaited[0].to == accounts::Msisdn::from_value(6281100000002));
  CHECK(site.awaited[0].code == 3);
  CHECK(site.awaited[0].until == site.now + std::chrono::hours{1});
  site.smsc.deliver_receipt("6281100000002", "2");
  site.until([&] { return site.done(), !site.receipts.empty(); });
  const auto& receipt = site.receipts[0];
  CHECK(receipt.to == site.awaited[0].to);
  CHECK(receipt.carrier == 42);
  CHECK(site.awaited[0].carrier == 42);
  CHECK(std::ranges::count(receipt.tags, site.awaited[0].tag) > 0);
  // It is acknowledged when the engine says so.
  CHECK(site.smsc.acks.empty());
  site.carrier->answer(receipt.ack, engine::Answer::accepted);
  site.carrier->flush();
  site.until([&] { return site.smsc.acks.size() == 1; });
  CHECK(site.smsc.acks[1] == smpp::ESME_ROK);
}

TEST_CASE("a receipt that tells of no loss is acknowledged and goes no further", "[binds]") {
  Site site;
  site.bind();
  site.smsc.deliver_receipt("6281100000002", "2", "DELIVRD");
  site.smsc.deliver_receipt("6281100000002", "", "UNDELIV");
  site.until([&] { return site.smsc.acks.size() == 2; });
  for (const auto& [message, status] : site.smsc.acks) CHECK(status == smpp::ESME_ROK);
  site.done();
  CHECK(site.receipts.empty());
}

TEST_CASE("when the intake is full a receipt of a loss comes again later", "[binds]") {
  Site site({}, 2);
  site.bind();
  (void)site.heard();
  for (int i = 0; i < 3; ++i) site.smsc.deliver_receipt("6281100000002", "2");
  site.until([&] { return site.smsc.acks.size() == 1; });
  CHECK(site.smsc.acks[3] == smpp::ESME_RTHROTTLED);
  site.done();
  CHECK(site.receipts.size() == 2);
}

TEST_CASE("a code that is refused for good is told", "[binds]") {
  Site site;
  site.smsc.verdict = [](const std::string&) { return smpp::ESME_RINVDSTADR; };
  site.bind();
  site.send({"a code"}, 1);
  site.until([&] { return site.done() == Ids{1}; });
  REQUIRE(site.lost.size() == 1);
  CHECK(site.lost[0].carrier == 42);
}

}  // namespace pulih::carriers
