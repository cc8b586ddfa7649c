// TLS towards a carrier, over real TCP: who is believed, what is said of those who are not, and
// what a renewed file changes. Never is anything sent to a peer that could not be verified.
#include <boost/asio/write.hpp>

#include "tests/unit/carriers/certificates.hpp"
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

using What = LinkNotice::What;
using Ids = std::vector<engine::OutboundId>;

constexpr auto host = "smsc.example";

struct Pki {
  const CertificateFolder folder;
  const Signed ca = make_certificate("example", nullptr);
  const Signed smsc = make_certificate(host, &ca);
  const Signed esme = make_certificate("pulih.example", &ca);
  const std::filesystem::path ca_file = folder.certificate("ca.pem", ca);

  smpp::TlsSettings trusting() const { return {ca_file, host, {}, {}}; }
  smpp::TlsSettings with_own() const {
    return {ca_file, host, folder.certificate("esme.pem", esme), folder.key("esme.key", esme)};
  }
};

std::function<void(Profile&)> over(const smpp::TlsSettings& tls) {
  return [tls](Profile& profile) {
    profile.tls = tls;
    // One attempt is what these tests look at.
    profile.reconnect_first = profile.reconnect_longest = std::chrono::hours{1};
  };
}

// What is told of a connection that fails; no bind was asked for over it.
std::string refusal(Site& site) {
  site.carrier->start();
  site.until([&] { return !site.notices.of(What::lost).empty(); });
  CHECK(site.smsc.binds == 0);
  return site.notices.of(What::lost).back().text;
}

}  // namespace

TEST_CASE("over TLS a carrier is bound and served as without", "[tls]") {
  const Pki pki;
  Site site(over(pki.trusting()));
  site.smsc.tls = server_context(pki.smsc);
  site.bind();
  site.send({"one", "two"});
  site.until([&] { return site.done() == Ids{1, 2}; });
  const auto message = site.inbound("6281100000001", "RESET");
  CHECK(message.text == accounts::Secret("RESET"));
  site.carrier->answer(message.ack, engine::Answer::accepted);
  site.carrier->stop();
  site.until([&] { return site.carrier->stopped() && site.smsc.unbound_in_order; });
}

TEST_CASE("our certificate is shown to a carrier that asks for it", "[tls]") {
  const Pki pki;
  Site site(over(pki.with_own()));
  site.smsc.tls = server_context(pki.smsc, &pki.ca);
  site.bind();
}

TEST_CASE("a carrier that cannot be verified is told nothing, and the journal why", "[tls]") {
  const Pki pki;
  const Signed stranger = make_certificate("elsewhere", nullptr);
  SECTION("another CA") {
    Site site(over({pki.folder.certificate("other.pem", stranger), host, {}, {}}));
    site.smsc.tls = server_context(pki.smsc);
    const auto why = refusal(site);
    CHECK(why.find("signed by nobody in ") != why.npos);
    CHECK(why.find("other.pem") != why.npos);
  }
  SECTION("signed by itself") {
    Site site(over(pki.trusting()));
    site.smsc.tls = server_context(stranger);
    CHECK(refusal(site).find("signed by nobody in ") != std::string::npos);
  }
  SECTION("another name") {
    auto settings = pki.trusting();
    settings.server_name = "other.example";
    Site site(over(settings));
    site.smsc.tls = server_context(pki.smsc);
    CHECK(refusal(site).find("for smsc.example, not for other.example") != std::string::npos);
  }
  SECTION("an address where the certificate has a name") {
    auto settings = pki.trusting();
    settings.server_name.clear();  // then it is the host, 127.0.0.1
    Site site(over(settings));
    site.smsc.tls = server_context(pki.smsc);
    CHECK(refusal(site).find("not for 127.0.0.1") != std::string::npos);
  }
  SECTION("expired") {
    Site site(over(pki.trusting()));
    site.smsc.tls = server_context(make_certificate(host, &pki.ca, -10, -1));
    CHECK(refusal(site).find("expired 20") != std::string::npos);
  }
  SECTION("not valid yet") {
    Site site(over(pki.trusting()));
    site.smsc.tls = server_context(make_certificate(host, &pki.ca, 2, 10));
    CHECK(refusal(site).find("not valid yet") != std::string::npos);
  }
}

TEST_CASE("a carrier that wants our certificate and gets none is named as such", "[tls]") {
  const Pki pki;
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  Site site(over(pki.trusting()));
  site.smsc.tls = server_context(pki.smsc, &pki.ca);
  SSL_CTX_set_max_proto_version(site.smsc.tls->native_handle(), version);
  CHECK(refusal(site).find("set tls.certificate and tls.key") != std::string::npos);
}

