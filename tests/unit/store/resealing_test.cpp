// Every sealed row of state.db comes under the present key, whole tables at a time and while
// another connection writes; what no key opens stays as it is and is counted.
#include "daemon/store/resealing.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "daemon/store/schema.hpp"
#include "tests/unit/accounts/invented_key.hpp"
#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using accounts::Blob;
using accounts::invented_key;
using accounts::KeyRing;
using accounts::SiteKeys;
using engine::Table;

constexpr std::uint64_t people = 1'000;  // several transactions
const conversation::OperationId operation = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr std::uint64_t bound_to_operation = 0x0102030405060708;

struct Site {
  const StateFolder folder;
  accounts::SystemEntropy entropy;
  const KeyRing ring{invented_key(1), {invented_key(2), invented_key(1)}};
  const SiteKeys before{invented_key(1)}, during{ring},
      after{KeyRing{invented_key(1), {invented_key(2)}}};

  Blob sealed(const char* seal, std::uint64_t row, const SiteKeys& keys) {
    return keys.seal(blob("what was kept"), seal, row, entropy);
  }
  // A row of each kind, as the engine writes them.
  void fill(SqliteStore& store) {
    store.begin();
    for (std::uint64_t key = 1; key <= people; ++key)
      store.save(Table::person, key, sealed("person", key, before));
    store.save(Table::guard, 5, sealed("guard", 5, before));
    store.save(Table::receipt, 6, sealed("receipt", 6, before));
    store.put_outbound(7, 1, sealed("outbound", 7, before));
    store.put_operation(operation, sealed("operation", bound_to_operation, before));
    store.commit();
  }
  tl::expected<Resealing, std::string> reseal() {
    return store::reseal(folder.file(), sealed_columns, during, entropy, [](const auto&) {});
  }
  bool all_open(SqliteStore& store, const SiteKeys& keys) {
    store.begin();
    const auto opens = [&](Table table, const char* seal, std::uint64_t key) {
      return keys.open(*store.load(table, key), seal, key).has_value();
    };
    bool all = opens(Table::guard, "guard", 5) && opens(Table::receipt, "receipt", 6);
    for (std::uint64_t key = 1; key <= people; ++key)
      all = all && opens(Table::person, "person", key);
    all = all && keys.open(store.outbound(1, 0, 1).at(0).message, "outbound", 7);
    const auto waiting = store.operations(0, 1).at(0);
    all = all && keys.open(waiting.operation, "operation", bound_to_operation);
    store.rollback();
    return all;
  }
};

}  // namespace

TEST_CASE("each sealed row comes under the present key, once", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());  // the daemon holds it meanwhile
  site.fill(store);
  REQUIRE(site.all_open(store, site.before));
  REQUIRE_FALSE(site.all_open(store, site.after));

  const auto told = site.reseal();
  REQUIRE(told);
  CHECK(told->all == people + 4);
  CHECK(told->rows == people + 4);
  CHECK(told->done == people + 4);
  CHECK(told->unreadable == 0);
  CHECK(site.all_open(store, site.after));
  CHECK_FALSE(site.all_open(store, site.before));
  CHECK(site.reseal()->done == 0);
}

TEST_CASE("an operation that was acknowledged comes along", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  store.begin();
  store.keep_applied(operation, accounts::Instant(std::chrono::seconds{10}));
  store.erase_operation(operation);
  store.commit();
  REQUIRE(site.reseal());
  SQLite::Database database(site.folder.file().string());
  SQLite::Statement row(database, "SELECT operation FROM applied");
  REQUIRE(row.executeStep());
  const auto octets = row.getColumn(0);
  CHECK(site.after.open({static_cast<const std::uint8_t*>(octets.getBlob()),
                         static_cast<std::size_t>(octets.getBytes())},
                        "operation", bound_to_operation));
}

TEST_CASE("a row that no key opens stays as it is", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  store.begin();
  store.save(Table::guard, 9, blob("this was never sealed by anybody"));
  store.save(Table::guard, 10, blob("x"));
  store.commit();
  const auto told = site.reseal();
  REQUIRE(told);
  CHECK(told->unreadable == 2);
  CHECK(told->done == people + 4);
  CHECK(site.folder.ask("SELECT record FROM guard WHERE key = 9") ==
        "this was never sealed by anybody");
}

TEST_CASE("a daemon that writes meanwhile loses nothing", "[store]") {
  Site site;
  SqliteStore store(site.folder.path());
  site.fill(store);
  std::atomic<bool> done = false;
  std::jthread daemon([&] {
    accounts::SystemEntropy entropy;
    for (std::uint64_t turn = 1; !done || turn < 50; ++turn) {
      store.begin();
      const auto key = 1 + turn % people;
      store.save(Table::person, key,
                 site.during.seal(blob("turn " + std::to_string(turn)), "person", key, entropy));
      store.commit();
    }
  });
  while (site.reseal()->done != 0) continue;
  done = true;
  daemon.join();
  CHECK(site.all_open(store, site.after));
}

TEST_CASE("a file that is not there has nothing to seal, a damaged one says so", "[store]") {
  Site site;
  CHECK(site.reseal()->all == 0);
  const SqliteStore store(site.folder.path());
  SQLite::Database database(site.folder.file().string(), SQLite::OPEN_READWRITE);
  database.exec("DROP TABLE guard");
  const auto told = site.reseal();
  REQUIRE_FALSE(told);
  CHECK_THAT(told.error(), Catch::Matchers::Contains("no such table: guard") &&
                               Catch::Matchers::Contains("type the command again"));
}

}  // namespace pulih::store
