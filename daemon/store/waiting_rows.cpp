// See waiting_rows.hpp. It only reads, and what it reads may be a moment old.
#include "daemon/store/waiting_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace pulih::store {
namespace {

std::uint64_t count(SQLite::Database& database, const std::string& table) {
  SQLite::Statement rows(database, "SELECT count(*) FROM (SELECT 1 FROM " + table + " LIMIT " +
                                       std::to_string(most_counted) + ")");
  rows.executeStep();
  return static_cast<std::uint64_t>(rows.getColumn(0).getInt64());
}

}  // namespace

tl::expected<WaitingRows, std::string> count_waiting(const std::filesystem::path& folder) {
  const auto file = folder / "state.db";
  try {
    SQLite::Database database(file, SQLite::OPEN_READONLY);
    return WaitingRows{count(database, "outbound"), count(database, "operation")};
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(file.string() + ": cannot be counted: " + error.what());
  }
}

}  // namespace pulih::store
