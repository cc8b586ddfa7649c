// See standing.hpp. It writes without moving pages from the log into the file: that is the
// Checkpointer's alone. The engine's batch holds the database for some milliseconds, for which this
// connection waits.
#include "daemon/store/standing.hpp"

#include <algorithm>

#include "daemon/store/failures.hpp"

namespace pulih::store {

using engine::Standing;
using SQLite::Statement;

namespace {

constexpr int patience_ms = 30'000;

std::uint64_t number(Statement& row, int column) {
  return static_cast<std::uint64_t>(row.getColumn(column).getInt64());
}

void bind(Statement& statement, int index, std::uint64_t number) {
  statement.bind(index, static_cast<std::int64_t>(number));
}

// Of another length only in a file that somebody altered.
template <std::size_t n>
void copy_octets(Statement& row, int column, std::array<std::uint8_t, n>& to) {
  const SQLite::Column value = row.getColumn(column);
  const auto* octets = static_cast<const std::uint8_t*>(value.getBlob());
  std::copy_n(octets, std::min(to.size(), static_cast<std::size_t>(value.getBytes())), to.begin());
}

SQLite::Database opened_beside(const std::filesystem::path& file) {
  return guarded(file, [&] {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, patience_ms);
    database.exec(
        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA trusted_schema=OFF");
    return database;
  });
}

}  // namespace

struct SqliteStanding::Statements {
  explicit Statements(SQLite::Database& db)
      : load(db,
             "SELECT meetings, draw, unanswered, fence, epoch, replaying, replayed, pushed_again, "
             "void_again FROM standing"),
        save(db, "REPLACE INTO standing VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        applied(db,
                "SELECT \"order\", id, operation FROM applied WHERE \"order\" > ? "
                "ORDER BY \"order\" LIMIT ?") {}

  Statement load, save, applied;
};

SqliteStanding::SqliteStanding(const std::filesystem::path& folder)
    : file_(folder / "state.db"), database_(opened_beside(file_)) {
  guarded(file_, [&] { sql_ = std::make_unique<Statements>(database_); });
}

SqliteStanding::~SqliteStanding() = default;

Standing SqliteStanding::load() {
  return guarded(file_, [&] {
    Standing standing;
    auto& row = sql_->load;
    row.tryReset();
    if (row.executeStep()) {
      standing.meetings = number(row, 0);
      standing.draw = number(row, 1);
      standing.unanswered = number(row, 2) != 0;
      standing.fence = number(row, 3);
      copy_octets(row, 4, standing.epoch);
      standing.replaying = number(row, 5) != 0;
      standing.replayed = number(row, 6);
      standing.pushed_again = number(row, 7);
      standing.void_again = number(row, 8);
    }
    row.tryReset();
    return standing;
  });
}

void SqliteStanding::save(const Standing& standing) {
  guarded(file_, [&] {
    auto& save = sql_->save;
    save.tryReset();
    bind(save, 1, standing.meetings);
    bind(save, 2, standing.draw);
    bind(save, 3, standing.unanswered ? 1 : 0);
    bind(save, 4, standing.fence);
    save.bindNoCopy(5, standing.epoch.data(), static_cast<int>(standing.epoch.size()));
    bind(save, 6, standing.replaying ? 1 : 0);
    bind(save, 7, standing.replayed);
    bind(save, 8, standing.pushed_again);
    bind(save, 9, standing.void_again);
    save.exec();
    save.tryReset();
  });
}

std::vector<engine::Store::OperationRow> SqliteStanding::applied(std::uint64_t after,
                                                                 std::size_t most) {
  return guarded(file_, [&] {
    std::vector<engine::Store::OperationRow> rows;
    auto& row = sql_->applied;
    row.tryReset();
    bind(row, 1, after);
    bind(row, 2, most);
    while (row.executeStep()) {
      auto& applied = rows.emplace_back();
      applied.order = number(row, 0);
      copy_octets(row, 1, applied.id);
      const SQLite::Column value = row.getColumn(2);
      const auto* octets = static_cast<const std::uint8_t*>(value.getBlob());
      applied.operation.assign(octets, octets + value.getBytes());
    }
    row.tryReset();
    return rows;
  });
}

}  // namespace pulih::store
