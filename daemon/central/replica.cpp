// See replica.hpp: the file, from its beginning beside to the exchange.
#include "daemon/central/replica.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "daemon/accounts/keyring.hpp"
#include "daemon/central/embedded_file.hpp"
#include "daemon/central/replica_connection.hpp"
#include "daemon/central/replica_rows.hpp"
#include "daemon/central/replica_schema.hpp"

namespace pulih::central {

using std::filesystem::path;

namespace {

constexpr int patience_ms = 10'000;

SQLite::Database opened_to_write(const path& file) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                            patience_ms);
  database.exec(replica_connection);
  // What a power cut takes with it comes again: the cursor lies with the rows.
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  return database;
}

// A rename that a power cut must not undo in halves.
void sync_folder_of(const path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : path(".");
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  (void)::fsync(opened);
  ::close(opened);
}

}  // namespace

Replica::Replica(const ReplicaPlace& place, const accounts::SiteKeys& keys,
                 accounts::Entropy& entropy, ReplicaAccounts& readers)
    : file_(place.file),
      beside_(place.file.string() + ".new"),
      state_dir_(place.state_dir),
      keys_(keys),
      entropy_(entropy),
      readers_(readers) {
  if (const accounts::KeyringLock keys_stay(state_dir_, accounts::KeyringLock::How::shared);
      keys_stay.held())
    open();
}

void Replica::open() {
  if (std::filesystem::exists(beside_) && try_to_open(Which::beside)) return;
  if (std::filesystem::exists(file_) && try_to_open(Which::looked_at)) return;
  create();
}

Replica::Connection& Replica::sql() {
  if (!sql_) open();  // the disk was full, or whatever kept it from being opened before
  return *sql_;
}

Replica::~Replica() = default;

bool Replica::whole() const { return std::filesystem::exists(file_); }

// False: what is there cannot be used, and was removed.
bool Replica::try_to_open(Which which) {
  building_ = which == Which::beside;
  const auto& file = building_ ? beside_ : file_;
  auto why = unusable_in(file);
  if (!why) return true;
  sql_.reset();
  while_keys_stay([&] { readers_.exchange([&] { remove(file); }); });
  if (!why->empty()) unusable_ = std::move(*why);
  return false;
}

// Opens it, or says why that cannot be done; what will not be another time is thrown. Empty: who
// began it was killed before anything was in it.
std::optional<std::string> Replica::unusable_in(const path& file) {
  try {
    auto database = opened_to_write(file);
    int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version == 1) {
      database.exec(replica_schema_of_version_1_brought_forward);
      version = replica_schema_version;
    }
    if (version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0)
      return "";
    if (version != replica_schema_version)
      return file.string() + ": its schema is of another release";
    sql_ = std::make_unique<Connection>(std::move(database), keys_);
    const auto check = mark(Mark::key_check);
    if (check && opens(*check)) return std::nullopt;
    return file.string() + ": it was written under another site key";
  } catch (const SQLite::Exception& error) {
    if (!tells_damage(error)) throw unavailable(file, error);
    return unavailable(file, error).why;
  } catch (const Unavailable& error) {
    return error.why;
  }
}

void Replica::create() {
  building_ = true;
  while_keys_stay([&] {
    remove(beside_);
    make_private(beside_);
  });
  try {
    auto database = opened_to_write(beside_);
    database.exec("BEGIN");
    database.exec(replica_schema);
    SQLite::Statement naming(database, "UPDATE naming SET id = ?");
    Use(naming, keys_.row_names().id()).run();
    database.exec("PRAGMA user_version = " + std::to_string(replica_schema_version));
    sql_ = std::make_unique<Connection>(std::move(database), keys_);
    const auto check = keys_.seal({}, replica_seal, 0, entropy_);
    set_mark(Mark::key_check, {reinterpret_cast<const char*>(check.data()), check.size()});
    sql_->database.exec("COMMIT");
  } catch (const SQLite::Exception& error) {
    throw unavailable(beside_, error);
  }
}

bool Replica::opens(std::string_view check) const {
  return keys_
      .open({reinterpret_cast<const std::uint8_t*>(check.data()), check.size()}, replica_seal, 0)
      .has_value();
}

// `pulihctl key rotate` may have the files open, and would write into a file's log what it read in
// one that is gone.
void Replica::while_keys_stay(const std::function<void()>& exchange) {
  const accounts::KeyringLock keys_stay(state_dir_, accounts::KeyringLock::How::shared);
  if (const auto held = keys_stay.held(); !held) throw Unavailable{held.error()};
  exchange();
}

void Replica::remove(const path& file) {
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
}

void Replica::begin_anew() {
  sql_.reset();
  if (!building_) while_keys_stay([&] { readers_.exchange([&] { remove(file_); }); });
  create();
}

void Replica::begin_beside() {
  sql_.reset();
  create();
}

void Replica::finish() {
  sql().database.exec(replica_indexes);
  while_keys_stay([&] {
    if (sql_->database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt() != 0)
      throw Unavailable{beside_.string() + ": somebody reads it and keeps it from its place"};
    sql_.reset();  // the last connection removes the log
    readers_.exchange([&] {
      remove(file_);
      std::filesystem::rename(beside_, file_);
    });
  });
  sync_folder_of(file_);
  unusable_.clear();
  open();
}

}  // namespace pulih::central
