// See sqlite_store.hpp: operations that wait for the central database, and those that it applied.
#include <algorithm>

#include "daemon/store/failures.hpp"
#include "daemon/store/sqlite_statements.hpp"

namespace pulih::store {

void SqliteStore::write_operation(SQLite::Statement& write, const conversation::OperationId& id,
                                  Octets operation) {
  guarded(file_, [&] {
    write.tryReset();
    bind_octets(write, 1, id);
    bind_octets(write, 2, operation);
    write.exec();
  });
}

void SqliteStore::put_operation(const conversation::OperationId& id, Octets operation) {
  write_operation(sql_->put_operation, id, operation);
}

void SqliteStore::replace_operation(const conversation::OperationId& id, Octets operation) {
  write_operation(sql_->replace_operation, id, operation);
}

void SqliteStore::erase_operation(const conversation::OperationId& id) {
  guarded(file_, [&] {
    sql_->erase_operation.tryReset();
    bind_octets(sql_->erase_operation, 1, id);
    sql_->erase_operation.exec();
  });
}

void SqliteStore::keep_applied(const conversation::OperationId& id, engine::Instant at) {
  guarded(file_, [&] {
    sql_->keep_applied.tryReset();
    sql_->keep_applied.bind(1, at.time_since_epoch().count());
    bind_octets(sql_->keep_applied, 2, id);
    sql_->keep_applied.exec();
  });
  erase_operation(id);
}

void SqliteStore::forget_applied_before(engine::Instant before, std::size_t most) {
  guarded(file_, [&] {
    sql_->forget_applied.tryReset();
    sql_->forget_applied.bind(1, as_integer(most));
    sql_->forget_applied.bind(2, before.time_since_epoch().count());
    sql_->forget_applied.exec();
  });
}

std::optional<engine::Store::OperationRow> SqliteStore::operation(
    const conversation::OperationId& id) {
  return guarded(file_, [&]() -> std::optional<OperationRow> {
    auto& operation = sql_->operation;
    operation.tryReset();
    bind_octets(operation, 1, id);
    if (!operation.executeStep()) return std::nullopt;
    OperationRow row{as_key(operation.getColumn(0).getInt64()), id, copy_of(operation, 1)};
    operation.tryReset();
    return row;
  });
}

std::vector<engine::Store::OperationRow> SqliteStore::operations(std::uint64_t after,
                                                                 std::size_t most) {
  return guarded(file_, [&] {
    auto& operations = sql_->operations;
    operations.tryReset();
    operations.bind(1, as_integer(after));
    operations.bind(2, as_integer(most));
    std::vector<OperationRow> rows;
    while (operations.executeStep()) {
      OperationRow row{as_key(operations.getColumn(0).getInt64()), {}, copy_of(operations, 2)};
      const auto id = octets_of(operations, 1);
      std::copy_n(id.begin(), std::min(id.size(), row.id.size()), row.id.begin());
      rows.push_back(std::move(row));
    }
    operations.tryReset();
    return rows;
  });
}

}  // namespace pulih::store
