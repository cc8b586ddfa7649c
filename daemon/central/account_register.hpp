// What an operator does to the accounts of the embedded central database: register, look at, give
// another telephone, lock. It works beside a running daemon, on a connection of its own, and what
// it changes is known to the daemon by the versions that it raises.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/central/embedded_file.hpp"

namespace pulih::central {

struct NewAccount {
  std::string id;                // normal form
  std::uint32_t birth_date = 0;  // yyyymmdd
  accounts::Msisdn phone;        // empty: none
  accounts::Secret email;        // empty: none
  accounts::Verifier verifier;
};

// Versions and times, never secrets.
struct AccountState {
  std::uint32_t password_version = 0, identity_version = 0, row_version = 0;
  bool activated = false, locked = false, change_at_login = false;
  accounts::Instant contact_changed{}, password_changed{}, change_before{};
  accounts::Msisdn phone;
  bool has_email = false;
};

class AccountRegister {
 public:
  // Throws Unavailable.
  AccountRegister(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                  accounts::Entropy& entropy, IfMissing if_missing);
  ~AccountRegister();

  // How many of these were new; those that exist stay as they are. One transaction.
  tl::expected<std::size_t, Unavailable> add(std::span<const NewAccount> accounts);
  // Nothing: no such account.
  tl::expected<std::optional<AccountState>, Unavailable> state(accounts::AccountKey key);
  tl::expected<std::optional<accounts::Verifier>, Unavailable> verifier(accounts::AccountKey key);
  // False: no such account. Raises the identity version and tells the feed of changes.
  tl::expected<bool, Unavailable> change_phone(accounts::AccountKey key, accounts::Msisdn phone,
                                               accounts::Instant now);
  // False: no such account. Raises the identity version.
  tl::expected<bool, Unavailable> set_locked(accounts::AccountKey key, bool locked);

 private:
  struct Statements;
  // `work` with how the rows are named, in one transaction; what it returns.
  template <class Work>
  auto in_transaction(SQLite::TransactionBehavior behavior, Work&& work);
  std::uint64_t phone_column(accounts::Msisdn phone) const;

  const std::filesystem::path file_;
  const accounts::SiteKeys& keys_;
  accounts::Entropy& entropy_;
  SQLite::Database database_;
  std::unique_ptr<Statements> sql_;
};

}  // namespace pulih::central
