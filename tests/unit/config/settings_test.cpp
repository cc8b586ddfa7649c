// The configuration as an operator meets it: files that are right and what they mean, and files
// that are wrong with every error that must be told about them, as golden files under bad/.
#include "config/settings.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using namespace pulih::config;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const fs::path root = PULIH_SOURCE_DIR;
const fs::path bad = root / "tests/unit/config/bad";
const Surroundings surroundings{bad / "credentials", root / "config"};

const std::string smallest = R"(
site: nabire
state_dir: state
keys: {site: {file: site.key}}
central: {driver: embedded, path: central.db}
carriers:
  - name: simulator
    address: 127.0.0.1:2775
    system_id: pulih
    password: {file: smsc.secret}
    short_code: "8880"
)";

auto read(const std::string& text) {
  return settings_from(text, bad / "inline.yaml", surroundings);
}

std::string contents(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// One error a line, without the folder that this checkout lies in.
std::string lines(const std::vector<ConfigError>& errors) {
  std::string all;
  for (const auto& error : errors) all += error.text() + "\n";
  for (const std::string folder = bad.string() + "/"; all.find(folder) != all.npos;)
    all.erase(all.find(folder), folder.size());
  return all;
}

// "# key: value" with a lower-case key and no full stop at the end is a documented default.
std::string with_documented_defaults(const std::string& text) {
  std::istringstream input(text);
  std::string all;
  for (std::string line; std::getline(input, line); all += line + "\n") {
    const auto mark = line.find("# ");
    if (mark == line.npos || line.find_first_not_of(' ') != mark || line.ends_with('.')) continue;
    const auto key_end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", mark + 2);
    if (key_end != line.npos && key_end > mark + 2 && line.compare(key_end, 2, ": ") == 0)
      line.erase(mark, 2);
  }
  return all;
}

std::string errors_of(const std::string& text) {
  const auto settings = read(text);
  return settings ? "" : lines(settings.error());
}

}  // namespace

TEST_CASE("a configuration of what is needed takes the defaults for the rest", "[settings]") {
  const auto settings = read(smallest);
  REQUIRE(settings);
  CHECK(settings->site == "nabire");
  CHECK(settings->state_dir == bad / "state");
  CHECK(settings->site_key == bad / "site.key");
  CHECK(std::get<pulih::config::EmbeddedCentral>(settings->central).database ==
        bad / "state/central.db");
  CHECK(settings->dialogue.folder == root / "config/dialogue");
  CHECK(settings->dialogue.zone.label == "WIB");
  CHECK(settings->policy.session_life == hours{24});
  REQUIRE(settings->carriers.size() == 1);
  const auto& carrier = settings->carriers[0];
  CHECK(carrier.address == Address{"127.0.0.1", 2775});
  CHECK(carrier.bind == Bind::transceiver);
  CHECK(carrier.password.reveal() == "invented");
  CHECK(carrier.interface_version == 0x34);
  CHECK(carrier.prefixes.empty());
}

TEST_CASE("a central database on PostgreSQL has a URI, a password elsewhere and a copy here",
          "[settings]") {
  std::string text(smallest);
  const std::string_view embedded = "central: {driver: embedded, path: central.db}";
  REQUIRE(text.find(embedded) != text.npos);
  const auto with = [&](const std::string& central) {
    auto changed = text;
    return read(changed.replace(text.find(embedded), embedded.size(), "central: " + central));
  };
  const auto settings = with(
      R"({driver: postgresql, uri: "postgresql://pulih_site_nabire@a.example.org,b.example.org/a",
          password: {file: smsc.secret}, replica: copy.db, poll: 1m})");
  REQUIRE(settings);
  const auto& central = std::get<pulih::config::PostgresqlCentral>(settings->central);
  CHECK(central.uri == "postgresql://pulih_site_nabire@a.example.org,b.example.org/a");
  CHECK(central.password.reveal() == "invented");
  CHECK(central.replica == bad / "state/copy.db");
  CHECK(central.poll == minutes{1});

  for (const auto* uri : {"mysql://db.example.org/a", "postgresql://u:planted@db.example.org/a",
                          "postgresql://u:pl@nted@db.example.org/a",
                          "postgresql://db.example.org/a?user=u&password=planted"}) {
    INFO(uri);
    const auto refused = with(std::string("{driver: postgresql, uri: \"") + uri + "\"}");
    REQUIRE_FALSE(refused);
    CHECK(lines(refused.error()).find("nted") == std::string::npos);
  }
  const auto warned = [&](const std::string& uri) {
    const auto settings_of_it = with("{driver: postgresql, uri: \"" + uri + "\"}");
    REQUIRE(settings_of_it);
    return lines(settings_of_it->warnings).find("somebody on the way") != std::string::npos;
  };
  CHECK(warned("postgresql://db.example.org/a?sslmode=require"));
  CHECK_FALSE(warned("postgresql://db.example.org/a"));
  CHECK_FALSE(warned("postgresql:///a?host=/run/postgresql&sslmode=disable"));
}

