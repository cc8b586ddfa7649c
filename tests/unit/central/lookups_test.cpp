// The gateway's look-ups beside a writer: what they tell of an account, and that one that is
// absent, altered or moved is simply not there.
#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "daemon/engine/ports.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;

struct LookupSite : InventedSite {
  accounts::AccountKey budi_key = add_budi();
  EmbeddedAccounts accounts{file, keys};

  void run(const std::string& sql) {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(sql);
  }
};

TEST_CASE_METHOD(LookupSite, "an account is found by its id with all that a turn needs",
                 "[central]") {
  const auto found = accounts.by_id(budi_key);
  REQUIRE(found);
  CHECK(found->key == budi_key);
  CHECK(found->id == budi);
  CHECK(accounts::same(found->birth_date, keys.birth_date_tag(budi_key, birth_date)));
  CHECK(found->phone == phone(1));
  CHECK(found->email == accounts::Secret("budi12@example.org"));
  CHECK(found->activated);
  CHECK_FALSE(found->locked);
  CHECK(found->contact_changed == accounts::Instant{});
  CHECK(found->password_version == 1);
  CHECK(found->identity_version == 1);
}

TEST_CASE_METHOD(LookupSite, "nobody is found by an id or a number that is not registered",
                 "[central]") {
  CHECK_FALSE(accounts.by_id(keys.account("tidak.ada@guru.sd")));
  CHECK(accounts.by_phone(phone(999)).empty());
  CHECK(accounts.by_phone({}).empty());
}

TEST_CASE_METHOD(LookupSite, "an account without a number is found by its id only", "[central]") {
  const auto key = add("tanpa1@guru.sd", {});
  CHECK(accounts.by_id(key));
  CHECK(accounts.by_phone({}).empty());
}

TEST_CASE_METHOD(LookupSite, "all accounts of one telephone are found, up to the bound",
                 "[central]") {
  for (const auto* id : {"ani1@guru.sd", "ani2@guru.sd", "ani3@guru.sd"}) add(id, phone(1));
  add("lain1@guru.sd", phone(2));
  CHECK(accounts.by_phone(phone(1)).size() == 4);
  const auto two = accounts.by_phone(phone(1), 2);
  REQUIRE(two.size() == 2);
  CHECK(two[0].key < two[1].key);
  CHECK(two[0].phone == phone(1));
}

TEST_CASE_METHOD(LookupSite, "what was changed is seen by the next look-up", "[central]") {
  auto writer = open_register();
  REQUIRE(accounts.by_id(budi_key));
  REQUIRE(writer.change_phone(budi_key, phone(2), monday).value());
  REQUIRE(writer.set_locked(budi_key, true).value());
  const auto found = accounts.by_id(budi_key);
  REQUIRE(found);
  CHECK(found->phone == phone(2));
  CHECK(found->locked);
  CHECK(found->contact_changed == monday);
  CHECK(found->identity_version == 3);
  CHECK(accounts.by_phone(phone(1)).empty());
  CHECK(accounts.by_phone(phone(2)).size() == 1);
}

TEST_CASE_METHOD(LookupSite, "look-ups go on while another connection writes", "[central]") {
  SQLite::Database writer(file.string(), SQLite::OPEN_READWRITE);
  SQLite::Transaction transaction(writer, SQLite::TransactionBehavior::IMMEDIATE);
  writer.exec("UPDATE account SET locked = 1");
  REQUIRE(accounts.by_id(budi_key));
  CHECK_FALSE(accounts.by_id(budi_key)->locked);
  CHECK(EmbeddedAccounts(file, keys).by_id(budi_key));
  transaction.commit();
  CHECK(accounts.by_id(budi_key)->locked);
}

TEST_CASE_METHOD(LookupSite, "a row that was altered is no account", "[central]") {
  run("UPDATE account SET contact = zeroblob(length(contact))");
  CHECK_FALSE(accounts.by_id(budi_key));
  CHECK(accounts.by_phone(phone(1)).empty());
}

TEST_CASE_METHOD(LookupSite, "the sealed part of one account does not open as another's",
                 "[central]") {
  const auto ani = add("ani56@guru.sd", phone(2));
  run("UPDATE account SET contact = (SELECT contact FROM account WHERE key = " +
      std::to_string(budi_key) + ") WHERE key = " + std::to_string(ani));
  CHECK(accounts.by_id(budi_key));
  CHECK_FALSE(accounts.by_id(ani));
}

TEST_CASE_METHOD(LookupSite, "sealed parts are of one size, however long the name is",
                 "[central]") {
  add("a1@smp", {});
  add("raden.ajeng.siti.nurhaliza12345@guru.kesetaraan", phone(3));
  SQLite::Database database(file.string());
  CHECK(database.execAndGet("SELECT count(DISTINCT length(contact)) FROM account").getInt() == 1);
}

TEST_CASE_METHOD(LookupSite, "a look-up that fails fails its batch, with a reason", "[central]") {
  run("ALTER TABLE account RENAME TO taken_away");
  CHECK_THROWS_AS(accounts.by_id(budi_key), engine::StoreError);
}

}  // namespace
}  // namespace pulih::central
