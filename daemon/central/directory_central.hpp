// The central account database of a hub whose passwords a directory keeps: a password change is
// begun in the hub's database, put into the directory on the state of the entry that the teacher
// saw, and ended in the database. It promises what every Central does, whichever of the three steps
// was lost: a repetition goes on from what the database and the directory then show.
#pragma once
#include <memory>

#include "daemon/accounts/sealed_password.hpp"
#include "daemon/central/directory.hpp"
#include "daemon/central/directory_ledger.hpp"
#include "daemon/central/directory_notice.hpp"
#include "daemon/central/postgresql.hpp"

namespace pulih::central {

// For one thread, but for interrupt().
class DirectoryCentral final : public Central {
 public:
  // `key` opens the texts of new passwords, which gateways seal to its public half.
  DirectoryCentral(PostgresqlPlace place, std::string site, std::unique_ptr<Directory> directory,
                   const accounts::OpeningKey& key, TellOfDirectory tell);

  tl::expected<Welcome, Unavailable> hello(const Hello& hello) override {
    return database_.hello(hello);
  }
  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant now) override;
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override {
    return database_.open_ticket(ticket);
  }

  // Accounts and changed contacts are the database's.
  PostgresqlCentral& database() { return database_; }
  // From another thread: the call under way and all after it are answered "away".
  void interrupt();

 private:
  using Outcome = tl::expected<Verdict, Unavailable>;
  // Whenever it is needed: in between the database may read ahead on the same link.
  DirectoryLedger ledger() { return DirectoryLedger(database_.link()); }
  Outcome decide(const PasswordChange& change);
  Outcome put(const PasswordChange& change, const BegunChange& begun,
              const accounts::Secret& password, bool& again);
  Outcome end(const PasswordChange& change, Verdict verdict);
  std::optional<accounts::Secret> opened(const PasswordChange& change);
  tl::expected<bool, Unavailable> is_in_force(const DirectoryHandle& handle,
                                              const accounts::Secret& password);
  // Nothing: the directory has no such entry.
  tl::expected<std::optional<TakenEntry>, Unavailable> take_anew(const DirectoryHandle& handle);

  PostgresqlCentral database_;
  const std::unique_ptr<Directory> directory_;
  const accounts::OpeningKey key_;
  const TellOfDirectory tell_;
};

}  // namespace pulih::central
