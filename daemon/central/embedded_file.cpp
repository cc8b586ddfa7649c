// See embedded_file.hpp. Opening reads the header, the schema and one account, however many there
// are: a database of a million accounts is ready at once.
#include "daemon/central/embedded_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "daemon/accounts/private_file.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/embedded_schema.hpp"
#include "daemon/central/naming.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {
namespace {

using std::filesystem::path;

constexpr int write_patience_ms = 10'000;  // longer than pulihctl's longest transaction
constexpr int read_patience_ms = 1'000;    // in WAL mode a reader waits for nobody but a recovery
constexpr auto settings_of_a_connection = "PRAGMA cache_size=-32768; PRAGMA trusted_schema=OFF";

std::string_view hint_for(int code) {
  switch (code & 0xFF) {  // the primary code of an extended one (sqlite.org/rescode.html)
    case SQLITE_FULL:
      return "the disk is full: make room (df -h)";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged: keep a copy and restore the last backup";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "the file and its folder must exist and belong to the daemon's user";
    case SQLITE_IOERR:
      return "the disk does not answer as it should: look at journalctl -k";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program writes to it: try again";
    default:
      return "";
  }
}

Unavailable missing(const path& file) {
  return {file.string() +
          ": there is no such file; make accounts with: pulihctl accounts seed --count 1000, or "
          "pulihctl accounts add ID"};
}

// Every sealed row would be taken for damaged under another key, and each teacher for a stranger.
void check_key(SQLite::Database& database, const accounts::SiteKeys& keys) {
  SQLite::Transaction one_view(database);
  const Naming names(database, keys);
  SQLite::Statement any(database, "SELECT key, contact FROM account LIMIT 1");
  Use row(any);
  if (!row.step()) return;
  if (opened<Contact>(row.octets(1), contact_seal, names->key(row.number(0)), keys)) return;
  throw Unavailable{database.getFilename() +
                    ": its first account does not open; keys.site must name the key that the file "
                    "was made with"};
}

// Asked first: whoever would change something waits for whoever does.
void name_rows_by(const accounts::SiteKeys& keys, SQLite::Database& database) {
  const auto id = static_cast<std::int64_t>(keys.row_names().id());
  if (database.execAndGet("SELECT id FROM naming").getInt64() == id) return;
  SQLite::Statement naming(database, embedded_naming_of_an_empty_file);
  naming.bind(1, id);
  naming.exec();
}

int version_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

}  // namespace

// SQLite would make the file as the umask says, and gives its -wal and -shm the file's own mode and
// owner.
void make_private(const path& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return;  // it is there, or SQLite will say why it cannot be made
  const bool given = accounts::give_to_owner_of_folder(made, file);
  ::close(made);
  if (!given)
    throw Unavailable{file.string() +
                      ": cannot be given to the folder's owner; run this as the daemon's user"};
}

bool tells_damage(const SQLite::Exception& error) {
  if (error.getExtendedErrorCode() == SQLITE_IOERR_SHORT_READ) return true;
  switch (error.getErrorCode() & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return false;
    default:  // among them SQLITE_ERROR: a table or a column is not there
      return true;
  }
}

Unavailable unavailable(const path& file, const SQLite::Exception& error) {
  const auto hint = hint_for(error.getErrorCode());
  return {file.string() + ": " + error.what() + (hint.empty() ? "" : "; ") + std::string(hint)};
}

SQLite::Database open_to_write(const path& file, const accounts::SiteKeys& keys,
                               IfMissing if_missing) {
  if (if_missing == IfMissing::create)
    make_private(file);
  else if (!std::filesystem::exists(file))
    throw missing(file);
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, write_patience_ms);
    database.exec(settings_of_a_connection);
    database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    bring_forward(database, embedded_schema_steps);
    name_rows_by(keys, database);
    check_key(database, keys);
    return database;
  } catch (const SQLite::Exception& error) {
    throw unavailable(file, error);
  }
}

SQLite::Database open_to_read(const path& file, const accounts::SiteKeys& keys) {
  if (!std::filesystem::exists(file)) throw missing(file);
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX,
                              read_patience_ms);
    database.exec(settings_of_a_connection);
    check_key(database, keys);
    return database;
  } catch (const SQLite::Exception& error) {
    throw unavailable(file, error);
  }
}

void bring_forward(SQLite::Database& database, std::span<const std::string_view> steps) {
  const int newest = static_cast<int>(steps.size());
  if (version_of(database) == newest) return;
  // Asked again within the transaction: pulihd and pulihctl may open a new file at the same time.
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = version_of(database);
  if (version < 0 || version > newest)
    throw Unavailable{database.getFilename() + ": its schema has version " +
                      std::to_string(version) + ", this release knows " + std::to_string(newest) +
                      "; install the release that wrote it, or restore a backup of before it"};
  for (const auto step : steps.subspan(static_cast<std::size_t>(version)))
    database.exec(std::string(step));
  database.exec("PRAGMA user_version = " + std::to_string(newest));
  transaction.commit();
}

}  // namespace pulih::central
