// The configuration of a hub, and of a gateway behind one: what is right means what it says, and
// what is wrong is told with its place.
#include "config/hub.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/carriers/certificates.hpp"

namespace {

using namespace pulih::config;
using std::chrono::seconds;

struct Files {
  const pulih::carriers::CertificateFolder folder;
  const pulih::carriers::Signed ca = pulih::carriers::make_certificate("example", nullptr);
  const std::filesystem::path certificate = folder.certificate("hub.pem", ca);
  const std::filesystem::path key = folder.key("hub.key", ca);
  const std::filesystem::path secret = folder.text("hub.secret", "invented\n");
  const std::filesystem::path beside = certificate.parent_path();

  auto hub(const std::string& text) const { return hub_from(text, beside / "hub.yaml", {}); }
  std::string errors(const std::string& text) const {
    const auto read = hub(text);
    std::string all;
    if (!read)
      for (const auto& error : read.error())
        all += error.text().substr(beside.string().size() + 1) + "\n";
    return all;
  }
};

const std::string whole = R"(role: hub
hub: {listen: "0.0.0.0:8443", tls: {certificate: hub.pem, key: hub.key}, sites: sites}
central:
  driver: postgresql
  uri: "postgresql://pulih_hub@db.example.org/accounts"
  password: {file: hub.secret}
)";

TEST_CASE("a hub listens, has a certificate, a file of sites and a database", "[settings][hub]") {
  const Files files;
  const auto hub = files.hub(whole);
  REQUIRE(hub);
  CHECK(hub->listen == Address{"0.0.0.0", 8443});
  CHECK(hub->certificate == files.certificate);
  CHECK(hub->key == files.key);
  CHECK(hub->sites == files.beside / "sites");
  CHECK(hub->most_sites == 256);
  CHECK(hub->central.uri == "postgresql://pulih_hub@db.example.org/accounts");
  CHECK(hub->central.password.reveal() == "invented");
  CHECK(hub->control_socket.empty());
}

TEST_CASE("what a hub lacks or does not know is said", "[settings][hub]") {
  const Files files;
  CHECK(files.errors("role: hub\n").find("hub.yaml:1:1: ") == 0);
  CHECK(files.errors(whole + "carriers: []\n").find("carriers") != std::string::npos);
  CHECK(files.errors("role: both\n").find("there is no role 'both'") != std::string::npos);
  auto text = whole;
  text.replace(text.find("hub.pem"), 7, "gone.pem");
  CHECK(files.errors(text).find("gone.pem is no file") != std::string::npos);
  text = whole;
  text.replace(text.find("postgresql\n"), 10, "embedded");
  CHECK(files.errors(text).find("a hub stands before a PostgreSQL database") != std::string::npos);
}

TEST_CASE("the role of a file is seen before the rest of it", "[settings][hub]") {
  const Files files;
  CHECK(is_hub(files.folder.text("a.yaml", whole)));
  CHECK_FALSE(is_hub(files.folder.text("b.yaml", "role: gateway\n")));
  CHECK_FALSE(is_hub(files.folder.text("c.yaml", "site: nabire\n")));
  CHECK_FALSE(is_hub(files.folder.text("d.yaml", "role: [\n")));
  CHECK_FALSE(is_hub(files.beside / "missing.yaml"));
  CHECK(*read_sites_file(files.folder.text("e.yaml", whole)) == files.beside / "sites");
  CHECK_FALSE(read_sites_file(files.folder.text("f.yaml", "site: nabire\n")));
}

TEST_CASE("a gateway behind a hub has its address and a certificate", "[settings][hub]") {
  const Files files;
  files.folder.text("site.key", std::string(64, '0'));
  const auto gateway = [&](const std::string& central) {
    return settings_from(
        "site: nabire\nstate_dir: state\nkeys: {site: {file: site.key}}\n"
        "carriers:\n  - name: simulator\n    address: 127.0.0.1:2775\n"
        "    system_id: pulih\n    password: {file: hub.secret}\n"
        "    short_code: \"8880\"\ncentral: " +
            central + "\n",
        files.beside / "pulih.yaml", {{}, std::string(PULIH_SOURCE_DIR) + "/config"});
  };
  const auto settings = gateway(
      "{driver: hub, address: 'hub.example.org:8443', poll: 30s,"
      " tls: {ca: hub.pem, certificate: hub.pem, key: hub.key}}");
  REQUIRE(settings);
  const auto& central = std::get<HubCentral>(settings->central);
  CHECK(central.address == Address{"hub.example.org", 8443});
  CHECK(central.tls.server_name == "hub.example.org");
  CHECK(central.tls.certificate == files.certificate);
  CHECK(central.poll == seconds{30});
  CHECK(central.replica == files.beside / "state/replica.db");
  CHECK_FALSE(central.sealing_key);
  // A link that is quiet for five minutes is taken for dead.
  CHECK_FALSE(
      gateway("{driver: hub, address: 'hub.example.org:8443', poll: 5m,"
              " tls: {ca: hub.pem, certificate: hub.pem, key: hub.key}}"));
  const std::string half(64, 'a');
  const auto hub = "{driver: hub, address: 'hub.example.org:8443', sealing_key: " + half +
                   ", tls: {ca: hub.pem, certificate: hub.pem, key: hub.key}}";
  const auto sealing = gateway(hub);
  REQUIRE(sealing);
  CHECK(std::get<HubCentral>(sealing->central).sealing_key->front() == 0xaa);
  auto short_of_one = hub;
  short_of_one.erase(short_of_one.find(half), 1);
  const auto no_key = gateway(short_of_one);
  REQUIRE_FALSE(no_key);
  CHECK(no_key.error().front().text().find("pulihctl hub seal-key") != std::string::npos);
  const auto bare = gateway("{driver: hub, address: 'hub.example.org:8443', tls: {ca: hub.pem}}");
  REQUIRE_FALSE(bare);
  CHECK(bare.error().front().text().find("knows a gateway by its certificate") !=
        std::string::npos);
}

}  // namespace
