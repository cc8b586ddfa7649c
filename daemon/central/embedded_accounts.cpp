// See embedded.hpp: the side that looks up. An account that is absent costs a search of the same
// tree and the opening of a sealed part of the usual size.
#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::central {

using accounts::Account;
using SQLite::Statement;

namespace {

constexpr std::string_view contact_seal = "account";

SQLite::Database read_only(const std::filesystem::path& file) {
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY, 1'000);
    database.exec("PRAGMA cache_size=-32768; PRAGMA trusted_schema=OFF");
    return database;
  } catch (const SQLite::Exception& error) {
    throw Unavailable{file.string() + ": " + error.what() +
                      "; make accounts with: pulihctl accounts seed --count N"};
  }
}

std::span<const std::uint8_t> octets_of(Statement& statement, int column) {
  const SQLite::Column value = statement.getColumn(column);
  return {static_cast<const std::uint8_t*>(value.getBlob()),
          static_cast<std::size_t>(value.getBytes())};
}

std::optional<Account> read(Statement& row, const accounts::SiteKeys& keys) {
  Account account;
  account.key = static_cast<accounts::AccountKey>(row.getColumn(0).getInt64());
  auto contact = opened<Contact>(octets_of(row, 6), contact_seal, account.key, keys);
  if (!contact) return std::nullopt;
  account.id = std::move(contact->id);
  account.birth_date = contact->birth_date;
  account.phone = contact->phone;
  account.email = std::move(contact->email);
  account.password_version = row.getColumn(1).getUInt();
  account.identity_version = row.getColumn(2).getUInt();
  account.activated = row.getColumn(3).getInt() != 0;
  account.locked = row.getColumn(4).getInt() != 0;
  account.contact_changed = accounts::Instant(std::chrono::seconds(row.getColumn(5).getInt64()));
  return account;
}

// A look-up that fails fails its batch, as the store does: nothing of it is kept, and it comes
// again.
template <class Work>
auto guarded(const std::filesystem::path& file, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    throw engine::StoreError(file.string() + ": " + error.what());
  }
}

}  // namespace

struct EmbeddedAccounts::Statements {
  explicit Statements(SQLite::Database& db)
      : by_id(db,
              "SELECT key, pw_ver, id_ver, activated, locked, contact_changed, contact "
              "FROM account WHERE key = ?"),
        by_phone(db,
                 "SELECT key, pw_ver, id_ver, activated, locked, contact_changed, contact "
                 "FROM account WHERE phone = ? AND phone != 0 ORDER BY key LIMIT ?") {}
  Statement by_id, by_phone;
};

EmbeddedAccounts::EmbeddedAccounts(const std::filesystem::path& file,
                                   const accounts::SiteKeys& keys)
    : file_(file),
      keys_(keys),
      database_(read_only(file)),
      sql_(std::make_unique<Statements>(database_)) {
  Contact nobody{"budi12@guru.sd",
                 {},
                 accounts::Msisdn::from_value(6281100000000),
                 accounts::Secret("budi@example.org")};
  accounts::SystemEntropy entropy;
  absent_ = sealed(nobody, contact_seal, 0, keys_, entropy);
}

EmbeddedAccounts::~EmbeddedAccounts() = default;

std::optional<Account> EmbeddedAccounts::by_id(accounts::AccountKey id) const {
  return guarded(file_, [&] {
    auto& row = sql_->by_id;
    row.reset();
    row.bind(1, static_cast<std::int64_t>(id));
    std::optional<Account> account;
    if (row.executeStep())
      account = read(row, keys_);
    else
      (void)opened<Contact>(absent_, contact_seal, 0, keys_);
    row.reset();
    return account;
  });
}

std::vector<Account> EmbeddedAccounts::by_phone(accounts::Msisdn phone, std::size_t most) const {
  return guarded(file_, [&] {
    auto& row = sql_->by_phone;
    row.reset();
    row.bind(1, static_cast<std::int64_t>(keys_.person(phone)));
    row.bind(2, static_cast<std::int64_t>(most));
    std::vector<Account> found;
    while (row.executeStep())
      if (auto account = read(row, keys_)) found.push_back(std::move(*account));
    if (found.empty()) (void)opened<Contact>(absent_, contact_seal, 0, keys_);
    row.reset();
    return found;
  });
}

}  // namespace pulih::central
