// See replica_accounts.hpp. The lock is nearly never waited for: the other side takes it for the
// moment of an exchange.
#include "daemon/central/replica_accounts.hpp"

#include <algorithm>

#include "daemon/central/embedded_file.hpp"
#include "daemon/central/replica_marks.hpp"
#include "daemon/central/replica_rows.hpp"
#include "daemon/central/replica_schema.hpp"
#include "daemon/central/sealed_accounts.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::central {

using accounts::Account;

namespace {

constexpr std::size_t most_troubled_rows = 1'000;
constexpr int reading_patience_ms = 1'000;  // in WAL mode a reader waits for nobody but a recovery

// As an earlier life of the daemon left it.
std::chrono::seconds ahead_in(SQLite::Database& database) {
  const auto stored = number_in<std::int64_t>(mark_in(database, ReplicaMark::central_ahead));
  return std::chrono::seconds(std::clamp(stored.value_or(0), -latest_second, latest_second));
}

struct ReplicaTable {
  // Of two accounts with one id the younger: the id has moved, and the older row's change is
  // under way.
  static constexpr auto by_id =
      "SELECT number, key, phone, row_ver, part FROM account WHERE key = ? "
      "ORDER BY number DESC LIMIT 1";
  static constexpr auto by_phone =
      "SELECT number, key, phone, row_ver, part FROM account WHERE phone = ? AND phone != 0 "
      "ORDER BY key LIMIT ?";

  static std::optional<Account> account_of(const Use& row, const accounts::RowNames& names,
                                           const accounts::SiteKeys& keys) {
    Account account;
    account.key = names.key(row.number(1));
    auto part = part_of(row, account.key, keys);
    give(account, std::move(part.contact));
    account.password_version = part.password_version;
    account.identity_version = part.identity_version;
    account.activated = part.activated;
    account.locked = part.locked;
    account.contact_changed = part.contact_changed;
    return account;
  }
  static accounts::Blob part_of_nobody(const accounts::SiteKeys& keys) {
    ReplicaPart part;
    part.contact = contact_of_nobody();
    accounts::SystemEntropy entropy;
    return sealed(part, replica_seal, 0, keys, entropy);
  }
  static void open_nobody(const accounts::Blob& part, const accounts::SiteKeys& keys) {
    (void)opened<ReplicaPart>(part, replica_seal, 0, keys);
  }
};

}  // namespace

struct ReplicaAccounts::Connection {
  Connection(const std::filesystem::path& file, const accounts::SiteKeys& keys)
      : database(file.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, reading_patience_ms),
        accounts((database.exec(replica_connection), database), keys) {}

  SQLite::Database database;
  SealedAccounts<ReplicaTable> accounts;
};

ReplicaAccounts::ReplicaAccounts(const std::filesystem::path& file, const accounts::SiteKeys& keys)
    : file_(file), keys_(keys) {}

ReplicaAccounts::~ReplicaAccounts() = default;

void ReplicaAccounts::connect() const {
  if (connection_) return;
  connection_ = std::make_unique<Connection>(file_, keys_);
  connection_->accounts.look_anew();  // a batch may be under way
  ahead_before_ = ahead_in(connection_->database);
}

void ReplicaAccounts::by_our_clock(Account& account) const {
  if (account.contact_changed == accounts::Instant{}) return;  // never
  if (const auto ahead = central_ahead_.load(); ahead != not_told)
    account.contact_changed -= ahead;
  else if (ahead_before_.count() < 0)
    // Our clock may have been set since, and nobody's contact is older than it was for that.
    account.contact_changed -= ahead_before_;
}

template <class Work>
auto ReplicaAccounts::looked_up(Work&& work) const {
  const std::lock_guard lock(mutex_);
  try {
    if (!connection_ && !std::filesystem::exists(file_))
      throw engine::StoreError(file_.string() +
                               ": the copy of the accounts is being made; messages are taken when "
                               "it is whole (pulihctl status)");
    connect();
    return work(connection_->accounts);
  } catch (const DamagedRow& row) {
    if (trouble_.rows.size() < most_troubled_rows) trouble_.rows.insert(row.number);
    throw engine::StoreError(file_.string() + ": account number " + std::to_string(row.number) +
                             " does not open; it is being fetched again");
  } catch (const SQLite::Exception& error) {
    const auto why = unavailable(file_, error).why;
    if (tells_damage(error)) trouble_.damage = why;
    connection_.reset();
    throw engine::StoreError(why);
  } catch (const Unavailable& error) {
    connection_.reset();
    throw engine::StoreError(error.why);
  }
}

void ReplicaAccounts::look_anew() const {
  const std::lock_guard lock(mutex_);
  if (!connection_ && !std::filesystem::exists(file_)) return;
  try {
    connect();
    connection_->accounts.look_anew();
  } catch (const SQLite::Exception& error) {
    // Whoever looks something up in this batch meets it again.
    if (tells_damage(error)) trouble_.damage = unavailable(file_, error).why;
    connection_.reset();
  } catch (const Unavailable&) {
    connection_.reset();
  }
}

std::optional<Account> ReplicaAccounts::by_id(accounts::AccountKey id) const {
  return looked_up([&](auto& accounts) {
    auto found = accounts.by_id(id);
    if (found) by_our_clock(*found);
    return found;
  });
}

std::vector<Account> ReplicaAccounts::by_phone(accounts::Msisdn phone, std::size_t most) const {
  return looked_up([&](auto& accounts) {
    auto found = accounts.by_phone(phone, most);
    for (auto& account : found) by_our_clock(account);
    return found;
  });
}

ReplicaAccounts::Trouble ReplicaAccounts::take_trouble() {
  const std::lock_guard lock(mutex_);
  return std::exchange(trouble_, {});
}

void ReplicaAccounts::exchange(const std::function<void()>& work) {
  const std::lock_guard lock(mutex_);
  connection_.reset();
  work();
}

}  // namespace pulih::central
