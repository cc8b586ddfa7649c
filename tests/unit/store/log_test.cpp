// The write-ahead log while the writer never rests: it is moved into the database beside the
// writer and begins again, so that the disk holds a bounded number of its pages, whatever is read.
#include <catch2/catch.hpp>

#include "tests/unit/store/state_folder.hpp"

namespace pulih::store {
namespace {

using engine::Table;

constexpr std::uint64_t rows = 2000;
constexpr std::uint64_t people_at_once = 400;
constexpr int batches = 600;

// Commits without a pause and gives the longest that the log was.
std::uintmax_t longest_log(const StateFolder& folder, SqliteStore& store, bool reads_last) {
  std::uintmax_t longest = 0;
  std::uint64_t key = 0;
  for (int batch = 0; batch < batches; ++batch) {
    const auto record = blob(std::string(900, static_cast<char>('a' + batch % 26)));
    store.begin();
    for (std::uint64_t i = 0; i < people_at_once; ++i) {
      key = key % rows + 1;
      store.save(Table::person, key, record);
    }
    if (reads_last) store.load(Table::guard, 1);
    store.commit();
    longest = std::max(longest, std::filesystem::file_size(folder.log()));
  }
  return longest;
}

}  // namespace

TEST_CASE("the log begins again while the writer commits all the time", "[store]") {
  const bool reads_last = GENERATE(false, true);
  const StateFolder folder;
  std::uintmax_t longest = 0;
  {
    SqliteStore store(folder.path());
    store.begin();
    store.save(Table::guard, 1, blob("a guard"));
    store.commit();
    longest = longest_log(folder, store, reads_last);
  }
  // Pages of 1 KiB, each with its header of 24 octets; one batch goes beyond, with its inner pages.
  const std::uintmax_t page = 1024 + 24;
  const std::uintmax_t bound = (Checkpointer::longest_log + 2 * people_at_once) * page;
  REQUIRE(people_at_once * batches * page > bound);
  CHECK(longest <= bound);
  // Everything was moved at the end, and the log is gone.
  CHECK_FALSE(std::filesystem::exists(folder.log()));
  CHECK(folder.ask("SELECT count(*) FROM person WHERE length(record) = 900") ==
        std::to_string(rows));
  CHECK(folder.ask("PRAGMA integrity_check") == "ok");
}

}  // namespace pulih::store