TEST_CASE("the shape of the outside contract is read to the letter", "[settings]") {
  const auto settings = read(R"(
site: nabire                      # names this gateway towards the central database
state_dir: /var/lib/pulih
keys: {site: {file: site.key}}
central: {driver: embedded, path: central.db}
dialogue: {catalogues: [id, en], default: en, zone: Asia/Makassar}
carriers:
  - name: simulator
    address: 127.0.0.1:2775
    bind: transmitter+receiver
    system_id: pulih
    password: {credential: smsc}
    short_code: "8880"
    ussd: {code: "*888#", dialect: spec34, push: request, push_request: 0x12}
    prefixes: ["62811"]
    window: 64
    rate: 200/s
limits: {session: 12h, send_gaps: [0s, 5m], hashing_memory: 32MiB}
control: {socket: /run/pulih/control.sock}
)");
  REQUIRE(settings);
  CHECK(settings->state_dir == "/var/lib/pulih");
  CHECK(std::get<pulih::config::EmbeddedCentral>(settings->central).database ==
        "/var/lib/pulih/central.db");
  CHECK(settings->policy.language == pulih::conversation::Language::english);
  CHECK(settings->dialogue.zone.label == "WITA");
  CHECK(settings->dialogue.zone.ahead_of_utc == hours{8});
  const auto& carrier = settings->carriers.at(0);
  CHECK(carrier.bind == Bind::transmitter_and_receiver);
  CHECK(carrier.password.reveal() == "invented");
  CHECK(carrier.ussd_code == "*888#");
  CHECK(carrier.ussd_push == pulih::ussd::Push::request);
  CHECK(carrier.ussd_dialect.push_request == 0x12);
  CHECK(carrier.prefixes == std::vector<std::string>{"62811"});
  CHECK(carrier.window == 64);
  CHECK(carrier.rate == 200);
  CHECK(settings->policy.session_life == hours{12});
  CHECK(settings->policy.send_gaps == std::vector<seconds>{seconds{0}, minutes{5}});
  CHECK(settings->limits.hashing_cost.memory_kib == 32 * 1024);
  CHECK(settings->control_socket == "/run/pulih/control.sock");
}

TEST_CASE("every wrong configuration tells all its errors with their places", "[settings]") {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(bad)) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    const auto settings = read_settings(entry.path(), surroundings);
    INFO(entry.path().filename().string());
    REQUIRE_FALSE(settings);
    CHECK(lines(settings.error()) == contents(fs::path(entry.path()).replace_extension(".errors")));
  }
  CHECK(files >= 15);
}

TEST_CASE("what is unwise is told as a warning", "[settings]") {
  const auto settings = read_settings(root / "config/demo.yaml", surroundings);
  // The demo's site key is made when it starts.
  REQUIRE_FALSE(settings);
  REQUIRE(settings.error().size() == 1);
  CHECK(settings.error()[0].hint == "make one: pulihctl key new PATH");

  const auto with_key =
      settings_from(contents(root / "config/demo.yaml"), bad / "demo.yaml", surroundings);
  REQUIRE(with_key);
  std::string warnings;
  for (const auto& warning : with_key->warnings) warnings += warning.what + "\n";
  CHECK(warnings.find("a secret stands in the configuration file") != warnings.npos);
  CHECK(warnings.find("everybody on this machine may read") != warnings.npos);
}

