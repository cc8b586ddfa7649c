// The writing connection of a replica and its statements, prepared once. Only the files of Replica
// include it.
#pragma once
#include "daemon/central/naming.hpp"
#include "daemon/central/replica.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

struct Replica::Connection {
  using Statement = SQLite::Statement;

  Connection(SQLite::Database opened, const accounts::SiteKeys& keys)
      : database(std::move(opened)),
        naming(database, keys),
        version(database, "SELECT row_ver FROM account WHERE number = ?"),
        gone_version(database, "SELECT row_ver FROM gone WHERE number = ?"),
        put(database, "REPLACE INTO account VALUES (?, ?, ?, ?, ?)"),
        erase(database, "DELETE FROM account WHERE number = ?"),
        put_gone(database, "REPLACE INTO gone VALUES (?, ?)"),
        erase_gone(database, "DELETE FROM gone WHERE number = ?"),
        forget_gone(database, "DELETE FROM gone WHERE number BETWEEN ? AND ?"),
        versions(database,
                 "SELECT number, row_ver FROM account WHERE number BETWEEN ? AND ? "
                 "ORDER BY number"),
        rows(database,
             "SELECT number, key, phone, row_ver, part FROM account "
             "WHERE number BETWEEN ? AND ? ORDER BY number"),
        mark(database, "SELECT value FROM mark WHERE name = ?"),
        set_mark(database, "REPLACE INTO mark VALUES (?, ?)"),
        erase_mark(database, "DELETE FROM mark WHERE name = ?") {}

  SQLite::Database database;
  Naming naming;
  Statement version, gone_version, put, erase, put_gone, erase_gone, forget_gone, versions, rows,
      mark, set_mark, erase_mark;
  accounts::Blob part;  // of the row under way; its memory is used again
  accounts::WipedBytes plain;
};

}  // namespace pulih::central
