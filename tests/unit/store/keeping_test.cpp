// What the store is for: what was committed is there when it is opened again, what was rolled back
// is not, and rows come in the order that the engine counts on.
#include <catch2/catch.hpp>

#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using conversation::Audit;
using engine::Table;
using namespace std::chrono_literals;

template <class Work>
void in_one_batch(engine::Store& store, Work&& work) {
  store.begin();
  work();
  store.commit();
}

std::string loaded(engine::Store& store, Table table, std::uint64_t key) {
  const auto record = store.load(table, key);
  return record ? text(*record) : "nothing";
}

std::vector<std::uint64_t> ids(const std::vector<engine::Store::OutboundRow>& rows) {
  std::vector<std::uint64_t> ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

using Ids = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("what was committed is there when the store is opened again", "[store]") {
  const StateFolder folder;
  const conversation::OperationId operation{1, 2, 3};
  {
    SqliteStore store(folder.path());
    in_one_batch(store, [&] {
      store.save(Table::person, 7, blob("a person"));
      store.save(Table::guard, 7, blob("a guard"));
      store.save(Table::receipt, 7, blob("a receipt"));
      store.put_outbound(11, 2, blob("a message"));
      store.put_operation(operation, blob("a change"));
      store.set_contact_cursor(99);
    });
  }
  SqliteStore store(folder.path());
  CHECK(loaded(store, Table::person, 7) == "a person");
  CHECK(loaded(store, Table::guard, 7) == "a guard");
  CHECK(loaded(store, Table::receipt, 7) == "a receipt");
  const auto messages = store.outbound(2, 0, 10);
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].id == 11);
  CHECK(messages[0].carrier == 2);
  CHECK(text(messages[0].message) == "a message");
  const auto change = store.operation(operation);
  REQUIRE(change);
  CHECK(change->id == operation);
  CHECK(text(change->operation) == "a change");
  CHECK(store.contact_cursor() == 99);
}

TEST_CASE("what was rolled back is not there, neither now nor after opening again", "[store]") {
  const StateFolder folder;
  {
    SqliteStore store(folder.path());
    in_one_batch(store, [&] { store.put_outbound(1, 5, blob("stays")); });
    store.begin();
    store.save(Table::person, 7, blob("a person"));
    store.put_outbound(2, 5, blob("a message"));
    store.erase_outbound(1);
    store.put_operation({1}, blob("a change"));
    store.set_contact_cursor(99);
    store.rollback();
    CHECK(loaded(store, Table::person, 7) == "nothing");
    // Nothing of it is left for the next batch either.
    in_one_batch(store, [&] { store.save(Table::person, 8, blob("another")); });
  }
  SqliteStore store(folder.path());
  CHECK(loaded(store, Table::person, 7) == "nothing");
  CHECK(loaded(store, Table::person, 8) == "another");
  CHECK(ids(store.outbound(5, 0, 10)) == Ids{1});
  CHECK_FALSE(store.operation({1}));
  CHECK(store.contact_cursor() == 0);
}

TEST_CASE("a batch that is open when the daemon ends is not there", "[store]") {
  const StateFolder folder;
  {
    SqliteStore store(folder.path());
    store.begin();
    store.save(Table::person, 7, blob("a person"));
  }
  SqliteStore store(folder.path());
  CHECK(loaded(store, Table::person, 7) == "nothing");
}

TEST_CASE("a roll-back without a batch does no harm", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  store.rollback();
  in_one_batch(store, [&] { store.save(Table::person, 7, blob("a person")); });
  store.rollback();
  CHECK(loaded(store, Table::person, 7) == "a person");
}

