// See resealing.hpp. A table is walked along its primary key; a row that comes behind the walker is
// sealed by its writer, who has the present key.
#include "daemon/store/resealing.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>

#include "daemon/store/renaming.hpp"
#include "daemon/store/sql_name.hpp"

namespace pulih::store {
namespace {

using accounts::SealedColumn;
using accounts::SiteKeys;

// So few that the daemon, which waits for seconds before it gives up, waits for milliseconds.
constexpr int rows_at_once = 256;
constexpr int resealing_patience_ms = 30'000;

std::uint64_t bound_to(const SQLite::Column& value) {
  if (!value.isBlob()) return static_cast<std::uint64_t>(value.getInt64());
  const auto* octets = static_cast<const std::uint8_t*>(value.getBlob());
  std::uint64_t number = 0;
  for (int i = 0; i < std::min(8, value.getBytes()); ++i) number = number << 8 | octets[i];
  return number;
}

std::string rows_of(const SealedColumn& column) {
  return " FROM " + sql_name(column.table) + " WHERE " +
         (column.only.empty() ? "true" : std::string(column.only));
}

struct Column {
  Column(SQLite::Database& database, const SealedColumn& column)
      : what(column),
        some(database, "SELECT " + sql_name(column.row) + ", " +
                           (column.bound_to.empty() ? "0" : sql_name(column.bound_to)) + ", " +
                           sql_name(column.column) + rows_of(column) + " AND " +
                           sql_name(column.row) + " > ? ORDER BY 1 LIMIT " +
                           std::to_string(rows_at_once)),
        put(database, "UPDATE " + sql_name(column.table) + " SET " + sql_name(column.column) +
                          " = ? WHERE " + sql_name(column.row) + " = ?") {}

  const SealedColumn& what;
  SQLite::Statement some, put;
};

// Some rows of the column after `last`, which becomes the last of them. Whether there were any.
bool some_rows(SQLite::Database& database, Column& column, std::int64_t& last, Resealing& told,
               const SiteKeys& keys, accounts::Entropy& entropy) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const auto* names = row_names_in(database, keys);
  if (names == nullptr)
    throw SQLite::Exception("its rows are named under a key that is not in the keyring");
  const auto before = told.rows;
  column.some.reset();
  column.some.bind(1, last);
  for (accounts::Blob sealed; column.some.executeStep(); ++told.rows) {
    last = column.some.getColumn(0).getInt64();
    const auto octets = column.some.getColumn(2);
    const auto* begin = static_cast<const std::uint8_t*>(octets.getBlob());
    sealed.assign(begin, begin + octets.getBytes());
    auto bound = bound_to(column.some.getColumn(1));
    if (column.what.bound == SealedColumn::Bound::name) bound = names->key(bound);
    const auto what = keys.reseal(sealed, column.what.seal, bound, entropy);
    if (what == SiteKeys::Resealed::unreadable) ++told.unreadable;
    if (what != SiteKeys::Resealed::done) continue;
    ++told.done;
    column.put.reset();
    column.put.bindNoCopy(1, sealed.data(), static_cast<int>(sealed.size()));
    column.put.bind(2, last);
    column.put.exec();
  }
  column.some.reset();
  transaction.commit();
  return told.rows != before;
}

}  // namespace

tl::expected<Resealing, std::string> reseal(const std::filesystem::path& file,
                                            std::span<const SealedColumn> columns,
                                            const SiteKeys& keys, accounts::Entropy& entropy,
                                            const std::function<void(const Resealing&)>& progress) {
  Resealing told;
  if (!std::filesystem::exists(file)) return told;
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, resealing_patience_ms);
    database.exec("PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF");
    for (const auto& each : columns)
      told.all += static_cast<std::uint64_t>(
          database.execAndGet("SELECT count(*)" + rows_of(each)).getInt64());
    for (const auto& each : columns) {
      Column column(database, each);
      std::int64_t last = 0;
      while (some_rows(database, column, last, told, keys, entropy)) progress(told);
    }
    return told;
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(file.string() + ": " + error.what() +
                          "; what is sealed anew stays so: mend it and type the command again");
  }
}

}  // namespace pulih::store
