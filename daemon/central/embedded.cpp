// See embedded.hpp: the side that decides, in the order of a password change's life. An operation,
// its verdict and what it changed are one transaction, so that a repetition after a crash finds
// either all of it or nothing.
#include "daemon/central/embedded.hpp"

#include <algorithm>

#include "daemon/central/embedded_file.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/naming.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

using accounts::Instant;
using SQLite::Statement;

namespace {

// What an operation asks for, to tell a repetition from another operation under its id.
std::array<std::uint8_t, 32> content_of(const PasswordChange& change) {
  accounts::WipedBytes octets;
  conversation::disk::Writer disk(octets);
  disk.number(change.account);
  disk.number(change.base_password_version);
  disk.number(change.base_identity_version);
  disk.number(change.change_at_login ? 1 : 0);
  disk.number(static_cast<std::uint64_t>(change.change_before.time_since_epoch().count()));
  octets.insert(octets.end(), change.verifier.begin(), change.verifier.end());
  return accounts::fingerprint(octets);
}

}  // namespace

struct EmbeddedCentral::Statements {
  Statements(SQLite::Database& db, const accounts::SiteKeys& keys)
      : naming(db, keys),
        operation(db, "SELECT content, verdict FROM operation WHERE id = ?"),
        put_operation(db, "INSERT INTO operation (id, content, verdict, at) VALUES (?, ?, ?, ?)"),
        versions(db, "SELECT pw_ver, id_ver, locked FROM account WHERE key = ?"),
        set_password(db,
                     "UPDATE account SET verifier = ?, password_changed = ?, change_at_login = ?, "
                     "change_before = ?, pw_ver = pw_ver + 1, row_ver = row_ver + 1 WHERE key = ?"),
        put_ticket(db,
                   "INSERT OR IGNORE INTO ticket (id, report, account, reason, at) "
                   "VALUES (?, ?, ?, ?, ?)"),
        changes(db,
                "SELECT cursor, account, change FROM contact_change WHERE cursor > ? "
                "ORDER BY cursor LIMIT ?") {}

  Naming naming;
  Statement operation, put_operation, versions, set_password, put_ticket, changes;
};

EmbeddedCentral::EmbeddedCentral(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                                 accounts::Entropy& entropy)
    : file_(file),
      keys_(keys),
      entropy_(entropy),
      database_(open_to_write(file, keys, IfMissing::create)),
      sql_(prepared<Statements>(database_, keys)) {}

EmbeddedCentral::~EmbeddedCentral() = default;

tl::expected<std::vector<Verdict>, Unavailable> EmbeddedCentral::apply_passwords(
    std::span<const PasswordChange> changes, Instant now) {
  std::vector<Verdict> verdicts;
  for (const auto& change : changes) {
    const auto verdict = apply_password(change, now);
    if (!verdict) return tl::unexpected(verdict.error());
    verdicts.push_back(*verdict);
  }
  return verdicts;
}

tl::expected<Verdict, Unavailable> EmbeddedCentral::apply_password(const PasswordChange& change,
                                                                   Instant now) {
  return attempt(file_, [&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    sql_->naming.look();
    const auto content = content_of(change);
    {
      Use known(sql_->operation, change.id);
      if (known.step())
        return std::ranges::equal(known.octets(0), content) ||
                       change.base_identity_version == withdrawn_version
                   ? static_cast<Verdict>(known.number(1))
                   : Verdict::altered;
    }
    const Verdict verdict = decide(change, now);
    Use(sql_->put_operation, change.id, content, verdict, now).run();
    transaction.commit();
    return verdict;
  });
}

Verdict EmbeddedCentral::decide(const PasswordChange& change, Instant now) {
  const auto name = sql_->naming->name(change.account);
  {
    Use account(sql_->versions, name);
    if (!account.step()) return Verdict::unknown_account;
    // The identity first: who no longer is the account's owner is not told about its password.
    if (account.version(1) != change.base_identity_version || account.flag(2))
      return Verdict::identity_changed;
    if (account.version(0) != change.base_password_version) return Verdict::superseded;
  }
  const auto verifier = sealed_verifier(change.verifier, change.account, keys_, entropy_);
  Use(sql_->set_password, verifier, now, change.change_at_login, change.change_before, name).run();
  return Verdict::applied;
}

tl::expected<void, Unavailable> EmbeddedCentral::open_ticket(const Ticket& ticket) {
  return attempt(file_, [&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    sql_->naming.look();
    const auto name = sql_->naming->name(ticket.account);
    Use(sql_->put_ticket, ticket.id, ticket.report, name, ticket.reason, ticket.at).run();
    transaction.commit();
  });
}

tl::expected<std::vector<ContactChange>, Unavailable> EmbeddedCentral::contact_changes(
    std::uint64_t cursor, std::size_t most) {
  return attempt(file_, [&] {
    SQLite::Transaction one_view(database_);
    sql_->naming.look();
    std::vector<ContactChange> found;
    Use row(sql_->changes, cursor, most);
    while (row.step()) {
      ContactChange change;
      change.cursor = row.number(0);
      change.account = sql_->naming->key(row.number(1));
      // One that was altered is passed on without a number to tell, so that the feed goes on.
      if (auto part = opened<SealedChange>(row.octets(2), change_seal, change.account, keys_)) {
        change.id = std::move(part->id);
        change.old_phone = part->old_phone;
        change.old_email = std::move(part->old_email);
        change.new_phone = part->new_phone;
      }
      found.push_back(std::move(change));
    }
    return found;
  });
}

}  // namespace pulih::central
