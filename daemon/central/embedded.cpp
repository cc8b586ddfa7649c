// See embedded.hpp: the side that decides. In the order of a password change's life; what an
// operator does to accounts comes after it.
#include "daemon/central/embedded.hpp"

#include <sqlite3.h>

#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/embedded_schema.hpp"

namespace pulih::central {

using accounts::AccountKey;
using accounts::Instant;
using SQLite::Statement;

namespace {

std::int64_t as_integer(std::uint64_t key) { return static_cast<std::int64_t>(key); }
std::int64_t as_integer(Instant at) { return at.time_since_epoch().count(); }
Instant as_instant(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

template <class Octets>
void bind_octets(Statement& statement, int index, const Octets& octets) {
  statement.bindNoCopy(index, octets.data(), static_cast<int>(octets.size()));
}

std::span<const std::uint8_t> octets_of(Statement& statement, int column) {
  const SQLite::Column value = statement.getColumn(column);
  return {static_cast<const std::uint8_t*>(value.getBlob()),
          static_cast<std::size_t>(value.getBytes())};
}

// What an operation asks for: the same id with another content is refused.
std::array<std::uint8_t, 32> content_of(const PasswordChange& change) {
  accounts::WipedBytes octets;
  conversation::disk::Writer disk(octets);
  disk.number(change.account);
  disk.number(change.base_password_version);
  disk.number(change.base_identity_version);
  disk.number(change.change_at_login ? 1 : 0);
  octets.insert(octets.end(), change.verifier.begin(), change.verifier.end());
  return accounts::fingerprint(octets);
}

std::string hint_for(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return "the disk is full: make room (df -h)";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged: keep a copy and restore the last backup";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "its folder must exist and belong to the daemon's user";
    case SQLITE_BUSY:
      return "another program writes to it: try again";
    default:
      return "";
  }
}

SQLite::Database opened_database(const std::filesystem::path& file) {
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 10'000);
    database.exec(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; "
        "PRAGMA trusted_schema=OFF");
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    const int newest = static_cast<int>(embedded_schema_steps.size());
    if (version > newest)
      throw Unavailable{file.string() + ": schema version " + std::to_string(version) +
                        " is of a later release; install that release again"};
    if (version == newest) return database;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (int step = version; step < newest; ++step)
      database.exec(std::string(embedded_schema_steps[static_cast<std::size_t>(step)]));
    database.exec("PRAGMA user_version = " + std::to_string(newest));
    transaction.commit();
    return database;
  } catch (const SQLite::Exception& error) {
    throw Unavailable{file.string() + ": " + error.what() + "; " + hint_for(error.getErrorCode())};
  }
}

constexpr std::string_view contact_seal = "account";
constexpr std::string_view verifier_seal = "verifier";
constexpr std::string_view change_seal = "contact_change";

}  // namespace

struct EmbeddedCentral::Statements {
  explicit Statements(SQLite::Database& db)
      : operation(db, "SELECT content, verdict FROM operation WHERE id = ?"),
        put_operation(db, "INSERT INTO operation VALUES (?, ?, ?, ?)"),
        versions(db, "SELECT pw_ver, id_ver, locked FROM account WHERE key = ?"),
        set_password(db,
                     "UPDATE account SET verifier = ?, pw_ver = pw_ver + 1, row_ver = row_ver + 1, "
                     "password_changed = ?, change_at_login = ?, change_before = ? WHERE key = ?"),
        put_ticket(db, "INSERT OR IGNORE INTO ticket VALUES (?, ?, ?, ?, ?)"),
        changes(db,
                "SELECT cursor, account, change FROM contact_change WHERE cursor > ? "
                "ORDER BY cursor LIMIT ?"),
        add(db, "INSERT OR IGNORE INTO account VALUES (?, ?, 1, 1, 1, ?, 0, 0, 0, 0, 0, ?, ?)"),
        show(db,
             "SELECT pw_ver, id_ver, row_ver, activated, locked, change_at_login, contact_changed, "
             "password_changed, change_before, contact, verifier FROM account WHERE key = ?"),
        set_contact(db,
                    "UPDATE account SET contact = ?, phone = ?, contact_changed = ?, "
                    "id_ver = id_ver + 1, row_ver = row_ver + 1 WHERE key = ?"),
        put_change(db, "INSERT INTO contact_change (account, change) VALUES (?, ?)"),
        set_locked(db,
                   "UPDATE account SET locked = ?, id_ver = id_ver + 1, row_ver = row_ver + 1 "
                   "WHERE key = ?"),
        count(db, "SELECT count(*) FROM account") {}

