// See account_register.hpp. A sealed part that does not open is an error here and not an absent
// account: an operator can do something about it.
#include "daemon/central/account_register.hpp"

#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

using accounts::AccountKey;
using SQLite::Statement;

namespace {

Unavailable altered(const std::filesystem::path& file) {
  return {file.string() +
          ": the row of this account does not open, it was altered or moved; restore the last "
          "backup"};
}

// The number's column, by which its accounts are found; 0 for none.
std::uint64_t phone_column(accounts::Msisdn phone, const accounts::SiteKeys& keys) {
  return phone.empty() ? 0 : keys.person(phone);
}

}  // namespace

struct AccountRegister::Statements {
  explicit Statements(SQLite::Database& db)
      : add(db,
            "INSERT OR IGNORE INTO account (key, phone, pw_ver, id_ver, row_ver, activated, "
            "locked, contact_changed, password_changed, change_at_login, change_before, contact, "
            "verifier) VALUES (?, ?, 1, 1, 1, 1, 0, 0, 0, 0, 0, ?, ?)"),
        state(db,
              "SELECT pw_ver, id_ver, row_ver, activated, locked, change_at_login, "
              "contact_changed, password_changed, change_before, contact FROM account "
              "WHERE key = ?"),
        verifier(db, "SELECT verifier FROM account WHERE key = ?"),
        contact(db, "SELECT contact FROM account WHERE key = ?"),
        set_contact(db,
                    "UPDATE account SET contact = ?, phone = ?, contact_changed = ?, "
                    "id_ver = id_ver + 1, row_ver = row_ver + 1 WHERE key = ?"),
        put_change(db, "INSERT INTO contact_change (account, change) VALUES (?, ?)"),
        set_locked(db,
                   "UPDATE account SET locked = ?, id_ver = id_ver + 1, row_ver = row_ver + 1 "
                   "WHERE key = ?") {}

  Statement add, state, verifier, contact, set_contact, put_change, set_locked;
};

AccountRegister::AccountRegister(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                                 accounts::Entropy& entropy, IfMissing if_missing)
    : file_(file),
      keys_(keys),
      entropy_(entropy),
      database_(open_to_write(file, keys, if_missing)),
      sql_(prepared<Statements>(database_)) {}

AccountRegister::~AccountRegister() = default;

tl::expected<std::size_t, Unavailable> AccountRegister::add(std::span<const NewAccount> accounts) {
  return attempt(file_, [&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    std::size_t added = 0;
    for (const auto& account : accounts) {
      const AccountKey key = keys_.account(account.id);
      Contact contact{account.id, keys_.birth_date_tag(key, account.birth_date), account.phone,
                      account.email.duplicate()};
      const auto part = sealed(contact, contact_seal, key, keys_, entropy_);
      const auto verifier = sealed_verifier(account.verifier, key, keys_, entropy_);
      Use add(sql_->add, key, phone_column(account.phone, keys_), part, verifier);
      added += static_cast<std::size_t>(add.run());
    }
    transaction.commit();
    return added;
  });
}

tl::expected<std::optional<AccountState>, Unavailable> AccountRegister::state(AccountKey key) {
  return attempt(file_, [&]() -> std::optional<AccountState> {
    Use row(sql_->state, key);
    if (!row.step()) return std::nullopt;
    const auto contact = opened<Contact>(row.octets(9), contact_seal, key, keys_);
    if (!contact) throw altered(file_);
    AccountState state;
    state.password_version = row.version(0);
    state.identity_version = row.version(1);
    state.row_version = row.version(2);
    state.activated = row.flag(3);
    state.locked = row.flag(4);
    state.change_at_login = row.flag(5);
    state.contact_changed = row.instant(6);
    state.password_changed = row.instant(7);
    state.change_before = row.instant(8);
    state.phone = contact->phone;
    state.has_email = !contact->email.empty();
    return state;
  });
}

tl::expected<std::optional<accounts::Verifier>, Unavailable> AccountRegister::verifier(
    AccountKey key) {
  return attempt(file_, [&]() -> std::optional<accounts::Verifier> {
    Use row(sql_->verifier, key);
    if (!row.step()) return std::nullopt;
    const auto plain = keys_.open(row.octets(0), verifier_seal, key);
    if (!plain) throw altered(file_);
    return accounts::Verifier(plain->begin(), plain->end());
  });
}

tl::expected<bool, Unavailable> AccountRegister::change_phone(AccountKey key,
                                                              accounts::Msisdn phone,
                                                              accounts::Instant now) {
  return attempt(file_, [&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    std::optional<Contact> contact;
    {
      Use row(sql_->contact, key);
      if (!row.step()) return false;
      contact = opened<Contact>(row.octets(0), contact_seal, key, keys_);
    }
    if (!contact) throw altered(file_);
    if (contact->phone == phone) return true;
    SealedChange change{contact->id, contact->phone, phone, contact->email.duplicate()};
    const auto told = sealed(change, change_seal, key, keys_, entropy_);
    Use(sql_->put_change, key, told).run();
    contact->phone = phone;
    const auto part = sealed(*contact, contact_seal, key, keys_, entropy_);
    Use(sql_->set_contact, part, phone_column(phone, keys_), now, key).run();
    transaction.commit();
    return true;
  });
}

tl::expected<bool, Unavailable> AccountRegister::set_locked(AccountKey key, bool locked) {
  return attempt(file_, [&] { return Use(sql_->set_locked, locked, key).run() == 1; });
}

}  // namespace pulih::central
