// Opening central.db: what is made, what is brought forward, and what is refused with a word on
// what to do.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_schema.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

using Catch::Contains;

int mode_of(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 0777) : -1;
}

int version_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

TEST_CASE_METHOD(InventedSite, "a new file and its log are its owner's alone", "[central]") {
  auto accounts = open_register();
  const std::array budi_alone{account(budi, phone(1))};
  REQUIRE(accounts.add(budi_alone).value() == 1);
  CHECK(mode_of(file) == 0600);
  CHECK(mode_of(folder / "central.db-wal") == 0600);
  CHECK(mode_of(folder / "central.db-shm") == 0600);
}

TEST_CASE_METHOD(InventedSite, "a file that is missing is told with the command that makes one",
                 "[central]") {
  const auto look_up = refusal([&] { EmbeddedAccounts(file, keys); });
  CHECK_THAT(look_up, Contains("central.db") && Contains("pulihctl accounts seed"));
  const auto command = refusal([&] { open_register(IfMissing::refuse); });
  CHECK_THAT(command, Contains("central.db") && Contains("pulihctl accounts add"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE_METHOD(InventedSite, "a folder that is missing is told", "[central]") {
  file = folder / "nowhere" / "central.db";
  CHECK_THAT(refusal([&] { open_register(); }), Contains("nowhere") && Contains("folder"));
}

TEST_CASE_METHOD(InventedSite, "a file that is no database is told as damaged", "[central]") {
  std::ofstream(file) << std::string(8192, 'x');
  CHECK_THAT(refusal([&] { open_register(); }), Contains("damaged") && Contains("backup"));
  CHECK_THAT(refusal([&] { EmbeddedAccounts(file, keys); }), Contains("damaged"));
}

TEST_CASE_METHOD(InventedSite, "a database whose pages were overwritten is told as damaged",
                 "[central]") {
  add_budi();
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = std::filesystem::file_size(file);
  damaged.seekp(4096);
  damaged << std::string(size - 4096, '\xA5');
  damaged.close();
  CHECK_THAT(refusal([&] { open_register(); }), Contains("damaged"));
}

TEST_CASE_METHOD(InventedSite, "a database of another program is refused", "[central]") {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE account (name TEXT); PRAGMA user_version = 1");
  CHECK_THAT(refusal([&] { open_register(); }), Contains("central.db"));
  CHECK_THAT(refusal([&] { EmbeddedAccounts(file, keys); }), Contains("central.db"));
}

TEST_CASE_METHOD(InventedSite, "under another site key the file is refused, not read as empty",
                 "[central]") {
  add_budi();
  const accounts::SiteKeys other(invented_key(8));
  CHECK_THAT(refusal([&] { EmbeddedCentral(file, other, entropy); }), Contains("keys.site"));
  CHECK_THAT(refusal([&] { EmbeddedAccounts(file, other); }), Contains("keys.site"));
}

TEST_CASE_METHOD(InventedSite, "a schema of a later release is refused", "[central]") {
  add_budi();
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  const auto why = refusal([&] { EmbeddedCentral(file, keys, entropy); });
  CHECK_THAT(why, Contains("version 99") && Contains("install the release"));
}

TEST_CASE_METHOD(InventedSite, "opening again changes nothing", "[central]") {
  const auto key = add_budi();
  { EmbeddedCentral again(file, keys, entropy); }
  SQLite::Database database(file.string());
  CHECK(version_of(database) == static_cast<int>(embedded_schema_steps.size()));
  CHECK(EmbeddedAccounts(file, keys).by_id(key));
}

TEST_CASE("a database of an earlier release is brought forward step by step", "[central]") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const std::array<std::string_view, 3> steps = {"CREATE TABLE a (x)", "INSERT INTO a VALUES (1)",
                                                 "ALTER TABLE a ADD COLUMN y DEFAULT 5"};
  bring_forward(database, std::span(steps).first(1));
  CHECK(version_of(database) == 1);
  bring_forward(database, steps);
  bring_forward(database, steps);
  CHECK(version_of(database) == 3);
  CHECK(database.execAndGet("SELECT sum(x + y) FROM a").getInt() == 6);
}

TEST_CASE("a step that fails leaves the database as it was", "[central]") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const std::array<std::string_view, 2> steps = {"CREATE TABLE a (x)", "CREATE TABLE a (x)"};
  CHECK_THROWS_AS(bring_forward(database, steps), SQLite::Exception);
  CHECK(version_of(database) == 0);
  CHECK_FALSE(database.tableExists("a"));
}

}  // namespace
}  // namespace pulih::central
