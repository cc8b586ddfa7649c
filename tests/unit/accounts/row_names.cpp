// The names of rows: each key has one, each name is one key's, the way back leads to it, and what
// was once written is read for ever.
#include "daemon/accounts/row_names.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/accounts/invented_key.hpp"

namespace pulih::accounts {
namespace {

constexpr std::uint64_t highest = (std::uint64_t{1} << 63) - 1;

// Small ones, large ones, and some from all over.
std::set<std::uint64_t> some_keys() {
  std::set<std::uint64_t> keys;
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    keys.insert(i);
    keys.insert(highest - i + 1);
    keys.insert(as_row_key(i * 0x9E3779B97F4A7C15u));
  }
  return keys;
}

}  // namespace

TEST_CASE("a name leads back to its key and to no other", "[accounts]") {
  const RowNames names{invented_key(1)};
  std::set<std::uint64_t> given;
  for (const auto key : some_keys()) {
    const auto name = names.name(key);
    CHECK(name >= 1);
    CHECK(name <= highest);
    CHECK(names.key(name) == key);
    given.insert(name);
  }
  CHECK(given.size() == some_keys().size());
}

TEST_CASE("nobody stays nobody", "[accounts]") {
  const RowNames names{invented_key(1)};
  CHECK(names.name(0) == 0);
  CHECK(names.key(0) == 0);
}

TEST_CASE("who has another key sees nothing in a name", "[accounts]") {
  const RowNames one{invented_key(1)}, other{invented_key(2)};
  CHECK(one.id() != other.id());
  // Each bit of a name is the other key's in one of two cases: 3,000 throws of a coin, of which
  // fewer than 1,250 or more than 1,750 fall the same way once in 10^19 times.
  for (int bit = 0; bit < 63; ++bit) {
    int same = 0;
    for (const auto key : some_keys())
      same += ((one.name(key) ^ other.name(key)) >> bit & 1) == 0 ? 1 : 0;
    CHECK(same > 1'250);
    CHECK(same < 1'750);
  }
}

TEST_CASE("without a key each row is named by its own", "[accounts]") {
  const RowNames names;
  CHECK(names.id() == 0);
  for (const auto key : some_keys()) {
    CHECK(names.name(key) == key);
    CHECK(names.key(key) == key);
  }
}

TEST_CASE("names on disk never change their meaning", "[accounts]") {
  const RowNames names{invented_key(7)};
  CHECK(names.id() == 2600619439268882869);
  CHECK(names.name(1) == 493114541952747425);
  CHECK(names.name(highest) == 204083623772416350);
}

TEST_CASE("a site that never changed its keys names rows by the keys themselves", "[accounts]") {
  const SiteKeys site{invented_key(1)};
  CHECK(site.row_names().id() == 0);
  CHECK(site.row_names_of(0) != nullptr);
  CHECK(site.row_names_of(5) == nullptr);
}

TEST_CASE("a file says how its rows are named, and both ways are known meanwhile", "[accounts]") {
  SiteKeys site{invented_key(1)};
  REQUIRE(site.learn({invented_key(1), {invented_key(2), invented_key(1)}}));
  const auto first = site.row_names().id();
  CHECK(first == RowNames{invented_key(2)}.id());
  REQUIRE(site.learn({invented_key(1), {invented_key(3), invented_key(2)}}));
  CHECK(site.row_names().id() == RowNames{invented_key(3)}.id());
  REQUIRE(site.row_names_of(first));
  CHECK(site.row_names_of(first)->name(5) == RowNames{invented_key(2)}.name(5));
  REQUIRE(site.row_names_of(0));
  CHECK(site.row_names_of(0)->name(5) == 5);
}

}  // namespace pulih::accounts
