// After a change of keys the rows of state.db are found under their keys as before, while a daemon
// writes, and not one of their former names is left in the file.
#include "daemon/store/renaming.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "daemon/store/schema.hpp"
#include "tests/unit/accounts/invented_key.hpp"
#include "tests/unit/accounts/names_in_file.hpp"
#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using accounts::invented_key;
using accounts::KeyRing;
using accounts::SiteKeys;
using engine::Table;

constexpr std::uint64_t people = 3'000;  // a tree of several levels
std::uint64_t key_of(std::uint64_t number) {
  return accounts::as_row_key(number * 0x9E3779B97F4A7C15u);
}

struct Site {
  const StateFolder folder;
  SiteKeys keys{invented_key(1)};

  void rotate() {
    if (!keys.learn({invented_key(1), {invented_key(2), invented_key(1)}}))
      throw std::runtime_error("not learnt");
  }
  void fill(SqliteStore& store) {
    store.name_rows_by(keys);
    store.begin();
    for (std::uint64_t i = 1; i <= people; ++i) {
      store.save(Table::person, key_of(i), blob("person " + std::to_string(i)));
      store.audit(monday, conversation::Audit::talk_begun, key_of(i), key_of(people + i));
    }
    store.save(Table::guard, key_of(people + 1), blob("guard"));
    store.save(Table::receipt, key_of(people * 2 + 1), blob("receipt"));
    store.commit();
  }
  auto rename() { return rename_rows(folder.file(), named_tables, keys); }
  // All that fill() wrote.
  std::unordered_set<std::uint64_t> names() const {
    std::unordered_set<std::uint64_t> all;
    for (std::uint64_t i = 1; i <= people * 2 + 1; ++i)
      all.insert(keys.row_names().name(key_of(i)));
    return all;
  }
  bool all_found(SqliteStore& store) const {
    store.begin();
    bool all = text(store.load(Table::guard, key_of(people + 1)).value()) == "guard" &&
               text(store.load(Table::receipt, key_of(people * 2 + 1)).value()) == "receipt";
    for (std::uint64_t i = 1; i <= people; ++i)
      all = all &&
            text(store.load(Table::person, key_of(i)).value()) == "person " + std::to_string(i);
    store.rollback();
    return all;
  }
};

}  // namespace

TEST_CASE("rows are named anew and found as before", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());  // the daemon holds it meanwhile
  site.fill(store);
  const auto former = site.names();
  REQUIRE(accounts::names_in(site.folder.file(), former) == former.size());

  site.rotate();
  CHECK(site.rename().value() == 2 * people + 2);
  CHECK(site.all_found(store));
  REQUIRE(sweep_out(site.folder.file()));
  CHECK(accounts::names_in(site.folder.file(), former) == 0);
  CHECK(accounts::names_in(site.folder.file(), site.names()) == former.size());
  CHECK(site.rename().value() == 0);
}

TEST_CASE("nothing is left of rows that were erased before", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  const auto former = site.names();
  store.begin();
  for (std::uint64_t i = 1; i < people; ++i) store.erase(Table::person, key_of(i));
  store.forget_audit_before(monday + std::chrono::seconds{1}, people - 1);
  store.commit();
  REQUIRE(accounts::names_in(site.folder.file(), former) > people / 2);
  site.rotate();
  REQUIRE(site.rename());
  REQUIRE(sweep_out(site.folder.file()));
  CHECK(accounts::names_in(site.folder.file(), former) == 0);
}

TEST_CASE("the log is emptied although the daemon is about to move it itself", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  site.rotate();
  REQUIRE(site.rename());
  // Another process has the lock of checkpoints (walformat.html, 2.3.2), for half a second.
  int held[2];
  REQUIRE(::pipe2(held, O_CLOEXEC) == 0);
  const auto index = site.folder.file().string() + "-shm";
  const pid_t child = ::fork();
  if (child == 0) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_start = 121;
    lock.l_len = 1;
    char told = ::fcntl(::open(index.c_str(), O_RDWR), F_SETLKW, &lock) == 0 ? 'h' : 'f';
    (void)::write(held[1], &told, 1);
    pollfd nothing{-1, 0, 0};
    ::poll(&nothing, 1, 500);
    ::_exit(0);
  }
  char told = 0;
  REQUIRE(::read(held[0], &told, 1) == 1);
  REQUIRE(told == 'h');
  CHECK(sweep_out(site.folder.file()));
  ::waitpid(child, nullptr, 0);
  ::close(held[0]);
  ::close(held[1]);
  CHECK(site.all_found(store));
}

TEST_CASE("a table is gone through under its new names", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  site.rotate();
  REQUIRE(site.rename());
  store.begin();
  std::unordered_set<std::uint64_t> seen;
  for (std::uint64_t after = 0;;) {
    const auto page = store.scan(Table::person, after, 100);
    if (page.empty()) break;
    for (const auto& row : page) seen.insert(row.key);
    after = page.back().key;
  }
  store.erase(Table::person, key_of(1));
  store.commit();
  CHECK(seen.size() == people);
  CHECK(seen.contains(key_of(people)));
  store.begin();
  CHECK_FALSE(store.load(Table::person, key_of(1)));
}

TEST_CASE("a daemon that writes while rows are named anew loses nothing", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  site.rotate();
  std::atomic<bool> done = false;
  std::jthread daemon([&] {
    for (std::uint64_t turn = 0; !done || turn < 50; ++turn) {
      store.begin();
      const auto key = key_of(1 + turn % people);
      const auto record = store.load(Table::person, key);
      store.save(Table::person, key, record ? blob(text(*record)) : blob("lost"));
      store.commit();
    }
  });
  const auto named = site.rename();
  done = true;
  daemon.join();
  REQUIRE(named);
  CHECK(site.all_found(store));
}

TEST_CASE("a new file of a site whose keys were changed is named so from the beginning",
          "[store]") {
  Site site;
  site.rotate();
  SqliteStore store(site.folder.path());
  site.fill(store);
  CHECK(site.all_found(store));
  CHECK(site.rename().value() == 0);
  const SiteKeys first{invented_key(1)};
  std::unordered_set<std::uint64_t> keys;
  for (std::uint64_t i = 1; i <= people; ++i) keys.insert(key_of(i));
  CHECK(accounts::names_in(site.folder.file(), keys) == 0);
}

TEST_CASE("a file that is named under a key nobody has says so", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  site.folder.ask("UPDATE naming SET id = 5");
  const auto says_so = Catch::Matchers::Contains(site.folder.file().string() +
                                                 ": its rows are named under a key that "
                                                 "is not in the keyring");
  CHECK_THROWS_WITH(store.begin(), says_so);
  store.rollback();
  site.rotate();
  const auto named = site.rename();
  REQUIRE_FALSE(named);
  CHECK_THAT(named.error(), says_so);
}

TEST_CASE("a rename that fails leaves every row as it was", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  site.rotate();
  site.folder.ask("ALTER TABLE audit RENAME TO audited");  // the last of the tables
  const auto named = site.rename();
  REQUIRE_FALSE(named);
  CHECK_THAT(named.error(), Catch::Matchers::Contains("no such table: audit") &&
                                Catch::Matchers::Contains("type the command again"));
  CHECK(site.all_found(store));
}

TEST_CASE("a file that is not there, and one of an earlier release, has nothing to name",
          "[store]") {
  Site site;
  site.rotate();
  CHECK(site.rename().value() == 0);
  site.folder.ask("CREATE TABLE person (key INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT");
  CHECK(site.rename().value() == 0);
}

}  // namespace pulih::store
