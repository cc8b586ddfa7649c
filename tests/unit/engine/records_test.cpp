// What the engine keeps about people and accounts: a record that does not open costs one talk and
// no more, a changed contact is heard of once, and who is long gone is forgotten.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;

ContactChange new_telephone(std::uint64_t cursor) {
  return {cursor, 1, "budi12@guru.sd", budi.number, accounts::Msisdn::from_value(6281100000109)};
}

}  // namespace

TEST_CASE("a talk goes on after a restart where it stood", "[engine]") {
  Site site;
  site.identify(budi);
  site.restart();
  CHECK(site.says(budi, "2") == "M25");
}

TEST_CASE("a change that waits since the release before is read", "[engine]") {
  Site site;
  const conversation::OperationId id{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::uint64_t bound_to = 0x0102030405060708;
  WaitingOperation waiting;
  waiting.person = budi.number;
  waiting.operation.password.id = "budi12@guru.sd";
  waiting.operation.withdrawn = true;
  auto entropy = simulation::Seeded(1);
  Store::OperationRow row{1, id, seal(waiting, id, site.keys, entropy)};
  REQUIRE(open(row, site.keys)->operation.withdrawn);
  // Version 1: without the last octet.
  auto plain = *site.keys.open(row.operation, "operation", bound_to);
  plain.front() = 1;
  plain.pop_back();
  row.operation = site.keys.seal(plain, "operation", bound_to, entropy);
  const auto read = open(row, site.keys);
  REQUIRE(read);
  CHECK(read->operation.password.id == "budi12@guru.sd");
  CHECK_FALSE(read->operation.withdrawn);
  for (const auto version : {std::uint8_t{0}, std::uint8_t{3}}) {
    plain.front() = version;
    row.operation = site.keys.seal(plain, "operation", bound_to, entropy);
    CHECK_FALSE(open(row, site.keys));
  }
}

TEST_CASE("a damaged record of a person is told of and a fresh talk begun", "[engine]") {
  Site site;
  site.identify(budi);
  site.store.damage(Table::person, site.keys.person(budi.number));
  CHECK(site.says(budi, "RESET") == "M02");
  CHECK(site.count("notice: record damaged") == 1);
  // It was written anew.
  CHECK(site.says(budi, "BATAL") == "M36");
  CHECK(site.count("notice: record damaged") == 1);
}

TEST_CASE("a damaged record of an account is told of and begun anew", "[engine]") {
  Site site;
  site.identify(budi);
  site.store.damage(Table::guard, site.keys.account("budi12@guru.sd"));
  CHECK(site.says(budi, "2") == "M25");
  CHECK(site.count("notice: record damaged") == 1);
  CHECK(site.says(budi, "BATAL") == "M36");
  CHECK(site.count("notice: record damaged") == 1);
}

TEST_CASE("a changed contact is told to the old telephone, once for each cursor", "[engine]") {
  Site site;
  site.run(new_telephone(5));
  CHECK(site.count("send budi M47") == 1);
  site.run(new_telephone(5), new_telephone(4));
  CHECK(site.count("send budi M47") == 1);
  site.run(Sent{site.sent[0]});
  site.restart();
  site.run(new_telephone(5));
  CHECK(site.count("send budi M47") == 1);
  site.run(new_telephone(6));
  CHECK(site.count("send budi M47") == 2);
}

TEST_CASE("a contact that was none before is told to nobody and still heard once", "[engine]") {
  Site site;
  auto change = new_telephone(5);
  change.old_phone = {};
  site.run(change);
  CHECK(site.sent.empty());
  CHECK(site.store.contact_cursor() == 5);
}

TEST_CASE("who is long gone is forgotten, who is not is kept", "[engine]") {
  Site site;
  const auto person_of = [&](const Teacher& teacher) { return site.keys.person(teacher.number); };
  const auto account = site.keys.account("budi12@guru.sd");
  site.identify(budi);
  REQUIRE(site.store.has(Table::guard, account));
  site.now += 60 * 24h;
  site.says(siti, "RESET");
  site.run(Tick{});
  CHECK_FALSE(site.store.has(Table::person, person_of(budi)));
  CHECK_FALSE(site.store.has(Table::guard, account));
  CHECK(site.store.has(Table::person, person_of(siti)));
}

TEST_CASE("who writes in the very batch that would forget her is kept", "[engine]") {
  Site site;
  site.says(budi, "RESET");
  site.now += 60 * 24h;
  site.run(site.message(budi, "BANTUAN"), Tick{});
  CHECK(site.store.has(Table::person, site.keys.person(budi.number)));
}

TEST_CASE("a page of records is looked at with each tick, round and round", "[engine]") {
  Bounds bounds;
  bounds.sweep_page = 1;
  Site site(bounds);
  site.says(budi, "RESET");
  site.says(siti, "RESET");
  const auto left = [&] {
    return site.store.has(Table::person, site.keys.person(budi.number)) +
           site.store.has(Table::person, site.keys.person(siti.number));
  };
  site.run(Tick{});
  site.run(Tick{});
  site.run(Tick{});  // past the end, and from the beginning on
  CHECK(left() == 2);
  site.now += 60 * 24h;
  site.run(Tick{});
  CHECK(left() == 1);
  site.run(Tick{});
  site.run(Tick{});
  CHECK(left() == 0);
}

TEST_CASE("a damaged record is not forgotten in silence", "[engine]") {
  Site site;
  site.says(budi, "RESET");
  const auto key = site.keys.person(budi.number);
  site.store.damage(Table::person, key);
  site.now += 60 * 24h;
  site.run(Tick{});
  CHECK(site.store.has(Table::person, key));
}

TEST_CASE("audit lines are forgotten at the end of their life", "[engine]") {
  Bounds bounds;
  bounds.audit_life = 100h;
  Site site(bounds);
  site.run(Tick{});
  CHECK(site.store.audit_forgotten_before == site.now - 100h);
}

}  // namespace pulih::engine
