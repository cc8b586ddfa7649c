// See renaming.hpp. A table whose primary key is a name is written again as a whole: in a tree
// whose keys are only changed, the former ones would stay behind as signposts in its inner pages.
#include "daemon/store/renaming.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <vector>

#include "daemon/store/sql_name.hpp"

namespace pulih::store {
namespace {

using accounts::NamedTable;
using accounts::RowNames;

// The transaction of the daemon that is under way, and its wait for the disk.
constexpr int renaming_patience_ms = 30'000;

struct FromTo {
  const RowNames &from, &to;
};

// renamed(NAME) in SQL.
void renamed(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& names = *static_cast<const FromTo*>(sqlite3_user_data(context));
  const auto former = static_cast<std::uint64_t>(sqlite3_value_int64(values[0]));
  sqlite3_result_int64(context, static_cast<std::int64_t>(names.to.name(names.from.key(former))));
}

std::vector<std::string> texts(SQLite::Database& database, const std::string& query) {
  std::vector<std::string> found;
  SQLite::Statement row(database, query);
  while (row.executeStep()) found.push_back(row.getColumn(0).getString());
  return found;
}

void name_table_anew(SQLite::Database& database, const NamedTable& what) {
  const auto table = sql_name(what.table);
  const auto is_name = [&](const std::string& column) {
    return std::ranges::find(what.columns, column) != what.columns.end();
  };
  const auto its = "('" + std::string(what.table) + "')";
  const auto key = texts(database, "SELECT name FROM pragma_table_info" + its + " WHERE pk = 1");
  if (key.size() != 1 || !is_name(key.front())) {
    std::string set;
    for (const auto column : what.columns)
      if (!column.empty())
        set +=
            (set.empty() ? "" : ", ") + sql_name(column) + " = renamed(" + sql_name(column) + ")";
    database.exec("UPDATE " + table + " SET " + set);
    return;
  }
  std::string columns;
  for (const auto& column : texts(database, "SELECT name FROM pragma_table_info" + its))
    columns += (columns.empty() ? "" : ", ") +
               (is_name(column) ? "renamed(" + sql_name(column) + ")" : sql_name(column));
  const auto made = texts(
      database, "SELECT sql FROM sqlite_schema WHERE name = '" + std::string(what.table) + "'");
  database.exec("CREATE TABLE renaming " + made.front().substr(made.front().find('(')));
  database.exec("INSERT INTO renaming SELECT " + columns + " FROM " + table + " ORDER BY 1");
  database.exec("DROP TABLE " + table);
  database.exec("ALTER TABLE renaming RENAME TO " + table);
}

std::uint64_t name_all_anew(SQLite::Database& database, std::span<const NamedTable> tables) {
  std::uint64_t rows = 0;
  for (const auto& each : tables) {
    const auto of_it =
        " FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND "
        "tbl_name = '" +
        std::string(each.table) + "'";
    // An index is made quicker than it is changed row by row.
    const auto indexes = texts(database, "SELECT sql" + of_it);
    for (const auto& index : texts(database, "SELECT name" + of_it))
      database.exec("DROP INDEX " + sql_name(index));
    name_table_anew(database, each);
    for (const auto& index : indexes) database.exec(index);
    rows += static_cast<std::uint64_t>(
        database.execAndGet("SELECT count(*) FROM " + sql_name(each.table)).getInt64());
  }
  return rows;
}

bool names_rows(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_schema WHERE name = 'naming'").getInt() !=
         0;
}

}  // namespace

const RowNames* row_names_in(SQLite::Database& database, const accounts::SiteKeys& keys) {
  if (!names_rows(database)) return keys.row_names_of(0);
  return keys.row_names_of(
      static_cast<std::uint64_t>(database.execAndGet("SELECT id FROM naming").getInt64()));
}

namespace {

std::uint64_t name_anew(SQLite::Database& database, std::span<const NamedTable> tables,
                        const accounts::SiteKeys& keys) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (!names_rows(database)) return 0;
  const auto* from = row_names_in(database, keys);
  if (from == nullptr)
    throw SQLite::Exception("its rows are named under a key that is not in the keyring");
  FromTo names{*from, keys.row_names()};
  if (names.from.id() == names.to.id()) return 0;
  database.createFunction("renamed", 1, true, &names, renamed);
  const auto rows = name_all_anew(database, tables);
  SQLite::Statement told(database, "UPDATE naming SET id = ?");
  told.bind(1, static_cast<std::int64_t>(names.to.id()));
  told.exec();
  transaction.commit();
  return rows;
}

// A daemon's views of the file are a second old at most. Whoever waits for one must ask again and
// again: SQLite waits for the place that it had, and the next view takes the same place. And while
// the daemon moves the log itself SQLite does not wait at all (sqlite3_wal_checkpoint_v2).
bool empty_log(SQLite::Database& database) {
  constexpr int asked_most = 240, patience_ms = 250;
  database.setBusyTimeout(patience_ms);
  for (int asked = 0; asked < asked_most; ++asked) {
    if (database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt() == 0) return true;
    sqlite3_sleep(patience_ms);
  }
  return false;
}

// `work` returns whether nobody was in its way.
template <class Work>
tl::expected<void, std::string> changed(const std::filesystem::path& file, Work&& work) {
  const auto failed = [&](const std::string& why) {
    return tl::unexpected(file.string() + ": " + why +
                          "; all rows can be read: mend it and type the command again");
  };
  if (!std::filesystem::exists(file)) return {};
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, renaming_patience_ms);
    database.exec(
        "PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; "
        "PRAGMA cache_size=-65536");
    if (!work(database)) return failed("somebody reads it and keeps its log from being emptied");
    return {};
  } catch (const SQLite::Exception& error) {
    return failed(error.what());
  }
}

}  // namespace

tl::expected<std::uint64_t, std::string> rename_rows(const std::filesystem::path& file,
                                                     std::span<const NamedTable> tables,
                                                     const accounts::SiteKeys& keys) {
  std::uint64_t rows = 0;
  const auto done = changed(file, [&](SQLite::Database& database) {
    rows = name_anew(database, tables, keys);
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return rows;
}

// Free pages hold what was in them: the daemon does not write to a page only to blank it.
tl::expected<void, std::string> sweep_out(const std::filesystem::path& file) {
  return changed(file, [&](SQLite::Database& database) {
    database.exec("VACUUM");
    return empty_log(database);
  });
}

}  // namespace pulih::store
