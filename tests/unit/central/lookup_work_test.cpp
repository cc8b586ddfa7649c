// What a look-up costs: for an id or a number that nobody has as many sealed parts are opened as
// for one that somebody has. The table counts them, so that no clock is asked; the tables of the
// embedded database and of the copy are looked up by the same code.
#include <catch2/catch.hpp>

#include "daemon/central/sealed_accounts.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

int opened_parts = 0;

struct CountedTable {
  static constexpr auto by_id = "SELECT key FROM account WHERE key = ?";
  static constexpr auto by_phone = "SELECT key FROM account WHERE phone = ? ORDER BY key LIMIT ?";

  static std::optional<accounts::Account> account_of(const Use& row,
                                                     const accounts::RowNames& names,
                                                     const accounts::SiteKeys&) {
    ++opened_parts;
    accounts::Account account;
    account.key = names.key(row.number(0));
    return account;
  }
  static accounts::Blob part_of_nobody(const accounts::SiteKeys&) { return {1}; }
  static void open_nobody(const accounts::Blob& part, const accounts::SiteKeys&) {
    CHECK(part == accounts::Blob{1});
    ++opened_parts;
  }
};

TEST_CASE_METHOD(InventedSite, "nobody costs as much as somebody", "[central]") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("CREATE TABLE account (key INTEGER PRIMARY KEY, phone INTEGER)");
  database.exec("CREATE TABLE naming (id INTEGER)");
  const auto budis = keys.account(budi);
  database.exec("INSERT INTO account VALUES (" + std::to_string(budis) + ", " +
                std::to_string(keys.person(phone(1))) + ")");
  SealedAccounts<CountedTable> accounts(database, keys);
  accounts.look_anew();

  opened_parts = 0;
  SECTION("by id, somebody") { CHECK(accounts.by_id(budis)); }
  SECTION("by id, nobody") { CHECK_FALSE(accounts.by_id(keys.account("siti3@guru.smp"))); }
  SECTION("by number, somebody") { CHECK(accounts.by_phone(phone(1), 4).size() == 1); }
  SECTION("by number, nobody") { CHECK(accounts.by_phone(phone(2), 4).empty()); }
  CHECK(opened_parts == 1);
}

}  // namespace
}  // namespace pulih::central
