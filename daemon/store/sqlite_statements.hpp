// What a SqliteStore asks of its file, prepared once, and how values go in and come out. Only the
// files of SqliteStore include it.
#pragma once
#include "daemon/store/sqlite_store.hpp"

namespace pulih::store {

using SQLite::Statement;

inline std::int64_t as_integer(std::uint64_t key) { return static_cast<std::int64_t>(key); }
inline std::uint64_t as_key(std::int64_t integer) { return static_cast<std::uint64_t>(integer); }

inline void bind_octets(Statement& statement, int index, engine::Store::Octets octets) {
  statement.bindNoCopy(index, octets.data(), static_cast<int>(octets.size()));
}

inline engine::Store::Octets octets_of(Statement& statement, int column) {
  const SQLite::Column value = statement.getColumn(column);
  return {static_cast<const std::uint8_t*>(value.getBlob()),
          static_cast<std::size_t>(value.getBytes())};
}

inline accounts::Blob copy_of(Statement& statement, int column) {
  const auto octets = octets_of(statement, column);
  return {octets.begin(), octets.end()};
}

struct SqliteStore::Statements {
  explicit Statements(SQLite::Database& db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        naming(db, "SELECT id FROM naming"),
        load{Statement(db, "SELECT record FROM person WHERE key = ?"),
             Statement(db, "SELECT record FROM guard WHERE key = ?"),
             Statement(db, "SELECT record FROM receipt WHERE key = ?")},
        save{Statement(db, "REPLACE INTO person VALUES (?, ?)"),
             Statement(db, "REPLACE INTO guard VALUES (?, ?)"),
             Statement(db, "REPLACE INTO receipt VALUES (?, ?)")},
        erase{Statement(db, "DELETE FROM person WHERE key = ?"),
              Statement(db, "DELETE FROM guard WHERE key = ?"),
              Statement(db, "DELETE FROM receipt WHERE key = ?")},
        scan{Statement(db, "SELECT key, record FROM person WHERE key > ? ORDER BY key LIMIT ?"),
             Statement(db, "SELECT key, record FROM guard WHERE key > ? ORDER BY key LIMIT ?"),
             Statement(db, "SELECT key, record FROM receipt WHERE key > ? ORDER BY key LIMIT ?")},
        put_outbound(db, "INSERT INTO outbound VALUES (?, ?, ?)"),
        erase_outbound(db, "DELETE FROM outbound WHERE id BETWEEN ? AND ?"),
        outbound(
            db,
            "SELECT id, message FROM outbound WHERE id >= ? AND carrier = ? ORDER BY id LIMIT ?"),
        last_outbound(db, "SELECT max(id) FROM outbound"),
        put_operation(db, "INSERT INTO operation (id, operation) VALUES (?, ?)"),
        replace_operation(db, "UPDATE operation SET operation = ?2 WHERE id = ?1"),
        erase_operation(db, "DELETE FROM operation WHERE id = ?"),
        operation(db, "SELECT \"order\", operation FROM operation WHERE id = ?"),
        operations(db,
                   "SELECT \"order\", id, operation FROM operation WHERE \"order\" > ? "
                   "ORDER BY \"order\" LIMIT ?"),
        keep_applied(db,
                     "INSERT INTO applied (id, at, operation) "
                     "SELECT id, ?, operation FROM operation WHERE id = ?"),
        forget_applied(db,
                       "DELETE FROM applied WHERE \"order\" IN "
                       "(SELECT \"order\" FROM applied ORDER BY \"order\" LIMIT ?) AND at < ?"),
        audit(db, "INSERT INTO audit (at, what, person, account) VALUES (?, ?, ?, ?)"),
        forget_audit(db,
                     "DELETE FROM audit WHERE \"order\" IN "
                     "(SELECT \"order\" FROM audit ORDER BY \"order\" LIMIT ?) AND at < ?"),
        mark(db, "SELECT value FROM mark WHERE name = ?"),
        set_mark(db, "INSERT OR REPLACE INTO mark VALUES (?, ?)") {}

  Statement begin, commit, naming;
  Statement load[3], save[3], erase[3], scan[3];  // by engine::Table
  Statement put_outbound, erase_outbound, outbound, last_outbound;
  Statement put_operation, replace_operation, erase_operation, operation, operations, keep_applied,
      forget_applied;
  Statement audit, forget_audit, mark, set_mark;
};

}  // namespace pulih::store
