// See site.hpp. The hub has a narrow role of its own in the database and is enrolled as any other;
// the pauses of the gateway are short, since a run is to see many of them end.
#include "tests/chaos/site.hpp"

#include <fstream>
#include <iterator>
#include <thread>

#include "tests/chaos/teachers.hpp"

namespace pulih::chaos {

namespace fs = std::filesystem;
using test::BadLink;

namespace {

constexpr const char* site_name = "nabire";
constexpr const char* region = "papua";
constexpr int hub_port = 28'443;

std::string with_role(std::string uri, const std::string& role) {
  const std::string owner = "user=pulih_owner";
  return uri.replace(uri.find(owner), owner.size(), "user=" + role);
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

}  // namespace

Site::Site(fs::path programs, std::size_t teachers,
           const std::optional<BadLink::Conditions>& conditions)
    : programs_(std::move(programs)),
      link_(conditions ? std::make_unique<BadLink>(*conditions) : nullptr),
      cluster_(central::Cluster::shared()),
      sql_(superuser()) {
  std::string name = (fs::temp_directory_path() / "pulih-chaos-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  database_.enrol(site_name, region);
  make_accounts(teachers);
  make_hub();
  run({programs_ / "pulihctl", "key", "new", folder_ / "site.key"}, journal());
}

Site::~Site() {
  gateway_.reset();
  hub_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Site::enter() const {
  if (link_) link_->enter(BadLink::End::one);
}

std::string Site::bystander(std::size_t which) {
  return "siti" + std::to_string(which) + "@guru.sd";
}

void Site::make_accounts(std::size_t teachers) {
  const auto last = std::to_string(teachers - 1);
  change(
      "CREATE TABLE public.changed_at_center (id text NOT NULL, what text NOT NULL);"
      "INSERT INTO pulih.account (region, id, birth_date, phone, email) SELECT 'papua', 'guru' || n"
      " || '@guru.sd', '1985-08-17', " +
      Teachers::number(0) + " + n, 'guru' || n || '@example.org' FROM generate_series(0, " + last +
      ") AS n;"
      "INSERT INTO pulih.account (region, id, birth_date) SELECT 'papua', 'siti' || n || "
      "'@guru.sd',"
      " '1990-01-02' FROM generate_series(0, " +
      last + ") AS n");
}

std::string Site::hub_address() const {
  return (link_ ? BadLink::address(BadLink::End::other) : "127.0.0.1") +
         (":" + std::to_string(hub_port));
}

void Site::make_hub() {
  const auto ca = carriers::make_certificate("example", nullptr);
  const auto hub = carriers::make_certificate("hub.example", &ca);
  const auto gateway = carriers::make_certificate("nabire.example", nullptr);
  certificates_.certificate("ca.pem", ca);
  certificates_.key("gateway.key", gateway);
  const auto enrolled = certificates_.certificate("gateway.pem", gateway);
  change("CREATE ROLE chaos_hub LOGIN IN ROLE pulih_hub");
  write(folder_ / "hub.yaml",
        "role: hub\nhub:\n  listen: " + hub_address() +
            "\n  tls: {certificate: " + certificates_.certificate("hub.pem", hub).string() +
            ", key: " + certificates_.key("hub.key", hub).string() +
            "}\n  sites: sites\ncentral: {driver: postgresql, uri: \"" +
            with_role(database_.owner_place().uri, "chaos_hub") + "\"}\n");
  run({programs_ / "pulihctl", "hub", "enrol", site_name, "--region", region, "--certificate",
       enrolled, "--config", folder_ / "hub.yaml"},
      folder_ / "hub.journal");
}

void Site::start_hub() {
  std::thread([this] {
    if (link_) link_->enter(BadLink::End::other);
    hub_ = std::make_unique<Process>(
        std::vector<std::string>{programs_ / "pulihd", "--config", folder_ / "hub.yaml"},
        folder_ / "hub.journal");
  }).join();
}

void Site::configure_gateway(std::uint16_t carrier) {
  const auto pem = [&](const char* name) {
    return (certificates_.text("place", "here").parent_path() / name).string();
  };
  write(folder_ / "pulih.yaml",
        "site: nabire\nstate_dir: " + folder_.string() +
            "\nkeys: {site: {file: site.key}}\ncentral:\n  driver: hub\n  address: " +
            hub_address() + "\n  tls: {ca: " + pem("ca.pem") +
            ", certificate: " + pem("gateway.pem") + ", key: " + pem("gateway.key") +
            ", server_name: hub.example}\n  replica: replica.db\n  poll: 1s\n"
            "dialogue: {catalogues: [id, en], default: id, zone: Asia/Jayapura}\n"
            "control: {socket: " +
            (folder_ / "control.sock").string() +
            "}\n"
            "limits: {send_gaps: [0s], hashing_memory: 8MiB, push_retry_first: 1s,"
            " push_retry_longest: 5s}\n"
            "carriers:\n  - {name: simulator, address: \"127.0.0.1:" +
            std::to_string(carrier) +
            "\", system_id: pulih, password: {value: \"demo\"}, short_code: \"8880\","
            " window: 64, rate: 200/s, response_timeout: 2s, reconnect_longest: 1s}\n");
}

void Site::start_gateway() {
  gateway_ = std::make_unique<Process>(
      std::vector<std::string>{programs_ / "pulihd", "--config", folder_ / "pulih.yaml"},
      journal());
}

central::PostgresqlPlace Site::superuser() const {
  auto place = database_.owner_place();
  place.uri = with_role(place.uri, "postgres");
  return place;
}

void Site::change(const std::string& statements) {
  for (;;) {
    if (!sql_.is_open() && !sql_.open()) continue;
    if (const auto done = sql_.script(statements.c_str()))
      return;
    else if (sql_.is_open())
      throw std::runtime_error(done.error().why);
  }
}

std::vector<central::PostgresqlAnswer> Site::ask(const char* query) {
  const central::PostgresqlCall call{query, {}};
  for (;;) {
    if (!sql_.is_open() && !sql_.open()) continue;
    auto answers = sql_.run({&call, 1});
    if (answers) return std::move(*answers);
    if (sql_.is_open()) throw std::runtime_error(answers.error().why);
  }
}

std::int64_t Site::number(const char* query) {
  return ask(query).front().integer(0, 0).value_or(-1);
}

std::vector<central::Fingerprint> Site::fingerprints() {
  // A meeting of ours would take the gateway's place, so that the driver is not asked.
  const auto answers =
      ask("SELECT number / 1024, count(*), substring(sha256(convert_to(string_agg(number || ':' ||"
          " row_version || E'\\n', '' ORDER BY number), 'UTF8')) FOR 8) FROM pulih.account"
          " GROUP BY 1 ORDER BY 1");
  const auto& rows = answers.front();
  std::vector<central::Fingerprint> all;
  for (int row = 0; row < rows.rows(); ++row)
    all.push_back({static_cast<std::uint64_t>(rows.integer(row, 0).value_or(0)),
                   static_cast<std::uint32_t>(rows.integer(row, 1).value_or(0)),
                   rows.octets<8>(row, 2).value_or(std::array<std::uint8_t, 8>{})});
  return all;
}

std::string Site::status() const {
  const auto file = folder_ / "status.json";
  fs::remove(file);
  Process asking({programs_ / "pulihctl", "status", "--json", "--config", folder_ / "pulih.yaml"},
                 file);
  if (asking.end() != 0) return {};
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace pulih::chaos