  Statement operation, put_operation, versions, set_password, put_ticket, changes;
  Statement add, show, set_contact, put_change, set_locked, count;
};

EmbeddedCentral::EmbeddedCentral(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                                 accounts::Entropy& entropy)
    : file_(file),
      keys_(keys),
      entropy_(entropy),
      database_(opened_database(file)),
      sql_(std::make_unique<Statements>(database_)) {}

EmbeddedCentral::~EmbeddedCentral() = default;

template <class Work>
auto EmbeddedCentral::guarded(Work&& work) -> tl::expected<decltype(work()), Unavailable> {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(
        Unavailable{file_.string() + ": " + error.what() + "; " + hint_for(error.getErrorCode())});
  }
}

// ---- a password change: stored result, versions, change, result, in one transaction
// ---------------------

tl::expected<Verdict, Unavailable> EmbeddedCentral::apply_password(const PasswordChange& change,
                                                                   Instant now) {
  return guarded([&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto content = content_of(change);
    auto& known = sql_->operation;
    known.reset();
    bind_octets(known, 1, change.id);
    if (known.executeStep()) {
      const auto stored = octets_of(known, 0);
      const bool same = std::equal(stored.begin(), stored.end(), content.begin(), content.end());
      const auto verdict = static_cast<Verdict>(known.getColumn(1).getInt());
      known.reset();
      return same ? verdict : Verdict::altered;
    }
    known.reset();
    const Verdict verdict = decide(change, now);
    auto& put = sql_->put_operation;
    put.reset();
    bind_octets(put, 1, change.id);
    bind_octets(put, 2, content);
    put.bind(3, static_cast<int>(verdict));
    put.bind(4, as_integer(now));
    put.exec();
    transaction.commit();
    return verdict;
  });
}

Verdict EmbeddedCentral::decide(const PasswordChange& change, Instant now) {
  auto& versions = sql_->versions;
  versions.reset();
  versions.bind(1, as_integer(change.account));
  if (!versions.executeStep()) return Verdict::unknown_account;
  const auto password_version = versions.getColumn(0).getUInt();
  const auto identity_version = versions.getColumn(1).getUInt();
  versions.reset();
  if (identity_version != change.base_identity_version) return Verdict::identity_changed;
  if (password_version != change.base_password_version) return Verdict::superseded;
  const accounts::WipedBytes verifier(change.verifier.begin(), change.verifier.end());
  const auto sealed_verifier = keys_.seal(verifier, verifier_seal, change.account, entropy_);
  auto& set = sql_->set_password;
  set.reset();
  bind_octets(set, 1, sealed_verifier);
  set.bind(2, as_integer(now));
  set.bind(3, change.change_at_login ? 1 : 0);
  set.bind(4, as_integer(change.change_before));
  set.bind(5, as_integer(change.account));
  set.exec();
  return Verdict::applied;
}

tl::expected<void, Unavailable> EmbeddedCentral::open_ticket(const Ticket& ticket) {
  return guarded([&] {
    auto& put = sql_->put_ticket;
    put.reset();
    bind_octets(put, 1, ticket.id);
    put.bind(2, ticket.report);
    put.bind(3, as_integer(ticket.account));
    put.bind(4, ticket.reason);
    put.bind(5, as_integer(ticket.at));
    put.exec();
  });
}

tl::expected<std::vector<ContactChange>, Unavailable> EmbeddedCentral::changes(std::uint64_t cursor,
                                                                               std::size_t most) {
  return guarded([&] {
    std::vector<ContactChange> found;
    auto& changes = sql_->changes;
    changes.reset();
    changes.bind(1, as_integer(cursor));
    changes.bind(2, as_integer(most));
    while (changes.executeStep()) {
      ContactChange change;
      change.cursor = static_cast<std::uint64_t>(changes.getColumn(0).getInt64());
      change.account = static_cast<AccountKey>(changes.getColumn(1).getInt64());
      if (auto row =
              opened<SealedChange>(octets_of(changes, 2), change_seal, change.account, keys_)) {
        change.id = std::move(row->id);
        change.old_phone = row->old_phone;
        change.new_phone = row->new_phone;
        change.old_email = std::move(row->old_email);
      }
      found.push_back(std::move(change));
    }
    changes.reset();
    return found;
  });
}

// ---- what an operator does
// -------------------------------------------------------------------------------

