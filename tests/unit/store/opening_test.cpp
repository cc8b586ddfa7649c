// How the store is opened: new, of an earlier release, of a later one, damaged, somebody else's, in
// a folder that cannot be used. Whatever is refused is refused with what, where and what to do.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "daemon/store/schema.hpp"
#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using Catch::Matchers::Contains;
using engine::Table;

const std::string newest = std::to_string(schema_steps.size());

// Somebody who may not write where root may.
class WithoutPrivileges {
 public:
  WithoutPrivileges() {
    if (::geteuid() == 0) REQUIRE(::seteuid(65534) == 0);
  }
  ~WithoutPrivileges() {
    if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
  }
};

void keep_a_person(const StateFolder& folder) {
  SqliteStore store(folder.path());
  store.begin();
  for (std::uint64_t key = 1; key <= 200; ++key)
    store.save(Table::person, key, blob(std::string(300, 'p')));
  store.commit();
}

}  // namespace

TEST_CASE("a fresh folder gets a database of the newest version", "[store]") {
  const StateFolder folder;
  CHECK(folder.refusal() == "");
  CHECK(folder.ask("PRAGMA user_version") == newest);
  CHECK(folder.ask("PRAGMA journal_mode") == "wal");
  CHECK(folder.ask("PRAGMA page_size") == "1024");
}

TEST_CASE("a database of each earlier version is brought forward and keeps what it has",
          "[store]") {
  for (std::size_t version = 0; version < schema_steps.size(); ++version) {
    const StateFolder folder;
    {
      SQLite::Database old(folder.file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      for (std::size_t step = 0; step < version; ++step) old.exec(std::string(schema_steps[step]));
      old.exec("PRAGMA user_version = " + std::to_string(version));
      if (version > 0) old.exec("INSERT INTO mark VALUES ('contact_cursor', 12)");
    }
    SqliteStore store(folder.path());
    CHECK(store.contact_cursor() == (version > 0 ? 12 : 0));
    CHECK(folder.ask("PRAGMA user_version") == newest);
  }
}

TEST_CASE("an empty file is as good as none", "[store]") {
  const StateFolder folder;
  std::ofstream(folder.file()).close();
  CHECK(folder.refusal() == "");
}

TEST_CASE("a database of a later version is refused, with both versions and a way on", "[store]") {
  const StateFolder folder;
  folder.ask("PRAGMA user_version = 73");
  const auto refusal = folder.refusal();
  CHECK_THAT(refusal, Contains("state.db") && Contains("73") && Contains("knows " + newest));
  CHECK_THAT(refusal, Contains("install that release again") && Contains("backup"));
  CHECK(folder.ask("PRAGMA user_version") == "73");
}

TEST_CASE("a bringing forward that fails leaves the database as it was", "[store]") {
  const StateFolder folder;
  folder.ask("CREATE TABLE operation (somebody_elses INTEGER)");
  CHECK_THAT(folder.refusal(), Contains("state.db") && Contains("operation already exists"));
  CHECK(folder.ask("PRAGMA user_version") == "0");
  CHECK(folder.ask("SELECT group_concat(name) FROM sqlite_schema") == "operation");
}

TEST_CASE("a file that is no database is refused and left alone", "[store]") {
  const StateFolder folder;
  const std::string letter(3000, 'A');
  std::ofstream(folder.file()) << letter;
  CHECK_THAT(folder.refusal(), Contains("state.db") && Contains("not a database") &&
                                   Contains("restore the last backup"));
  std::ifstream file(folder.file());
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == letter);
}

TEST_CASE("a damaged database is told of, at the latest when the damage is read", "[store]") {
  const StateFolder folder;
  keep_a_person(folder);
  {
    std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
    const std::string junk(1024, '\x5A');
    const auto pages = std::filesystem::file_size(folder.file()) / 1024;
    for (std::uintmax_t page = 1; page < pages; ++page) {
      file.seekp(static_cast<std::streamoff>(page * 1024));
      file.write(junk.data(), static_cast<std::streamsize>(junk.size()));
    }
  }
  std::string told;
  try {
    SqliteStore store(folder.path());
    store.load(Table::person, 100);
  } catch (const engine::StoreError& error) {
    told = error.what();
  }
  CHECK_THAT(told, Contains("state.db") && Contains("damaged") && Contains("backup"));
}

TEST_CASE("a second daemon on the same folder is refused until the first has ended", "[store]") {
  const StateFolder folder;
  {
    const SqliteStore first(folder.path());
    CHECK_THAT(folder.refusal(), Contains("another pulihd") && Contains("systemctl stop"));
  }
  CHECK(folder.refusal() == "");
}

TEST_CASE("a folder that is missing is told of, with where and what to do", "[store]") {
  const StateFolder folder;
  const auto missing = folder.path() / "nowhere";
  CHECK_THROWS_WITH(SqliteStore(missing), Contains("nowhere") && Contains("folder must exist"));
}

TEST_CASE("a folder that may not be written to is told of", "[store]") {
  const StateFolder folder;
  namespace fs = std::filesystem;
  fs::permissions(folder.path(), fs::perms{0555});
  {
    const WithoutPrivileges nobody;
    CHECK_THAT(folder.refusal(), Contains("Permission denied") && Contains("daemon's user"));
  }
  fs::permissions(folder.path(), fs::perms{0700});
}

TEST_CASE("a database that may not be written to is told of", "[store]") {
  const StateFolder folder;
  keep_a_person(folder);
  namespace fs = std::filesystem;
  fs::permissions(folder.path(), fs::perms{0777});
  fs::permissions(folder.file(), fs::perms{0400});
  fs::permissions(folder.path() / "state.lock", fs::perms{0666});
  {
    const WithoutPrivileges nobody;
    CHECK_THAT(folder.refusal(), Contains("state.db") && Contains("chown"));
  }
}

}  // namespace pulih::store
