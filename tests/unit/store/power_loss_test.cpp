// The first invariant at its lowest: the power goes at any write, sync or truncation, what was not
// synced is there, missing or torn as chance has it, and still each batch whose commit returned is
// whole when the store is opened again, and no other is there by half.
#include <catch2/catch.hpp>
#include <map>

#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using engine::Table;
using simulation::Seeded;

// All that the store holds.
struct State {
  std::map<std::uint64_t, accounts::Blob> records[2];
  std::map<std::uint64_t, std::pair<std::uint64_t, accounts::Blob>> outbound;
  std::map<conversation::OperationId, accounts::Blob> operations;
  std::uint64_t batch = 0;  // the last one in it, kept as the contact cursor

  friend bool operator==(const State&, const State&) = default;
};

State read_all(engine::Store& store) {
  constexpr std::size_t all = 100'000;
  State state;
  for (const auto table : {Table::person, Table::guard})
    for (auto& row : store.scan(table, 0, all))
      state.records[static_cast<std::size_t>(table)][row.key] = std::move(row.record);
  for (const std::uint64_t carrier : {1u, 2u})
    for (auto& row : store.outbound(carrier, 0, all))
      state.outbound[row.id] = {carrier, std::move(row.message)};
  for (auto& row : store.operations(0, all)) state.operations[row.id] = std::move(row.operation);
  state.batch = store.contact_cursor();
  return state;
}

// Makes changes to the store and to the model of it alike.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : chance_(seed) {}

  // One batch, whole or not at all. A few are large enough for the log to be moved beside them.
  void write(engine::Store& store, State& state, bool large) {
    store.begin();
    state.batch = ++last_batch_;
    store.set_contact_cursor(state.batch);
    if (large)
      for (std::uint64_t key = 1; key <= 3000; ++key) save(store, state, Table::person, key, 900);
    for (auto changes = chance_.between(1, 40); changes > 0; --changes) change(store, state);
    store.commit();
  }
  Seeded& chance() { return chance_; }

 private:
  accounts::Blob octets(std::int64_t most) {
    accounts::Blob made(static_cast<std::size_t>(chance_.between(1, most)));
    chance_.fill(made);
    return made;
  }
  void save(engine::Store& store, State& state, Table table, std::uint64_t key, std::int64_t most) {
    auto& record = state.records[static_cast<std::size_t>(table)][key];
    record = octets(most);
    store.save(table, key, record);
  }
  void change(engine::Store& store, State& state) {
    const auto key = static_cast<std::uint64_t>(chance_.between(1, 300));
    const auto table = chance_.chance(700) ? Table::person : Table::guard;
    switch (chance_.between(0, 9)) {
      case 0:
        return save(store, state, table, key, 5000);
      case 1:
        store.erase(table, key);
        state.records[static_cast<std::size_t>(table)].erase(key);
        return;
      case 2:
      case 3:
        state.outbound[++last_message_] = {key % 2 + 1, octets(200)};
        return store.put_outbound(last_message_, key % 2 + 1, state.outbound[last_message_].second);
      case 4:
        if (state.outbound.empty()) return;
        store.erase_outbound(state.outbound.begin()->first);
        state.outbound.erase(state.outbound.begin());
        return;
      case 5: {
        conversation::OperationId id{};
        chance_.fill(id);
        state.operations[id] = octets(300);
        return store.put_operation(id, state.operations[id]);
      }
      case 6:
        if (state.operations.empty()) return;
        store.erase_operation(state.operations.begin()->first);
        state.operations.erase(state.operations.begin());
        return;
      default:
        return save(store, state, table, key, 400);
    }
  }

  Seeded chance_;
  std::uint64_t last_batch_ = 0;
  std::uint64_t last_message_ = 0;
};

// One site from its first start on, through several losses; each life begins by looking at what the
// one before has left.
void live_through_losses(const StateFolder& folder, std::uint64_t seed, bool large) {
  auto& disk = StateFolder::disk();
  Writer writer(seed);
  auto& chance = writer.chance();
  State durable, attempted;
  constexpr int losses = 3;
  for (int life = 0; life <= losses; ++life) {
    if (life < losses)
      disk.lose_power_at(static_cast<std::uint64_t>(chance.between(1, large ? 9000 : 100)));
    try {
      SqliteStore store(folder.path());
      const State found = read_all(store);
      REQUIRE(found.batch >= durable.batch);
      REQUIRE((found == durable || found == attempted));
      durable = attempted = found;
      for (auto batches = chance.between(1, large ? 3 : 15); batches > 0; --batches) {
        writer.write(store, attempted, large);
        durable = attempted;
      }
    } catch (const engine::StoreError&) {
      REQUIRE(disk.powerless());
    }
    disk.restore_power(chance);
  }
  REQUIRE(folder.ask("PRAGMA integrity_check") == "ok");
}

}  // namespace

TEST_CASE("after a power loss each acknowledged batch is whole and no other is there by half",
          "[store]") {
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    INFO("seed " << seed);
    const StateFolder folder;
    live_through_losses(folder, seed, false);
  }
}

TEST_CASE("a power loss while the log is moved into the database costs no batch", "[store]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    const StateFolder folder;
    live_through_losses(folder, seed, true);
  }
}

TEST_CASE("the disk of these tests does forget what was not synced", "[store]") {
  const StateFolder folder;
  auto& disk = StateFolder::disk();
  Seeded chance(1);
  {
    // Without a sync at each commit, as the store must never be set.
    SQLite::Database careless(folder.file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    careless.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t (n INTEGER)");
    for (int n = 0; n < 100; ++n) careless.exec("INSERT INTO t VALUES (1)");
    disk.lose_power_at(1);
  }
  disk.restore_power(chance);
  std::string rows = "unreadable";
  try {
    rows = folder.ask("SELECT count(*) FROM t");
  } catch (const SQLite::Exception&) {
  }
  CHECK(rows != "100");
}

}  // namespace pulih::store
