// A disk that fails once, at every write, sync and truncation in turn, and a disk that is full: the
// batch that meets it fails as a whole, and the store goes on as soon as the disk does.
#include <catch2/catch.hpp>

#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using Catch::Matchers::Contains;
using engine::Table;
using Call = FaultyDisk::Call;

constexpr std::uint64_t people_of_a_batch = 300;  // some 100 KiB of log, written in several pieces

// Every person's record is the batch's name, so that a half batch shows.
void save_batch(engine::Store& store, const std::string& name) {
  store.begin();
  for (std::uint64_t key = 1; key <= people_of_a_batch; ++key)
    store.save(Table::person, key, blob(name + std::string(250, '.')));
  store.commit();
}

// Empty when the batch was kept, else why not.
std::string failure_of_batch(engine::Store& store, const std::string& name) {
  try {
    save_batch(store, name);
    return {};
  } catch (const engine::StoreError& error) {
    store.rollback();
    return error.what();
  }
}

// The batch that all people are of; "half" when they are not of one.
std::string batch_found(engine::Store& store) {
  std::string found;
  for (const auto& row : store.scan(Table::person, 0, 1000)) {
    const auto record = text(row.record);
    const auto name = record.substr(0, record.find('.'));
    if (found.empty()) found = name;
    if (found != name) return "half";
  }
  return found;
}

// One run with the nth such call failing. False: there was no nth call any more.
bool survives(Call call, int nth, int code) {
  const StateFolder folder;
  {
    SqliteStore store(folder.path());
    save_batch(store, "first");
    StateFolder::disk().fail(call, nth, code);
    const auto failure = failure_of_batch(store, "second");
    if (failure.empty()) return false;
    CHECK_THAT(failure, Contains("state.db") && Contains("; "));
    CHECK(batch_found(store) == "first");
    save_batch(store, "third");
    CHECK(batch_found(store) == "third");
  }
  SqliteStore store(folder.path());
  CHECK(batch_found(store) == "third");
  return true;
}

}  // namespace

TEST_CASE("a batch whose nth write fails is not kept, and the next one is", "[store]") {
  int nth = 1;
  while (survives(Call::write, nth, SQLITE_IOERR_WRITE)) ++nth;
  CHECK(nth > 2);  // some did fail
}

TEST_CASE("a batch whose nth sync fails is not kept, and the next one is", "[store]") {
  int nth = 1;
  while (survives(Call::sync, nth, SQLITE_IOERR_FSYNC)) ++nth;
  CHECK(nth == 2);  // one commit, one sync
}

TEST_CASE("opening fails as a whole at any call, and succeeds the next time", "[store]") {
  for (const auto call : {Call::write, Call::sync, Call::truncate}) {
    for (int nth = 1; nth < 30; ++nth) {
      const StateFolder folder;
      StateFolder::disk().fail(call, nth, SQLITE_IOERR);
      const auto refusal = folder.refusal();
      if (!refusal.empty()) CHECK_THAT(refusal, Contains("state.db"));
      StateFolder::disk().replace();
      SqliteStore store(folder.path());
      save_batch(store, "first");
      CHECK(batch_found(store) == "first");
    }
  }
}

TEST_CASE("a full disk refuses batches with a way out, and the store goes on by itself",
          "[store]") {
  const StateFolder folder;
  {
    SqliteStore store(folder.path());
    save_batch(store, "first");
    StateFolder::disk().fill();
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto failure = failure_of_batch(store, "second");
      CHECK_THAT(failure, Contains("full") && Contains("make room"));
      CHECK(batch_found(store) == "first");
    }
    StateFolder::disk().make_room();
    save_batch(store, "third");
  }
  SqliteStore store(folder.path());
  CHECK(batch_found(store) == "third");
}

TEST_CASE("a batch larger than the page cache that meets a full disk leaves nothing", "[store]") {
  const StateFolder folder;
  const std::string record(60'000, 'r');
  {
    SqliteStore store(folder.path());
    save_batch(store, "first");
    StateFolder::disk().fill();
    store.begin();
    // SQLite writes some of it to the log before the commit, and meets the full disk there.
    CHECK_THROWS_AS(
        [&] {
          for (std::uint64_t key = 1000; key < 3000; ++key)
            store.save(Table::person, key, blob(record));
        }(),
        engine::StoreError);
    store.rollback();
    StateFolder::disk().make_room();
    CHECK(store.scan(Table::person, 0, 1000).size() == people_of_a_batch);
  }
  SqliteStore store(folder.path());
  CHECK(batch_found(store) == "first");
}

}  // namespace pulih::store