TEST_CASE("a record is replaced, shrinks, grows over many pages and goes", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  for (const std::size_t size : {10u, 900u, 50'000u, 1u}) {
    const std::string record(size, 'x');
    in_one_batch(store, [&] { store.save(Table::person, 7, blob(record)); });
    CHECK(loaded(store, Table::person, 7) == record);
  }
  in_one_batch(store, [&] { store.erase(Table::person, 7); });
  CHECK(loaded(store, Table::person, 7) == "nothing");
}

TEST_CASE("a loaded record stays readable until the next call", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  const std::string long_record(5000, 'y');  // lies over several pages
  in_one_batch(store, [&] {
    store.save(Table::person, 1, blob("short"));
    store.save(Table::person, 2, blob(long_record));
  });
  store.begin();
  const auto first = store.load(Table::person, 1);
  REQUIRE(first);
  CHECK(text(*first) == "short");
  CHECK(text(*first) == "short");
  const auto second = store.load(Table::person, 2);
  REQUIRE(second);
  CHECK(text(*second) == long_record);
  // The call that ends the reading is the one that changes the very row.
  store.save(Table::person, 2, blob("new"));
  store.commit();
  CHECK(loaded(store, Table::person, 2) == "new");
}

TEST_CASE("records are scanned in the order of their keys, page by page", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  const std::uint64_t highest = (1ull << 63) - 1;
  in_one_batch(store, [&] {
    for (const std::uint64_t key : {highest, std::uint64_t{5}, std::uint64_t{1}, std::uint64_t{3}})
      store.save(Table::guard, key, blob(std::to_string(key)));
    store.save(Table::person, 2, blob("of the other table"));
  });
  Ids seen;
  for (std::uint64_t after = 0;;) {
    const auto page = store.scan(Table::guard, after, 3);
    for (const auto& row : page) {
      seen.push_back(row.key);
      CHECK(text(row.record) == std::to_string(row.key));
    }
    if (page.size() < 3) break;
    after = page.back().key;
  }
  CHECK(seen == Ids{1, 3, 5, highest});
}

TEST_CASE("messages of a carrier come in the order of their ids, from any of them on", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  in_one_batch(store, [&] {
    for (std::uint64_t id = 1; id <= 10; ++id) store.put_outbound(id, id % 2 + 1, blob("m"));
  });
  CHECK(ids(store.outbound(1, 0, 3)) == Ids{2, 4, 6});
  CHECK(ids(store.outbound(1, 7, 3)) == Ids{8, 10});
  CHECK(ids(store.outbound(2, 0, 100)) == Ids{1, 3, 5, 7, 9});
  CHECK(store.outbound(3, 0, 100).empty());
  CHECK(store.last_outbound() == 10);
}

TEST_CASE("confirmed messages go, in whatever order and however often they are confirmed",
          "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  CHECK(store.last_outbound() == 0);
  in_one_batch(store, [&] {
    for (std::uint64_t id = 1; id <= 12; ++id) store.put_outbound(id, 1, blob("m"));
  });
  in_one_batch(store, [&] {
    for (const std::uint64_t id : {9u, 2u, 3u, 2u, 12u, 1u, 700u, 8u}) store.erase_outbound(id);
  });
  CHECK(ids(store.outbound(1, 0, 100)) == Ids{4, 5, 6, 7, 10, 11});
  CHECK(store.last_outbound() == 11);
}

TEST_CASE("operations come oldest first, stand once each and go by their ids", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  in_one_batch(store, [&] {
    for (const std::uint8_t id :
         {std::uint8_t{30}, std::uint8_t{10}, std::uint8_t{20}, std::uint8_t{40}})
      store.put_operation({id}, blob(std::to_string(id)));
  });
  store.begin();
  CHECK_THROWS_AS(store.put_operation({10}, blob("again")), engine::StoreError);
  store.rollback();
  in_one_batch(store, [&] {
    store.erase_operation({10});
    store.erase_operation({99});
  });

  const auto first = store.operations(0, 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == conversation::OperationId{30});
  CHECK(first[1].id == conversation::OperationId{20});
  const auto rest = store.operations(first[1].order, 2);
  REQUIRE(rest.size() == 1);
  CHECK(text(rest[0].operation) == "40");
  CHECK(store.operation({20})->order == first[1].order);
  CHECK_FALSE(store.operation({10}));
}

TEST_CASE("audit lines older than their life are forgotten, a bounded number at a time",
          "[store]") {
  const StateFolder folder;
  {
    SqliteStore store(folder.path());
    in_one_batch(store, [&] {
      for (int day = 0; day < 6; ++day) store.audit(monday + day * 24h, Audit::code_sent, 1, 2);
    });
    in_one_batch(store, [&] { store.forget_audit_before(monday + 4 * 24h, 3); });
    CHECK(folder.ask("SELECT count(*) FROM audit") == "3");
    in_one_batch(store, [&] { store.forget_audit_before(monday + 4 * 24h, 3); });
    CHECK(folder.ask("SELECT count(*) FROM audit") == "2");
    in_one_batch(store, [&] { store.forget_audit_before(monday + 4 * 24h, 3); });
  }
  CHECK(folder.ask("SELECT min(at) || ' ' || max(at) || ' ' || count(*) FROM audit") ==
        "1700345600 1700432000 2");
  CHECK(folder.ask("SELECT what || ' ' || person || ' ' || account FROM audit") == "4 1 2");
}

TEST_CASE("the cursor of contact changes is 0 at first and then what was last set", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  CHECK(store.contact_cursor() == 0);
  for (const std::uint64_t cursor : {5u, 4'000'000'000u, 6u}) {
    in_one_batch(store, [&] { store.set_contact_cursor(cursor); });
    CHECK(store.contact_cursor() == cursor);
  }
}

}  // namespace pulih::store
