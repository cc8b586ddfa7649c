// The gateway's standing with the central database: what was saved is there after a restart, beside
// the engine's batches, and what was applied comes in its order until it is forgotten.
#include "daemon/store/standing.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using namespace std::chrono_literals;

engine::Standing invented() {
  engine::Standing standing;
  standing.meetings = 7;
  standing.draw = ~std::uint64_t{0};
  standing.unanswered = true;
  standing.fence = 3;
  standing.epoch.fill(0xE0);
  standing.replaying = true;
  standing.replayed = 12;
  standing.pushed_again = 100;
  standing.void_again = 3;
  return standing;
}

void apply(SqliteStore& store, std::uint8_t id, engine::Instant at) {
  store.begin();
  store.put_operation({id}, blob(std::to_string(id)));
  store.keep_applied({id}, at);
  store.commit();
}

}  // namespace

TEST_CASE("a gateway that never met has no standing, and keeps the one it saves", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  {
    SqliteStanding standing(folder.path());
    CHECK(standing.load() == engine::Standing{});
    standing.save(invented());
    CHECK(standing.load() == invented());
  }
  CHECK(SqliteStanding(folder.path()).load() == invented());
}

TEST_CASE("it is saved between the engine's batches", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  SqliteStanding standing(folder.path());
  for (std::uint8_t id = 1; id <= 50; ++id) {
    apply(store, id, monday);
    auto next = invented();
    next.replayed = id;
    standing.save(next);
    CHECK(standing.load().replayed == id);
  }
  CHECK(standing.applied(0, 100).size() == 50);
}

TEST_CASE("it is saved after a batch that was given up, and the next batch begins", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  SqliteStanding standing(folder.path());
  store.begin();
  store.save(engine::Table::person, 1, blob("somebody"));
  store.commit();
  store.begin();
  REQUIRE(store.load(engine::Table::person, 1));
  store.rollback();
  standing.save(invented());
  apply(store, 1, monday);
  CHECK(standing.load() == invented());
}

TEST_CASE("what was applied waits no longer, comes in its order and is forgotten", "[store]") {
  const StateFolder folder;
  SqliteStore store(folder.path());
  SqliteStanding standing(folder.path());
  for (const std::uint8_t id : {std::uint8_t{30}, std::uint8_t{10}, std::uint8_t{20}})
    apply(store, id, monday + std::chrono::seconds{id});
  CHECK(store.operations(0, 10).empty());
  const auto first = standing.applied(0, 2);
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == conversation::OperationId{30});
  CHECK(text(first[0].operation) == "30");
  CHECK(first[1].id == conversation::OperationId{10});
  const auto rest = standing.applied(first[1].order, 2);
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].id == conversation::OperationId{20});

  store.begin();
  store.forget_applied_before(monday + 25s, 10);
  store.commit();
  const auto left = standing.applied(0, 10);
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == conversation::OperationId{30});
}

}  // namespace pulih::store
