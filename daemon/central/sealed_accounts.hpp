// Look-ups in a table of sealed accounts, for whichever table it is: what does not exist costs a
// search of the same trees and the opening of a sealed part of the usual size, so that the time of
// an answer tells a stranger nothing.
#pragma once
#include <sqlite3.h>

#include <optional>
#include <utility>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/central/naming.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

// Table has its statements (`by_id` by key, `by_phone` by phone and how many), reads an account
// from a row of either, and seals and opens the part of nobody.
template <class Table>
class SealedAccounts {
 public:
  SealedAccounts(SQLite::Database& database, const accounts::SiteKeys& keys)
      : database_(database),
        keys_(keys),
        begin_(database, "BEGIN"),
        end_(database, "COMMIT"),
        by_id_(database, Table::by_id),
        by_phone_(database, Table::by_phone),
        naming_(database, keys),
        nobody_(Table::part_of_nobody(keys)),
        sealed_at_(keys.data_keys()) {}

  // A transaction for many look-ups: beginning and ending one costs more than the search in it. It
  // holds its view of the file from the first look-up on, and keeps no writer waiting.
  void look_anew() {
    if (sqlite3_get_autocommit(database_.getHandle()) == 0) Use(end_).run();
    Use(begin_).run();
    naming_.look();
    // Under an earlier key nobody would take longer to open than somebody.
    if (sealed_at_ == keys_.data_keys()) return;
    sealed_at_ = keys_.data_keys();
    nobody_ = Table::part_of_nobody(keys_);
  }

  std::optional<accounts::Account> by_id(accounts::AccountKey id) {
    Use row(by_id_, naming_->name(id));
    if (row.step()) return Table::account_of(row, *naming_, keys_);
    Table::open_nobody(nobody_, keys_);
    return std::nullopt;
  }

  std::vector<accounts::Account> by_phone(accounts::Msisdn phone, std::size_t most) {
    const auto person = keys_.person(phone);
    std::vector<accounts::Account> found;
    Use row(by_phone_, naming_->name(person), most);
    bool any = false;
    while (row.step()) {
      any = true;
      if (auto account = Table::account_of(row, *naming_, keys_))
        found.push_back(std::move(*account));
    }
    // A number that is registered is searched in the index, its account then in the table.
    if (!any) (void)by_id(person);
    return found;
  }

 private:
  SQLite::Database& database_;
  const accounts::SiteKeys& keys_;
  SQLite::Statement begin_, end_, by_id_, by_phone_;
  Naming naming_;
  accounts::Blob nobody_;  // opened in place of a sealed part that is not there
  std::size_t sealed_at_;  // how many data keys there were then
};

}  // namespace pulih::central
