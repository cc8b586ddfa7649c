// See embedded.hpp: the side that looks up. An account that is absent costs a search of the same
// tree and the opening of a sealed part of the usual size.
#include <sqlite3.h>

#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_file.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/statements.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::central {

using accounts::Account;
using accounts::AccountKey;
using SQLite::Statement;

namespace {

// Nothing for a row that does not open: who altered it must not gain an account by it.
std::optional<Account> account_of(const Use& row, const accounts::SiteKeys& keys) {
  Account account;
  account.key = row.number(0);
  auto contact = opened<Contact>(row.octets(6), contact_seal, account.key, keys);
  if (!contact) return std::nullopt;
  account.id = std::move(contact->id);
  account.birth_date = contact->birth_date;
  account.phone = contact->phone;
  account.email = std::move(contact->email);
  account.password_version = row.version(1);
  account.identity_version = row.version(2);
  account.activated = row.flag(3);
  account.locked = row.flag(4);
  account.contact_changed = row.instant(5);
  return account;
}

template <class Work>
auto or_fail_the_batch(const std::filesystem::path& file, Work&& work) {
  auto found = attempt(file, work);
  if (!found) throw engine::StoreError(found.error().why);
  return std::move(*found);
}

accounts::Blob part_of_nobody(const accounts::SiteKeys& keys) {
  Contact nobody{"budi12@guru.sd",
                 {},
                 accounts::Msisdn::from_value(6281100000000),
                 accounts::Secret("budi12@example.org")};
  accounts::SystemEntropy entropy;
  return sealed(nobody, contact_seal, 0, keys, entropy);
}

}  // namespace

struct EmbeddedAccounts::Statements {
  explicit Statements(SQLite::Database& db)
      : begin(db, "BEGIN"),
        end(db, "COMMIT"),
        by_id(db,
              "SELECT key, pw_ver, id_ver, activated, locked, contact_changed, contact "
              "FROM account WHERE key = ?"),
        by_phone(db,
                 "SELECT key, pw_ver, id_ver, activated, locked, contact_changed, contact "
                 "FROM account WHERE phone = ? AND phone != 0 ORDER BY key LIMIT ?") {}

  Statement begin, end, by_id, by_phone;
};

EmbeddedAccounts::EmbeddedAccounts(const std::filesystem::path& file,
                                   const accounts::SiteKeys& keys)
    : file_(file),
      keys_(keys),
      database_(open_to_read(file, keys)),
      sql_(prepared<Statements>(database_)),
      absent_(part_of_nobody(keys)) {}

EmbeddedAccounts::~EmbeddedAccounts() = default;

// A transaction for many look-ups: beginning and ending one costs more than the search in it. It
// holds its view of the file from the first look-up on, and keeps no writer waiting.
void EmbeddedAccounts::look_anew() const {
  or_fail_the_batch(file_, [&] {
    if (sqlite3_get_autocommit(database_.getHandle()) == 0) Use(sql_->end).run();
    return Use(sql_->begin).run();
  });
}

std::optional<Account> EmbeddedAccounts::by_id(AccountKey id) const {
  return or_fail_the_batch(file_, [&] { return found_or_absent(id); });
}

std::optional<Account> EmbeddedAccounts::found_or_absent(AccountKey id) const {
  Use row(sql_->by_id, id);
  if (row.step()) return account_of(row, keys_);
  (void)opened<Contact>(absent_, contact_seal, 0, keys_);
  return std::nullopt;
}

std::vector<Account> EmbeddedAccounts::by_phone(accounts::Msisdn phone, std::size_t most) const {
  return or_fail_the_batch(file_, [&] {
    const auto person = keys_.person(phone);
    std::vector<Account> found;
    Use row(sql_->by_phone, person, most);
    bool any = false;
    while (row.step()) {
      any = true;
      if (auto account = account_of(row, keys_)) found.push_back(std::move(*account));
    }
    // A number that is registered is searched in the index, its account then in the table.
    if (!any) (void)found_or_absent(person);
    return found;
  });
}

}  // namespace pulih::central
