// What an operator does to accounts, and what the feed of changes then tells the gateway.
#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

struct RegisterSite : InventedSite {
  accounts::AccountKey budi_key = add_budi();
  accounts::AccountKey nobody = keys.account("tidak.ada@guru.sd");
  AccountRegister accounts = open_register();

  AccountState state() { return accounts.state(budi_key).value().value(); }
};

TEST_CASE_METHOD(RegisterSite, "an account that exists is not added again, nor changed",
                 "[central]") {
  std::array both{account(budi, phone(5)), account("ani56@guru.sd", phone(6))};
  both[0].verifier = "$argon2id$other";
  CHECK(accounts.add(both).value() == 1);
  CHECK(accounts.verifier(budi_key).value() == first_verifier);
  CHECK(state().phone == phone(1));
}

TEST_CASE_METHOD(RegisterSite, "a new account begins with version 1 of everything", "[central]") {
  CHECK(state().password_version == 1);
  CHECK(state().identity_version == 1);
  CHECK(state().row_version == 1);
  CHECK(state().activated);
  CHECK_FALSE(state().locked);
  CHECK(state().password_changed == accounts::Instant{});
  CHECK(state().has_email);
}

TEST_CASE_METHOD(RegisterSite, "an account that is not there has no state and no verifier",
                 "[central]") {
  CHECK_FALSE(accounts.state(nobody).value());
  CHECK_FALSE(accounts.verifier(nobody).value());
  CHECK_FALSE(accounts.change_phone(nobody, phone(2), monday).value());
  CHECK_FALSE(accounts.set_locked(nobody, true).value());
}

TEST_CASE_METHOD(RegisterSite,
                 "another telephone raises the identity version and is told in the feed",
                 "[central]") {
  REQUIRE(accounts.change_phone(budi_key, phone(2), monday).value());
  CHECK(state().identity_version == 2);
  CHECK(state().password_version == 1);
  CHECK(state().row_version == 2);
  CHECK(state().contact_changed == monday);
  CHECK(state().phone == phone(2));

  EmbeddedCentral central(file, keys, entropy);
  const auto changes = central.contact_changes(0, 10).value();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].account == budi_key);
  CHECK(changes[0].id == budi);
  CHECK(changes[0].old_phone == phone(1));
  CHECK(changes[0].new_phone == phone(2));
  CHECK(changes[0].old_email == accounts::Secret("budi12@example.org"));
}

TEST_CASE_METHOD(RegisterSite, "the telephone that is registered already is no change",
                 "[central]") {
  REQUIRE(accounts.change_phone(budi_key, phone(1), monday).value());
  CHECK(state().identity_version == 1);
  CHECK(EmbeddedCentral(file, keys, entropy).contact_changes(0, 10).value().empty());
}

TEST_CASE_METHOD(RegisterSite, "the feed is read in pages, oldest first, from where one was",
                 "[central]") {
  for (std::uint64_t number = 2; number <= 6; ++number)
    REQUIRE(accounts.change_phone(budi_key, phone(number), monday).value());
  EmbeddedCentral central(file, keys, entropy);
  const auto first = central.contact_changes(0, 3).value();
  REQUIRE(first.size() == 3);
  CHECK(first[0].new_phone == phone(2));
  CHECK(first[2].new_phone == phone(4));
  const auto rest = central.contact_changes(first[2].cursor, 3).value();
  REQUIRE(rest.size() == 2);
  CHECK(rest[1].new_phone == phone(6));
  CHECK(central.contact_changes(rest[1].cursor, 3).value().empty());
}

TEST_CASE_METHOD(RegisterSite, "a change that was altered is passed on without a number to tell",
                 "[central]") {
  REQUIRE(accounts.change_phone(budi_key, phone(2), monday).value());
  REQUIRE(accounts.change_phone(budi_key, phone(3), monday).value());
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE contact_change SET change = zeroblob(100) WHERE cursor = 1");
  EmbeddedCentral central(file, keys, entropy);
  const auto changes = central.contact_changes(0, 10).value();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].old_phone.empty());
  CHECK(changes[1].old_phone == phone(2));
}

TEST_CASE_METHOD(RegisterSite, "a lock raises the identity version, and so does its end",
                 "[central]") {
  REQUIRE(accounts.set_locked(budi_key, true).value());
  CHECK(state().locked);
  CHECK(state().identity_version == 2);
  REQUIRE(accounts.set_locked(budi_key, false).value());
  CHECK_FALSE(state().locked);
  CHECK(state().identity_version == 3);
}

TEST_CASE_METHOD(RegisterSite, "a row that does not open is told, not taken for nobody",
                 "[central]") {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE account SET contact = zeroblob(136), verifier = zeroblob(136)");
  CHECK_THAT(accounts.state(budi_key).error().why, Contains("does not open"));
  CHECK_THAT(accounts.verifier(budi_key).error().why, Contains("does not open"));
  CHECK_THAT(accounts.change_phone(budi_key, phone(2), monday).error().why,
             Contains("does not open"));
}

}  // namespace
}  // namespace pulih::central
