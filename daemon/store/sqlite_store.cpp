// See sqlite_store.hpp. Pages of 1 KiB: a turn rewrites one page of the large tables, and the log
// and the fsync cost by the octet (measured: 82,000 turns a second against 41,000 with pages of 4
// KiB).
#include "daemon/store/sqlite_store.hpp"

#include <algorithm>

#include "daemon/store/failures.hpp"
#include "daemon/store/gathering_vfs.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/sqlite_statements.hpp"

namespace pulih::store {

using engine::CarrierKey;
using engine::OutboundId;
using engine::StoreError;
using engine::Table;

// ---- opening

namespace {
// Naming the rows of a million people anew took 8 s (renaming.hpp). A batch waits for it, but for
// less than half of WatchdogSec=, and than carriers wait for a response.
constexpr int batch_patience_ms = 20'000;

SQLite::Database opened(const std::filesystem::path& file) {
  return guarded(file, [&] {
    SQLite::Database database(file.string(),
                              SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
                              batch_patience_ms, gathering_vfs());
    database.exec(
        "PRAGMA page_size=1024; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=FAST; "
        "PRAGMA trusted_schema=OFF");
    return database;
  });
}
}  // namespace

SqliteStore::SqliteStore(const std::filesystem::path& folder)
    : file_(folder / "state.db"), lock_(folder), database_(opened(file_)), checkpointer_(file_) {
  guarded(file_, [&] {
    migrate();
    sql_ = std::make_unique<Statements>(database_);
    sqlite3_wal_hook(
        database_.getHandle(),
        [](void* pages, sqlite3*, const char*, int count) {
          *static_cast<int*>(pages) = count;
          return SQLITE_OK;
        },
        &log_pages_);
  });
}

SqliteStore::~SqliteStore() = default;

void SqliteStore::migrate() {
  const int version = database_.execAndGet("PRAGMA user_version").getInt();
  const int newest = static_cast<int>(schema_steps.size());
  if (version > newest)
    throw StoreError(file_.string() + ": schema version " + std::to_string(version) +
                     " is of a later release (this one knows " + std::to_string(newest) +
                     "); install that release again, or restore a backup of before it");
  if (version == newest) return;
  SQLite::Transaction transaction(database_);
  for (int step = version; step < newest; ++step)
    database_.exec(std::string(schema_steps[static_cast<std::size_t>(step)]));
  database_.exec("PRAGMA user_version = " + std::to_string(newest));
  transaction.commit();
}

void SqliteStore::name_rows_by(const accounts::SiteKeys& keys) {
  keys_ = &keys;
  guarded(file_, [&] {
    const auto id = as_integer(keys.row_names().id());
    // Asked first: whoever would change something waits for whoever does.
    if (database_.execAndGet("SELECT id FROM naming").getInt64() != id) {
      Statement set(database_, naming_of_an_empty_file);
      set.bind(1, id);
      set.exec();
    }
    look_at_naming();
  });
}

void SqliteStore::look_at_naming() {
  auto& naming = sql_->naming;
  naming.tryReset();
  const auto id = naming.executeStep() ? as_key(naming.getColumn(0).getInt64()) : 0;
  naming.tryReset();
  if (id == names_->id()) return;
  const auto* names = keys_ == nullptr ? nullptr : keys_->row_names_of(id);
  if (names == nullptr)
    throw StoreError(file_.string() +
                     ": its rows are named under a key that is not in the keyring; both must be of "
                     "one backup of state_dir");
  names_ = names;
}

// ---- the transaction

void SqliteStore::begin() {
  guarded(file_, [&] {
    sql_->begin.tryReset();
    sql_->begin.exec();
    look_at_naming();
  });
}

void SqliteStore::commit() {
  guarded(file_, [&] {
    erase_runs_of_outbound();
    // A row that load() still points at would keep this moment readable, and the log could never
    // start again (https://sqlite.org/wal.html#avoiding_excessively_large_wal_files).
    for (auto& load : sql_->load) load.tryReset();
    sql_->commit.tryReset();
    sql_->commit.exec();
  });
  checkpointer_.committed(database_.getHandle(), log_pages_);
}

void SqliteStore::rollback() noexcept {
  erased_outbound_.clear();
  // A row that load() still points at keeps this view of the file beyond the transaction: once
  // another connection has written, no later one could begin (SQLITE_BUSY_SNAPSHOT).
  for (auto& load : sql_->load) load.tryReset();
  // Without a transaction this fails, and that is as good.
  sqlite3_exec(database_.getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

// ---- people and guards

std::optional<engine::Store::Octets> SqliteStore::load(Table table, std::uint64_t key) {
  return guarded(file_, [&]() -> std::optional<Octets> {
    auto& load = sql_->load[static_cast<std::size_t>(table)];
    load.tryReset();
    load.bind(1, as_integer(names_->name(key)));
    if (!load.executeStep()) return std::nullopt;
    return octets_of(load, 0);
  });
}

void SqliteStore::save(Table table, std::uint64_t key, Octets record) {
  guarded(file_, [&] {
    // The row that load() still points at must not hold the table while it is written.
    sql_->load[static_cast<std::size_t>(table)].tryReset();
    auto& save = sql_->save[static_cast<std::size_t>(table)];
    save.tryReset();
    save.bind(1, as_integer(names_->name(key)));
    bind_octets(save, 2, record);
    save.exec();
  });
}

void SqliteStore::erase(Table table, std::uint64_t key) {
  guarded(file_, [&] {
    auto& erase = sql_->erase[static_cast<std::size_t>(table)];
    erase.tryReset();
    erase.bind(1, as_integer(names_->name(key)));
    erase.exec();
  });
}

std::vector<engine::Store::Row> SqliteStore::scan(Table table, std::uint64_t after,
                                                  std::size_t most) {
  return guarded(file_, [&] {
    auto& scan = sql_->scan[static_cast<std::size_t>(table)];
    scan.tryReset();
    scan.bind(1, as_integer(names_->name(after)));
    scan.bind(2, as_integer(most));
    std::vector<Row> rows;
    while (scan.executeStep())
      rows.push_back({names_->key(as_key(scan.getColumn(0).getInt64())), copy_of(scan, 1)});
    return rows;
  });
}

// ---- messages

void SqliteStore::put_outbound(OutboundId id, CarrierKey carrier, Octets message) {
  guarded(file_, [&] {
    auto& put = sql_->put_outbound;
    put.tryReset();
    put.bind(1, as_integer(id));
    put.bind(2, as_integer(carrier));
    bind_octets(put, 3, message);
    put.exec();
  });
}

void SqliteStore::erase_outbound(OutboundId id) { erased_outbound_.push_back(id); }

// Carriers answer nearly in order, so that most of a batch are a few runs of ids.
void SqliteStore::erase_runs_of_outbound() {
  std::sort(erased_outbound_.begin(), erased_outbound_.end());
  auto& erase = sql_->erase_outbound;
  for (auto first = erased_outbound_.begin(); first != erased_outbound_.end();) {
    auto last = first;
    while (last + 1 != erased_outbound_.end() && *(last + 1) <= *last + 1) ++last;
    erase.tryReset();
    erase.bind(1, as_integer(*first));
    erase.bind(2, as_integer(*last));
    erase.exec();
    first = last + 1;
  }
  erased_outbound_.clear();
}

std::vector<engine::Store::OutboundRow> SqliteStore::outbound(CarrierKey carrier, OutboundId from,
                                                              std::size_t most) {
  return guarded(file_, [&] {
    auto& outbound = sql_->outbound;
    outbound.tryReset();
    outbound.bind(1, as_integer(from));
    outbound.bind(2, as_integer(carrier));
    outbound.bind(3, as_integer(most));
    std::vector<OutboundRow> rows;
    while (outbound.executeStep())
      rows.push_back({as_key(outbound.getColumn(0).getInt64()), carrier, copy_of(outbound, 1)});
    outbound.tryReset();
    return rows;
  });
}

OutboundId SqliteStore::last_outbound() {
  return guarded(file_, [&] {
    sql_->last_outbound.tryReset();
    sql_->last_outbound.executeStep();
    const auto last = as_key(sql_->last_outbound.getColumn(0).getInt64());
    sql_->last_outbound.tryReset();
    return last;
  });
}

// ---- audit and marks

void SqliteStore::audit(engine::Instant at, conversation::Audit what, accounts::PersonKey person,
                        accounts::AccountKey account) {
  guarded(file_, [&] {
    auto& audit = sql_->audit;
    audit.tryReset();
    audit.bind(1, at.time_since_epoch().count());
    audit.bind(2, static_cast<int>(what));
    audit.bind(3, as_integer(names_->name(person)));
    audit.bind(4, as_integer(names_->name(account)));
    audit.exec();
  });
}

void SqliteStore::forget_audit_before(engine::Instant before, std::size_t most) {
  guarded(file_, [&] {
    sql_->forget_audit.tryReset();
    sql_->forget_audit.bind(1, as_integer(most));
    sql_->forget_audit.bind(2, before.time_since_epoch().count());
    sql_->forget_audit.exec();
  });
}

std::uint64_t SqliteStore::contact_cursor() {
  return guarded(file_, [&]() -> std::uint64_t {
    sql_->mark.tryReset();
    sql_->mark.bind(1, "contact_cursor");
    const bool set = sql_->mark.executeStep();
    const auto cursor = set ? as_key(sql_->mark.getColumn(0).getInt64()) : 0;
    sql_->mark.tryReset();
    return cursor;
  });
}

void SqliteStore::set_contact_cursor(std::uint64_t cursor) {
  guarded(file_, [&] {
    sql_->set_mark.tryReset();
    sql_->set_mark.bind(1, "contact_cursor");
    sql_->set_mark.bind(2, as_integer(cursor));
    sql_->set_mark.exec();
  });
}

}  // namespace pulih::store