tl::expected<std::size_t, Unavailable> EmbeddedCentral::add(
    const std::vector<NewAccount>& accounts) {
  return guarded([&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    std::size_t added = 0;
    for (const auto& account : accounts) {
      const AccountKey key = keys_.account(account.id);
      Contact contact{account.id, keys_.birth_date_tag(key, account.birth_date), account.phone,
                      account.email.duplicate()};
      const auto sealed_contact = sealed(contact, contact_seal, key, keys_, entropy_);
      const accounts::WipedBytes verifier(account.verifier.begin(), account.verifier.end());
      const auto sealed_verifier = keys_.seal(verifier, verifier_seal, key, entropy_);
      auto& add = sql_->add;
      add.reset();
      add.bind(1, as_integer(key));
      add.bind(2, account.phone.empty() ? 0 : as_integer(keys_.person(account.phone)));
      add.bind(3, account.activated ? 1 : 0);
      bind_octets(add, 4, sealed_contact);
      bind_octets(add, 5, sealed_verifier);
      added += static_cast<std::size_t>(add.exec());
    }
    transaction.commit();
    return added;
  });
}

tl::expected<std::optional<AccountState>, Unavailable> EmbeddedCentral::show(AccountKey key) {
  return guarded([&]() -> std::optional<AccountState> {
    auto& show = sql_->show;
    show.reset();
    show.bind(1, as_integer(key));
    if (!show.executeStep()) return std::nullopt;
    AccountState state;
    state.password_version = show.getColumn(0).getUInt();
    state.identity_version = show.getColumn(1).getUInt();
    state.row_version = show.getColumn(2).getUInt();
    state.activated = show.getColumn(3).getInt() != 0;
    state.locked = show.getColumn(4).getInt() != 0;
    state.change_at_login = show.getColumn(5).getInt() != 0;
    state.contact_changed = as_instant(show.getColumn(6).getInt64());
    state.password_changed = as_instant(show.getColumn(7).getInt64());
    state.change_before = as_instant(show.getColumn(8).getInt64());
    const auto contact = opened<Contact>(octets_of(show, 9), contact_seal, key, keys_);
    show.reset();
    if (!contact) {
      state.phone = "(does not open under this site key)";
      return state;
    }
    state.phone = contact->phone.empty() ? "none" : contact->phone.masked();
    state.email = contact->email.empty() ? "none" : "registered";
    return state;
  });
}

tl::expected<std::optional<accounts::Verifier>, Unavailable> EmbeddedCentral::verifier(
    AccountKey key) {
  return guarded([&]() -> std::optional<accounts::Verifier> {
    auto& show = sql_->show;
    show.reset();
    show.bind(1, as_integer(key));
    if (!show.executeStep()) return std::nullopt;
    const auto plain = keys_.open(octets_of(show, 10), verifier_seal, key);
    show.reset();
    if (!plain) return accounts::Verifier();
    return accounts::Verifier(plain->begin(), plain->end());
  });
}

tl::expected<bool, Unavailable> EmbeddedCentral::change_phone(AccountKey key,
                                                              accounts::Msisdn phone, Instant now) {
  return guarded([&] {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    auto& show = sql_->show;
    show.reset();
    show.bind(1, as_integer(key));
    if (!show.executeStep()) return false;
    auto contact = opened<Contact>(octets_of(show, 9), contact_seal, key, keys_);
    show.reset();
    if (!contact) return false;
    SealedChange change{contact->id, contact->phone, phone, contact->email.duplicate()};
    const auto sealed_change = sealed(change, change_seal, key, keys_, entropy_);
    auto& put = sql_->put_change;
    put.reset();
    put.bind(1, as_integer(key));
    bind_octets(put, 2, sealed_change);
    put.exec();
    contact->phone = phone;
    const auto sealed_contact = sealed(*contact, contact_seal, key, keys_, entropy_);
    auto& set = sql_->set_contact;
    set.reset();
    bind_octets(set, 1, sealed_contact);
    set.bind(2, phone.empty() ? 0 : as_integer(keys_.person(phone)));
    set.bind(3, as_integer(now));
    set.bind(4, as_integer(key));
    set.exec();
    transaction.commit();
    return true;
  });
}

tl::expected<bool, Unavailable> EmbeddedCentral::set_locked(AccountKey key, bool locked) {
  return guarded([&] {
    auto& set = sql_->set_locked;
    set.reset();
    set.bind(1, locked ? 1 : 0);
    set.bind(2, as_integer(key));
    return set.exec() == 1;
  });
}

std::size_t EmbeddedCentral::count() {
  sql_->count.reset();
  sql_->count.executeStep();
  const auto count = static_cast<std::size_t>(sql_->count.getColumn(0).getInt64());
  sql_->count.reset();
  return count;
}

}  // namespace pulih::central
