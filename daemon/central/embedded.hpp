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

// For one thread: the one that pushes.
class EmbeddedCentral final : public Central, public ContactFeed {
 public:
  // Opens or creates the file. Throws Unavailable: what, where, hint.
  EmbeddedCentral(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                  accounts::Entropy& entropy);
  ~EmbeddedCentral() override;

  // It lies beside the gateway's own state: there is no copy of either to tell apart.
  tl::expected<Welcome, Unavailable> hello(const Hello&) override { return Welcome{}; }
  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant now) override;
  tl::expected<Verdict, Unavailable> apply_password(const PasswordChange& change,
                                                    accounts::Instant now);
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override;
  tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(std::uint64_t cursor,
                                                                        std::size_t most) override;

 private:
  struct Statements;
  Verdict decide(const PasswordChange& change, accounts::Instant now);

  const std::filesystem::path file_;
  const accounts::SiteKeys& keys_;
  accounts::Entropy& entropy_;
  SQLite::Database database_;
  std::unique_ptr<Statements> sql_;
};

// Look-ups, for one thread: the engine's. What does not exist costs the same work as what does. A
// look-up that fails throws engine::StoreError, as the store does: its batch comes again.
class EmbeddedAccounts final : public accounts::AccountLookup {
 public:
  // The file must be there. Throws Unavailable.
  EmbeddedAccounts(const std::filesystem::path& file, const accounts::SiteKeys& keys);
  ~EmbeddedAccounts() override;

  std::optional<accounts::Account> by_id(accounts::AccountKey id) const override;
  std::vector<accounts::Account> by_phone(accounts::Msisdn phone,
                                          std::size_t most = 4) const override;
  void look_anew() const override;

 private:
  struct Statements;

  const std::filesystem::path file_;
  SQLite::Database database_;
  std::unique_ptr<Statements> sql_;
};

}  // namespace pulih::central
