// A gateway that reaches PostgreSQL through the hub as it is installed: pulihd with `role: hub`,
// the gateway's certificate enrolled by pulihctl, the database's own narrow role. What the driver
// alone can do, the way through the hub can do too.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "daemon/hub/hub_central.hpp"
#include "tests/central/cluster.hpp"
#include "tests/unit/carriers/certificates.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace pulih::central {
namespace {

using namespace std::chrono_literals;

constexpr accounts::Instant monday{1'700'000'000s};

pid_t started(const char* program, std::vector<std::string> arguments) {
  const char* folder = std::getenv("PULIH_BIN");
  REQUIRE(folder != nullptr);
  arguments.insert(arguments.begin(), std::string(folder) + "/" + program);
  std::vector<char*> words;
  for (auto& word : arguments) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, words.front(), nullptr, nullptr, words.data(), environ) == 0);
  return child;
}
int exit_code_of(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
int run(const char* program, std::vector<std::string> arguments) {
  return exit_code_of(started(program, std::move(arguments)));
}

std::uint16_t free_port() {
  boost::asio::io_context io;
  const boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return taken.local_endpoint().port();
}

// The hub's program, and what a gateway needs to reach it.
class RunningHub {
 public:
  explicit RunningHub(CentralDatabase& database) {
    const auto role = "hub_" + std::to_string(port_);
    database.sql("CREATE ROLE " + role + " LOGIN IN ROLE pulih_hub");
    auto uri = database.owner_place().uri;
    const std::string user = "&user=";  // as Cluster::place ends
    uri.replace(uri.find(user) + user.size(), uri.npos, role);
    const auto certificate = folder_.certificate("hub.pem", hub_);
    const auto key = folder_.key("hub.key", hub_);
    configuration_ = folder_.text(
        "hub.yaml", "role: hub\nhub:\n  listen: 127.0.0.1:" + std::to_string(port_) +
                        "\n  tls: {certificate: " + certificate.string() +
                        ", key: " + key.string() +
                        "}\n  sites: sites\ncentral: {driver: postgresql, uri: \"" + uri + "\"}\n");
    REQUIRE(run("pulihd", {"--config", configuration_, "--check-config"}) == 0);
    process_ = started("pulihd", {"--config", configuration_});
  }
  ~RunningHub() {
    ::kill(process_, SIGTERM);
    CHECK(exit_code_of(process_) == 0);
  }
  RunningHub(const RunningHub&) = delete;
  RunningHub& operator=(const RunningHub&) = delete;

  int enrol(const std::string& site, const std::string& region) {
    return run("pulihctl",
               {"hub", "enrol", site, "--region", region, "--certificate",
                folder_.certificate("gateway.pem", gateway_), "--config", configuration_});
  }
  int revoke(const std::string& site) {
    return run("pulihctl", {"hub", "revoke", site, "--config", configuration_});
  }
  // The next certificate of the site; then the first one goes.
  int rotate(const std::string& site) {
    return run("pulihctl", {"hub", "rotate", site, "--certificate",
                            folder_.certificate("next.pem", next_), "--config", configuration_});
  }
  int revoke_first(const std::string& site) {
    return run("pulihctl",
               {"hub", "revoke", site, "--certificate",
                folder_.certificate("gateway.pem", gateway_), "--config", configuration_});
  }
  int list() { return run("pulihctl", {"hub", "list", "--config", configuration_}); }

  hub::HubCentral::Settings settings() { return settings_with("gateway", gateway_); }
  hub::HubCentral::Settings settings_with_the_next() { return settings_with("next", next_); }

 private:
  hub::HubCentral::Settings settings_with(const std::string& name, const carriers::Signed& own) {
    hub::HubCentral::Settings settings;
    settings.address = {"127.0.0.1", port_};
    settings.tls = {folder_.certificate("ca.pem", ca_), "hub.example",
                    folder_.certificate(name + ".pem", own), folder_.key(name + ".key", own)};
    return settings;
  }

  const carriers::CertificateFolder folder_;
  const carriers::Signed ca_ = carriers::make_certificate("example", nullptr);
  const carriers::Signed hub_ = carriers::make_certificate("hub.example", &ca_);
  const carriers::Signed gateway_ = carriers::make_certificate("nabire.example", nullptr);
  const carriers::Signed next_ = carriers::make_certificate("nabire.example", nullptr);
  const std::uint16_t port_ = free_port();
  std::string configuration_;
  pid_t process_ = 0;
};

// The hub may still be starting, or reading its sites; but not for long.
template <class Wanted>
void until(Wanted wanted) {
  using Clock = std::chrono::steady_clock;
  const auto patience = Clock::now() + 60s;
  while (!wanted())
    if (Clock::now() > patience) throw std::runtime_error("what was waited for has not come");
}

TEST_CASE("a gateway works through the hub as it does without", "[hub][postgresql]") {
  CentralDatabase database;
  database.enrol("nabire", "papua");
  const auto number = database.add("budi12@guru.sd", "papua");
  database.add("siti3@guru.smp", "maluku");
  RunningHub running(database);
  REQUIRE(running.enrol("nabire", "papua") == 0);
  CHECK(running.enrol("nabire", "papua") == 2);
  hub::HubCentral gateway(running.settings(),
                          [&](std::string_view id) { return database.keys.account(id); });
  Meetings meetings;
  Welcome welcome;
  until([&] {
    auto met = meetings.meet(gateway);
    if (!met) {
      UNSCOPED_INFO(met.error().why);
      return false;
    }
    welcome = *met;
    return true;
  });
  CHECK(welcome.region == "papua");

  const auto rows = got(gateway.rows(number / block_numbers));
  REQUIRE(rows.size() == 1);  // of its own region
  CHECK(rows[0].id == "budi12@guru.sd");
  CHECK(rows[0].birth_date.reveal() == 19850817);
  CHECK(got(gateway.fingerprints(0, 10)).size() == 1);
  const auto start = got(gateway.changes(Feed::all, at_present, 10));
  CHECK(start.rows.empty());

  PasswordChange change;
  change.id.fill(1);
  change.account_id = "budi12@guru.sd";
  change.base_password_version = rows[0].password_version;
  change.base_identity_version = rows[0].identity_version;
  change.verifier = "$argon2id$new";
  CHECK(got(gateway.apply_passwords({&change, 1}, monday)).front() == Verdict::applied);
  CHECK(got(gateway.apply_passwords({&change, 1}, monday)).front() == Verdict::applied);
  CHECK(database.sql("SELECT password_version FROM pulih.account WHERE id = 'budi12@guru.sd'") ==
        "2");
  const auto page = got(gateway.changes(Feed::all, start.next, 10));
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].password_version == 2);
  got(gateway.open_ticket({change.id, 1234567, 0, "budi12@guru.sd", 1, monday}));

  REQUIRE(running.revoke("nabire") == 0);
  until([&] { return !gateway.apply_passwords({&change, 1}, monday); });
  const auto refused = gateway.hello({});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Unavailable::Kind::refused);
}