TEST_CASE("a version before 1.2 is not spoken", "[tls]") {
  const Pki pki;
  Site site(over(pki.trusting()));
  site.smsc.tls = server_context(pki.smsc);
  SSL_CTX* const handle = site.smsc.tls->native_handle();
  SSL_CTX_set_security_level(handle, 0);
  SSL_CTX_set_min_proto_version(handle, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(handle, TLS1_1_VERSION);
  CHECK(refusal(site).find("no version from 1.2 on") != std::string::npos);
}

TEST_CASE("a peer without TLS, or one that falls silent, is given up", "[tls]") {
  const Pki pki;
  Site site;
  boost::asio::ip::tcp::acceptor acceptor(site.io, {boost::asio::ip::address_v4::loopback(), 0});
  std::vector<boost::asio::ip::tcp::socket> sockets;
  const bool talks = GENERATE(true, false);
  acceptor.async_accept([&](const auto& error, boost::asio::ip::tcp::socket socket) {
    if (error) return;
    sockets.push_back(std::move(socket));
    // An outbind (SMPP 3.4, 4.1.7), as a carrier without TLS might begin.
    const std::array<std::uint8_t, 18> outbind{0, 0, 0, 18, 0, 0, 0, 11};
    if (talks) boost::asio::write(sockets.back(), boost::asio::buffer(outbind));
  });
  Profile profile = site.profile(over(pki.trusting()));
  profile.hosts = {{"127.0.0.1", std::to_string(acceptor.local_endpoint().port())}};
  profile.bind_timeout = std::chrono::milliseconds{50};
  Carrier carrier(std::move(profile), 0, site.around(), site.owner);
  carrier.start();
  site.until([&] { return !site.notices.of(What::lost).empty(); });
  const auto why = site.notices.of(What::lost).back().text;
  INFO(why);
  if (talks) CHECK(why.find("does not speak TLS") != why.npos);
}

TEST_CASE("a renewed file counts from the next connection, and a broken one never", "[tls]") {
  const Pki pki;
  const auto settings = pki.trusting();
  Site site([&](Profile& profile) { profile.tls = settings; });
  site.smsc.tls = server_context(pki.smsc);
  site.bind();
  // The CA is renewed, and the carrier with it; the bind that stands hears nothing of it.
  const Signed renewed = make_certificate("example", nullptr);
  pki.folder.certificate("ca.pem", renewed);
  site.smsc.tls = server_context(make_certificate(host, &renewed));
  site.send({"one"});
  site.until([&] { return site.done() == Ids{1}; });
  CHECK(site.smsc.binds == 1);
  site.smsc.cut();
  site.until([&] { return site.smsc.binds == 2 && site.smsc.bound() == 1; });
  // A file that was half copied: the files before it are used, and it is told.
  pki.folder.text("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB");
  site.smsc.cut();
  site.until([&] { return site.smsc.binds == 3 && site.smsc.bound() == 1; });
  const auto told = site.notices.of(What::tls_files);
  REQUIRE(told.size() == 1);
  CHECK(told[0].text.find("ca.pem is no PEM file") != std::string::npos);
}

TEST_CASE("what is wrong with the files is said before anything is connected", "[tls]") {
  const Pki pki;
  const auto fault = [](const smpp::TlsSettings& settings) {
    const auto loaded = smpp::load_tls(settings);
    REQUIRE_FALSE(loaded);
    return std::string(loaded.error().field) + ": " + loaded.error().what;
  };
  auto settings = pki.with_own();
  settings.ca = "/nowhere/ca.pem";
  CHECK(fault(settings) == "ca: /nowhere/ca.pem does not exist");
  settings = pki.with_own();
  settings.certificate = pki.folder.text("garbage.pem", "garbage");
  CHECK(fault(settings).find("certificate: ") == 0);
  CHECK(fault(settings).find("is no PEM file") != std::string::npos);
  settings = pki.with_own();
  settings.key = pki.folder.key("other.key", pki.ca);
  CHECK(fault(settings).find("is not the key of ") != std::string::npos);
  CHECK_FALSE(smpp::expires_within(pki.with_own(), 5));
  const auto end = smpp::expires_within(pki.with_own(), 30);
  REQUIRE(end);
  CHECK(end->starts_with("20"));
}

}  // namespace pulih::carriers
