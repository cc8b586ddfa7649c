// See account_register.hpp. A sealed part that does not open is an error here and not an absent
// account: an operator can do something about it.
#include "daemon/central/account_register.hpp"

#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/naming.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

using accounts::AccountKey;
using SQLite::Statement;

namespace {

constexpr auto reading = SQLite::TransactionBehavior::DEFERRED;
constexpr auto writing = SQLite::TransactionBehavior::IMMEDIATE;

Unavailable altered(const std::filesystem::path& file) {
  return {file.string() +
          ": the row of this account does not open, it was altered or moved; restore the last "
          "backup"};
}

}  // namespace

struct AccountRegister::Statements {
  Statements(SQLite::Database& db, const accounts::SiteKeys& keys)
      : naming(db, keys),
        add(db,
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

  Naming naming;
  Statement add, state, verifier, contact, set_contact, put_change, set_locked;
};

AccountRegister::AccountRegister(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                                 accounts::Entropy& entropy, IfMissing if_missing)
    : file_(file),
      keys_(keys),
      entropy_(entropy),
      database_(open_to_write(file, keys, if_missing)),
      sql_(prepared<Statements>(database_, keys)) {}

AccountRegister::~AccountRegister() = default;

template <class Work>
auto AccountRegister::in_transaction(SQLite::TransactionBehavior behavior, Work&& work) {
  return attempt(file_, [&] {
    SQLite::Transaction transaction(database_, behavior);
    sql_->naming.look();
    auto done = work(*sql_->naming);
    transaction.commit();
    return done;
  });
}

// The number's column, by which its accounts are found; 0 for none.
std::uint64_t AccountRegister::phone_column(accounts::Msisdn phone) const {
  return phone.empty() ? 0 : sql_->naming->name(keys_.person(phone));
}

tl::expected<std::size_t, Unavailable> AccountRegister::add(std::span<const NewAccount> accounts) {
  return in_transaction(writing, [&](const accounts::RowNames& names) {
    std::size_t added = 0;
    for (const auto& account : accounts) {
      const AccountKey key = keys_.account(account.id);
      Contact contact{account.id, keys_.birth_date_tag(key, account.birth_date), account.phone,
                      account.email.duplicate()};
      const auto part = sealed(contact, contact_seal, key, keys_, entropy_);
      const auto verifier = sealed_verifier(account.verifier, key, keys_, entropy_);
      Use add(sql_->add, names.name(key), phone_column(account.phone), part, verifier);
      added += static_cast<std::size_t>(add.run());
    }
    return added;
  });
}

tl::expected<std::optional<AccountState>, Unavailable> AccountRegister::state(AccountKey key) {
  return in_transaction(reading, [&](const auto& names) -> std::optional<AccountState> {
    Use row(sql_->state, names.name(key));
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
  return in_transaction(reading, [&](const auto& names) -> std::optional<accounts::Verifier> {
    Use row(sql_->verifier, names.name(key));
    if (!row.step()) return std::nullopt;
    const auto plain = keys_.open(row.octets(0), verifier_seal, key);
    if (!plain) throw altered(file_);
    return accounts::Verifier(plain->begin(), plain->end());
  });
}

tl::expected<bool, Unavailable> AccountRegister::change_phone(AccountKey key,
                                                              accounts::Msisdn phone,
                                                              accounts::Instant now) {
  return in_transaction(writing, [&](const accounts::RowNames& names) {
    const auto name = names.name(key);
    std::optional<Contact> contact;
    {
      Use row(sql_->contact, name);
      if (!row.step()) return false;
      contact = opened<Contact>(row.octets(0), contact_seal, key, keys_);
    }
    if (!contact) throw altered(file_);
    if (contact->phone == phone) return true;
    SealedChange change{contact->id, contact->phone, phone, contact->email.duplicate()};
    const auto told = sealed(change, change_seal, key, keys_, entropy_);
    Use(sql_->put_change, name, told).run();
    contact->phone = phone;
    const auto part = sealed(*contact, contact_seal, key, keys_, entropy_);
    Use(sql_->set_contact, part, phone_column(phone), now, name).run();
    return true;
  });
}

tl::expected<bool, Unavailable> AccountRegister::set_locked(AccountKey key, bool locked) {
  return in_transaction(writing, [&](const accounts::RowNames& names) {
    return Use(sql_->set_locked, locked, names.name(key)).run() == 1;
  });
}

}  // namespace pulih::central