TEST_CASE("a site changes its certificate while both are good, and the former one goes",
          "[hub][postgresql]") {
  CentralDatabase database;
  database.enrol("nabire", "papua");
  RunningHub running(database);
  REQUIRE(running.enrol("nabire", "papua") == 0);
  REQUIRE(running.rotate("nabire") == 0);
  CHECK(running.list() == 0);
  Meetings meetings;
  hub::HubCentral former(running.settings(), [](std::string_view) { return 1; });
  until([&] { return meetings.meet(former).has_value(); });
  hub::HubCentral later(running.settings_with_the_next(), [](std::string_view) { return 1; });
  until([&] { return meetings.meet(later).has_value(); });
  REQUIRE(running.revoke_first("nabire") == 0);
  until([&] {
    const auto refused = former.hello({});
    return !refused && refused.error().kind == Unavailable::Kind::refused;
  });
  until([&] { return meetings.meet(later).has_value(); });
  CHECK(got(later.fingerprints(0, 10)).empty());
}

TEST_CASE("a region that the hub and the database do not agree on is refused",
          "[hub][postgresql]") {
  CentralDatabase database;
  database.enrol("nabire", "papua");
  RunningHub running(database);
  REQUIRE(running.enrol("nabire", "maluku") == 0);
  hub::HubCentral gateway(running.settings(), [](std::string_view) { return 1; });
  Unavailable why;
  Meetings meetings;
  until([&] {
    const auto met = meetings.meet(gateway);
    REQUIRE_FALSE(met);
    why = met.error();
    return why.kind == Unavailable::Kind::refused &&
           why.why.find("is of no site") == std::string::npos;
  });
  CHECK_THAT(why.why, Catch::Contains("in the region maluku, the central database in papua"));
  // Whoever asks on nevertheless gets nothing of that region.
  database.add("budi12@guru.sd", "papua");
  CHECK_FALSE(gateway.rows(0));
  CHECK_FALSE(gateway.changes(Feed::all, "", 10));
}

}  // namespace
}  // namespace pulih::central
