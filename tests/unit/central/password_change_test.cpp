// A password change at the embedded central database: on the versions that the teacher saw, and
// once, however often it is asked for.
#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;

struct PasswordSite : InventedSite {
  accounts::AccountKey budi_key = add_budi();
  EmbeddedCentral central{file, keys, entropy};
  AccountRegister accounts = open_register();

  PasswordChange change(std::uint8_t id, std::string verifier = "$argon2id$new") {
    PasswordChange change;
    change.id.fill(id);
    change.account = budi_key;
    change.base_password_version = 1;
    change.base_identity_version = 1;
    change.verifier = std::move(verifier);
    return change;
  }
  AccountState state() { return accounts.state(budi_key).value().value(); }
  accounts::Verifier verifier() { return accounts.verifier(budi_key).value().value(); }
};

TEST_CASE_METHOD(PasswordSite, "a password change raises the password's version and the row's",
                 "[central]") {
  REQUIRE(central.apply_password(change(1), monday).value() == Verdict::applied);
  CHECK(verifier() == "$argon2id$new");
  CHECK(state().password_version == 2);
  CHECK(state().row_version == 2);
  CHECK(state().identity_version == 1);
  CHECK(state().password_changed == monday);
  CHECK_FALSE(state().change_at_login);
}

TEST_CASE_METHOD(PasswordSite,
                 "a generated password must be changed at the next login, before a time",
                 "[central]") {
  auto generated = change(1);
  generated.change_at_login = true;
  generated.change_before = monday + 72h;
  REQUIRE(central.apply_password(generated, monday).value() == Verdict::applied);
  CHECK(state().change_at_login);
  CHECK(state().change_before == monday + 72h);

  auto chosen = change(2);
  chosen.base_password_version = 2;
  REQUIRE(central.apply_password(chosen, monday + 1h).value() == Verdict::applied);
  CHECK_FALSE(state().change_at_login);
}

TEST_CASE_METHOD(PasswordSite,
                 "an operation that comes again is answered as before and not done again",
                 "[central]") {
  REQUIRE(central.apply_password(change(1), monday).value() == Verdict::applied);
  CHECK(central.apply_password(change(1), monday + 1h).value() == Verdict::applied);
  CHECK(state().password_version == 2);
  CHECK(state().password_changed == monday);
}

TEST_CASE_METHOD(PasswordSite, "a refusal is remembered as well, even when it would now be applied",
                 "[central]") {
  auto early = change(1);
  early.base_password_version = 2;
  REQUIRE(central.apply_password(early, monday).value() == Verdict::superseded);
  REQUIRE(central.apply_password(change(2), monday).value() == Verdict::applied);
  CHECK(central.apply_password(early, monday).value() == Verdict::superseded);
  CHECK(state().password_version == 2);
}

TEST_CASE_METHOD(PasswordSite, "what was decided is known after the next start", "[central]") {
  REQUIRE(central.apply_password(change(1), monday).value() == Verdict::applied);
  EmbeddedCentral restarted(file, keys, entropy);
  CHECK(restarted.apply_password(change(1), monday).value() == Verdict::applied);
  CHECK(state().password_version == 2);
}

TEST_CASE_METHOD(PasswordSite, "an id that comes again with another content is refused",
                 "[central]") {
  REQUIRE(central.apply_password(change(1), monday).value() == Verdict::applied);
  auto altered = change(1);
  SECTION("another password") { altered.verifier = "$argon2id$other"; }
  SECTION("another account") { altered.account = budi_key + 1; }
  SECTION("another password version") { altered.base_password_version = 2; }
  SECTION("another identity version") { altered.base_identity_version = 2; }
  SECTION("another duty to change it") { altered.change_at_login = true; }
  SECTION("another date for that") { altered.change_before = monday; }
  CHECK(central.apply_password(altered, monday).value() == Verdict::altered);
  CHECK(state().password_version == 2);
  CHECK(verifier() == "$argon2id$new");
}

TEST_CASE_METHOD(PasswordSite, "of two changes from one version the first wins", "[central]") {
  REQUIRE(central.apply_password(change(1, "$argon2id$one"), monday).value() == Verdict::applied);
  CHECK(central.apply_password(change(2, "$argon2id$two"), monday).value() == Verdict::superseded);
  CHECK(verifier() == "$argon2id$one");
}

TEST_CASE_METHOD(PasswordSite, "a change from before another telephone was registered is refused",
                 "[central]") {
  REQUIRE(accounts.change_phone(budi_key, phone(2), monday).value());
  CHECK(central.apply_password(change(1), monday).value() == Verdict::identity_changed);
  CHECK(verifier() == first_verifier);
}

TEST_CASE_METHOD(PasswordSite, "a locked account takes no password, whatever version was seen",
                 "[central]") {
  REQUIRE(accounts.set_locked(budi_key, true).value());
  auto after = change(1);
  CHECK(central.apply_password(after, monday).value() == Verdict::identity_changed);
  after.id.fill(2);
  after.base_identity_version = 2;
  CHECK(central.apply_password(after, monday).value() == Verdict::identity_changed);
  CHECK(verifier() == first_verifier);
}

TEST_CASE_METHOD(PasswordSite, "a change for nobody is unknown, also when it comes again",
                 "[central]") {
  auto nobody = change(1);
  nobody.account = keys.account("tidak.ada@guru.sd");
  CHECK(central.apply_password(nobody, monday).value() == Verdict::unknown_account);
  CHECK(central.apply_password(nobody, monday).value() == Verdict::unknown_account);
}

TEST_CASE_METHOD(PasswordSite, "a ticket that comes again is one ticket", "[central]") {
  Ticket ticket{{1, 2, 3}, 1869899, budi_key, "budi12@guru.sd", 1, monday};
  REQUIRE(central.open_ticket(ticket));
  REQUIRE(central.open_ticket(ticket));
  ticket.id = {4, 5, 6};
  REQUIRE(central.open_ticket(ticket));
  SQLite::Database database(file.string());
  CHECK(database.execAndGet("SELECT count(*) FROM ticket").getInt() == 2);
}

TEST_CASE_METHOD(PasswordSite,
                 "a change whose result cannot be stored is not made, and can come again",
                 "[central]") {
  SQLite::Database disk(file.string(), SQLite::OPEN_READWRITE);
  disk.exec(
      "CREATE TRIGGER full BEFORE INSERT ON operation BEGIN SELECT RAISE(ABORT, 'full'); END");
  const auto failed = central.apply_password(change(1), monday);
  REQUIRE_FALSE(failed);
  CHECK_THAT(failed.error().why, Catch::Contains("central.db") && Catch::Contains("full"));
  CHECK(state().password_version == 1);
  CHECK(verifier() == first_verifier);
  disk.exec("DROP TRIGGER full");
  CHECK(central.apply_password(change(1), monday).value() == Verdict::applied);
}

}  // namespace
}  // namespace pulih::central