TEST_CASE("the documented default file is right, and documents the defaults", "[settings]") {
  const auto text = contents(root / "config/pulih.yaml");
  const auto plain = settings_from(text, bad / "pulih.yaml", surroundings);
  REQUIRE(plain);

  const auto uncommented = with_documented_defaults(text);
  const auto spelled_out = settings_from(uncommented, bad / "pulih.yaml", surroundings);
  if (!spelled_out) FAIL(lines(spelled_out.error()));

  const auto of_policy = [](const Settings& s) {
    const auto& p = s.policy;
    return std::tuple(p.language, p.names.domain, p.names.roles, p.names.levels, p.names.excluded,
                      p.passwords.shortest, p.passwords.longest, p.session_life, p.code_life,
                      p.email_code_life, p.password_window, p.temporary_password_life, p.pause,
                      p.hold, p.contact_change_wait, p.duplicate_window, p.message_life,
                      p.code_tries, p.code_tries_total, p.code_sends, p.send_gaps,
                      p.birth_date_session, p.birth_date_day, p.birth_date_total,
                      p.accounts_a_phone, p.replies_a_phone);
  };
  CHECK((of_policy(*plain) == of_policy(*spelled_out)));
  const auto of_limits = [](const Settings& s) {
    const auto& l = s.limits;
    return std::tuple(l.intake_queue, l.outbound_queue, l.multipart_waiting, l.multipart_lifetime,
                      l.receipts_waiting, l.batch_events, l.held_messages, l.ussd_answer,
                      l.hashing_queue, l.hashing_threads, l.hashing_cost.memory_kib, l.push_batch,
                      l.operations_waiting, l.push_retry, l.push_retry_first, l.push_retry_longest,
                      l.operations_old, l.applied, l.audit, l.journal_queue);
  };
  CHECK((of_limits(*plain) == of_limits(*spelled_out)));
  const auto of_texts = [](const Settings& s) {
    const auto& d = s.dialogue;
    return std::tuple(d.catalogues, d.brand, d.service_hours, d.cost, d.zone.label);
  };
  CHECK((of_texts(*plain) == of_texts(*spelled_out)));
  const auto of_carrier = [](const Settings& s) {
    const auto& c = s.carriers.at(0);
    return std::tuple(c.bind, c.system_type, c.interface_version, c.window, c.rate, c.source.ton,
                      c.source.npi, c.destination.ton, c.destination.npi, c.default_alphabet,
                      c.enquire_link, c.response_timeout, c.reconnect_longest);
  };
  CHECK((of_carrier(*plain) == of_carrier(*spelled_out)));
  // Keys without a default are shown by an example.
  CHECK(spelled_out->carriers.at(0).ussd_code == "*888#");
  CHECK(spelled_out->carriers.at(0).ussd_push == plain->carriers.at(0).ussd_push);
  CHECK(spelled_out->carriers.at(0).alphabets ==
        std::map<std::uint8_t, pulih::gsm::Coding>{{0xF1, pulih::gsm::Coding::latin1},
                                                   {3, pulih::gsm::Coding::gsm7}});
  CHECK(spelled_out->carriers.at(0).prefixes.size() == 10);
}

TEST_CASE("a secret is never repeated in an error, wherever it was typed", "[settings]") {
  const std::string place = "password: {file: smsc.secret}";
  for (const char* typed :
       {"password: hunter2", "password: {hunter2: x}", "password: {value: [hunter2]}",
        "password: {value: *hunter2}", "password: {hunter2, hunter2}", "password: [hunter2]",
        "password: {value: \"hunter2", "password: {value: hunter2, file: smsc.secret}",
        "password: {value: \"hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2xxx\"}",
        "password: {credential: ../hunter2}"}) {
    auto text = smallest;
    text.replace(text.find(place), place.size(), typed);
    const auto errors = errors_of(text);
    INFO(typed);
    CHECK_FALSE(errors.empty());
    CHECK(errors.find("hunter2") == errors.npos);
  }
}

TEST_CASE("files that are none are refused with a word about it", "[settings]") {
  CHECK(lines(read_settings(bad, surroundings).error()).find("is a directory") !=
        std::string::npos);
  CHECK(lines(read_settings(bad / "absent.yaml", surroundings).error()) ==
        "absent.yaml: cannot be read: No such file or directory; pulihd --config FILE; the default "
        "is /etc/pulih/pulih.yaml\n");
}

TEST_CASE("no document makes the reader crash", "[settings]") {
  for (const auto& text :
       {std::string("\0\0\0", 3), std::string("\xff\xfe\x00", 3), std::string(4000, '['),
        std::string("a: &a [*a]\n"), std::string(", site:  sitee\v"), std::string("? [x]\n: y\n"),
        std::string("- - - -"), std::string("keys: {site: &x {file: *x}}"),
        std::string("carriers: [[[]], {}, 7, ~]\n"),
        std::string("limits: [1]\nkeys: 7\ncentral: ~\ndialogue: x\ncontrol: []\n")}) {
    CHECK_FALSE(errors_of(text).empty());
  }
  for (std::size_t cut = 0; cut < smallest.size(); ++cut) errors_of(smallest.substr(0, cut));
}
