// A first copy of all accounts from PostgreSQL on this machine into the replica, as a gateway makes
// it, beside a bare program: COPY in binary into SQLite with the same columns and the same crypto.
// In turns within one run. The bar: at least 90 % of the bare program's rows a second, at a
// million.
#include <libpq-fe.h>
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "daemon/central/sync.hpp"
#include "tests/bench/bare_copy.hpp"
#include "tests/bench/spread.hpp"
#include "tests/central/cluster.hpp"

namespace pulih::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void fill(central::CentralDatabase& database, std::uint64_t rows) {
  std::fprintf(stderr, "making %llu accounts …\n", static_cast<unsigned long long>(rows));
  // Without the trigger that counts versions: a million of them would take a minute.
  database.script(
      "ALTER TABLE pulih.account DISABLE TRIGGER USER;"
      "INSERT INTO pulih.account (region, id, birth_date, phone, email, verifier, "
      "password_version, "
      "identity_version, row_version, chg, identity_chg) "
      "SELECT 'papua', 'guru' || n || '@guru.sd', date '1985-08-17' - (n % 9000)::integer, "
      "6281100000000 + n, 'guru' || n || '@example.org', '$argon2id$first', 1, n, n, "
      "pg_current_xact_id(), pg_current_xact_id() FROM generate_series(1, " +
      std::to_string(rows) +
      ") AS n;"
      "ALTER TABLE pulih.account ENABLE TRIGGER USER;");
  database.sql("VACUUM ANALYZE pulih.account");
}

// ---- the bare program

// PostgreSQL manual, COPY, "Binary Format": after 19 octets each row is a count of fields, and each
// field a length and so many octets, all big-endian; the count −1 ends it.
class BinaryRow {
 public:
  explicit BinaryRow(const char* at) : at_(at + 2) {}
  std::string_view field() {
    const auto size = static_cast<std::size_t>(number(4));
    const std::string_view found(at_, size);
    at_ += size;
    return found;
  }
  std::uint64_t number_field() {
    const auto size = number(4);
    return number(static_cast<int>(size));
  }

 private:
  std::uint64_t number(int octets) {
    std::uint64_t value = 0;
    for (; octets > 0; --octets) value = value << 8 | static_cast<std::uint8_t>(*at_++);
    return value;
  }
  const char* at_;
};

constexpr auto copy_statement =
    "COPY (SELECT number, row_version, id, to_char(birth_date, 'YYYYMMDD')::integer, phone, email, "
    "password_version, identity_version FROM pulih.account WHERE region = 'papua' ORDER BY number) "
    "TO STDOUT (FORMAT binary)";

std::uint64_t copy_by_hand(const std::string& uri, const fs::path& file) {
  PGconn* connection = PQconnectdb(uri.c_str());
  PQclear(PQexec(connection, copy_statement));
  BareCopy copy(file);
  std::vector<central::Row> page;
  std::uint64_t count = 0;
  constexpr std::size_t header = 19;
  char* data = nullptr;
  for (int size = 0; (size = PQgetCopyData(connection, &data, 0)) > 0; PQfreemem(data)) {
    const char* begin = count == 0 ? data + header : data;
    if (data + size - begin < 3) continue;  // the end
    BinaryRow fields(begin);
    auto& row = page.emplace_back();
    row.number = fields.number_field();
    row.row_version = fields.number_field();
    row.id = fields.field();
    row.birth_date = accounts::BirthDate(static_cast<std::uint32_t>(fields.number_field()));
    row.phone = accounts::Msisdn::from_value(fields.number_field());
    row.email = accounts::Secret(fields.field());
    ++count;
    if (page.size() < central::block_numbers) continue;
    copy.write(page);
    page.clear();
  }
  copy.write(page);
  copy.finish();
  PQfinish(connection);
  return count;
}

// ---- ours

class NoStanding final : public engine::StandingStore {
 public:
  engine::Standing load() override { return kept_; }
  void save(const engine::Standing& standing) override { kept_ = standing; }
  std::vector<engine::Store::OperationRow> applied(std::uint64_t, std::size_t) override {
    return {};
  }

 private:
  engine::Standing kept_;
};

central::Moment moment() {
  return {std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
          std::chrono::duration_cast<central::Steady>(Clock::now().time_since_epoch())};
}

std::uint64_t copy_as_a_gateway(central::CentralDatabase& database, const fs::path& file) {
  accounts::SystemEntropy entropy;
  database.script("UPDATE pulih.gateway SET admitted = true");
  auto driver = database.driver("nabire");
  central::ReplicaAccounts readers(file, database.keys);
  central::Replica replica({file, file.parent_path()}, database.keys, entropy, readers);
  NoStanding standing;
  central::Sync sync({driver, driver, driver, replica, readers, standing, database.keys, entropy},
                     0, {}, {[](const engine::Occurrence&) {}, [](const central::News&) {}},
                     moment());
  while (!replica.whole()) sync.step(moment());
  return replica.count();
}

// ---- both

int run(std::uint64_t rows, unsigned runs) {
  central::CentralDatabase database;
  database.enrol("nabire", "papua");
  fill(database, rows);
  const auto owner = database.owner_place();
  Spread ratios;
  for (unsigned turn = 0; turn < runs; ++turn) {
    auto folder = (fs::temp_directory_path() / "pulih-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return 1;
    const auto both = [&](const char* name, auto&& copy) {
      const auto began = Clock::now();
      const auto count = copy(fs::path(folder) / name);
      if (count != rows) throw std::runtime_error(std::string(name) + ": not all rows");
      const double seconds = seconds_since(began);
      std::printf("%s: %.1f s, %.0f rows/s\n", name, seconds, static_cast<double>(rows) / seconds);
      return seconds;
    };
    double ours = 0, bare = 0;
    const auto copy_ours = [&] {
      ours =
          both("replica", [&](const fs::path& file) { return copy_as_a_gateway(database, file); });
    };
    if (turn % 2 == 0) copy_ours();
    bare = both("bare", [&](const fs::path& file) { return copy_by_hand(owner.uri, file); });
    if (turn % 2 != 0) copy_ours();
    ratios.values.push_back(bare / ours);
    fs::remove_all(folder);
  }
  std::printf("a first copy: %.1f %% (%.1f-%.1f) of the bare program's rows a second\n",
              100 * ratios.at(0.5), 100 * ratios.at(0), 100 * ratios.at(1));
  return 0;
}

}  // namespace
}  // namespace pulih::bench

int main(int argc, char** argv) {
  std::uint64_t rows = 100'000;
  unsigned runs = 3;
  CLI::App app("a first copy from PostgreSQL beside COPY into SQLite");
  app.allow_extras();  // of the other benchmarks
  app.add_option("--rows", rows, "accounts; the bar is told of 1000000")->capture_default_str();
  app.add_option("--runs", runs, "of each, in turns")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  CLI11_PARSE(app, argc, argv);
  if (sodium_init() < 0) return 1;
  return pulih::bench::run(rows, runs);
}
