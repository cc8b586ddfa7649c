// The embedded central account database: SQLite on the gateway's own machine, behind the same port
// that a database far away has. A password change is applied once, and only on the versions that
// the teacher saw. The gateway's look-ups have a class and a connection of their own.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/central/central.hpp"

namespace pulih::central {

// An account as an operator enters it.
struct NewAccount {
  std::string id;  // normal form
  std::uint32_t birth_date = 0;
  accounts::Msisdn phone;
  accounts::Secret email;
  accounts::Verifier verifier;
  bool activated = true;
};

struct AccountState {  // what `pulihctl accounts show` tells: versions and times, never secrets
  std::uint32_t password_version = 0, identity_version = 0, row_version = 0;
  bool activated = false, locked = false, change_at_login = false;
  accounts::Instant contact_changed{}, password_changed{}, change_before{};
  std::string phone, email;  // masked
};

class EmbeddedCentral final : public Central {
 public:
  // Opens or creates the file. Throws Unavailable: what, where, hint.
  EmbeddedCentral(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                  accounts::Entropy& entropy);
  ~EmbeddedCentral() override;

  tl::expected<Verdict, Unavailable> apply_password(const PasswordChange& change,
                                                    accounts::Instant now) override;
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override;
  tl::expected<std::vector<ContactChange>, Unavailable> changes(std::uint64_t cursor,
                                                                std::size_t most) override;

  // ---- for pulihctl
  // ------------------------------------------------------------------------------------ How many
  // of these were new; those that exist stay as they are. One transaction.
  tl::expected<std::size_t, Unavailable> add(const std::vector<NewAccount>& accounts);
  tl::expected<std::optional<AccountState>, Unavailable> show(accounts::AccountKey key);
  // The stored verifier; nothing: no such account.
  tl::expected<std::optional<accounts::Verifier>, Unavailable> verifier(accounts::AccountKey key);
  // False: no such account. Bumps the identity version and writes the change feed.
  tl::expected<bool, Unavailable> change_phone(accounts::AccountKey key, accounts::Msisdn phone,
                                               accounts::Instant now);
  tl::expected<bool, Unavailable> set_locked(accounts::AccountKey key, bool locked);
  std::size_t count();

 private:
  struct Statements;
  template <class Work>
  auto guarded(Work&& work) -> tl::expected<decltype(work()), Unavailable>;
  Verdict decide(const PasswordChange& change, accounts::Instant now);

  std::filesystem::path file_;
  const accounts::SiteKeys& keys_;
  accounts::Entropy& entropy_;
  SQLite::Database database_;
  std::unique_ptr<Statements> sql_;
};

// Look-ups for the engine's thread. What does not exist costs the same work as what does.
class EmbeddedAccounts final : public accounts::AccountLookup {
 public:
  EmbeddedAccounts(const std::filesystem::path& file, const accounts::SiteKeys& keys);
  ~EmbeddedAccounts() override;

  std::optional<accounts::Account> by_id(accounts::AccountKey id) const override;
  std::vector<accounts::Account> by_phone(accounts::Msisdn phone,
                                          std::size_t most = 4) const override;

 private:
  struct Statements;
  std::filesystem::path file_;
  const accounts::SiteKeys& keys_;
  SQLite::Database database_;
  std::unique_ptr<Statements> sql_;
  accounts::Blob absent_;  // opened in place of a contact that is not there
};

}  // namespace pulih::central
