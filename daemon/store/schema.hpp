// The schema of state.db, as the steps that lead to it: a database of any earlier version is
// brought forward step by step in one transaction, one of a later version is refused.
#pragma once
#include <array>
#include <string_view>

#include "daemon/accounts/kept_columns.hpp"

namespace pulih::store {

// Step n takes a database from user_version n to n + 1. A step that was released is never changed.
inline constexpr std::array<std::string_view, 5> schema_steps = {
    R"sql(
    -- One row for each telephone number that ever wrote: the talk and what is kept about the
    -- number.
    -- The key is a keyed hash of the number, the record is sealed.
    CREATE TABLE person (key INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;

    -- One row for each account that was ever asked for, whether it exists or not: quotas and
    -- pauses.
    CREATE TABLE guard (key INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;

    -- MT messages until the carrier has taken them. Ids rise, so that rows come and go at the two
    -- ends
    -- of the tree.
    CREATE TABLE outbound (
      id INTEGER PRIMARY KEY, carrier INTEGER NOT NULL, message BLOB NOT NULL) STRICT;

    -- Password changes and tickets until the central database has answered.
    CREATE TABLE operation (
      "order" INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      operation BLOB NOT NULL) STRICT;

    -- What happened, by keyed hashes only (conversation::Audit).
    CREATE TABLE audit (
      "order" INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      what INTEGER NOT NULL,
      person INTEGER NOT NULL,
      account INTEGER NOT NULL) STRICT;

    CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    )sql",
    R"sql(
    -- Codes that a carrier took, until they expire, by keyed hashes of number and message id: a
    -- delivery receipt may tell that one was lost.
    CREATE TABLE receipt (key INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
    )sql",
    R"sql(
    -- Operations that a central database elsewhere has applied, sealed as they waited: should it be
    -- restored from a backup it is told again.
    CREATE TABLE applied (
      "order" INTEGER PRIMARY KEY,
      id BLOB NOT NULL,
      at INTEGER NOT NULL,
      operation BLOB NOT NULL) STRICT;

    -- One row: engine::Standing.
    CREATE TABLE standing (
      "row" INTEGER PRIMARY KEY CHECK ("row" = 1),
      meetings INTEGER NOT NULL,
      draw INTEGER NOT NULL,
      unanswered INTEGER NOT NULL,
      fence INTEGER NOT NULL,
      epoch BLOB NOT NULL,
      replaying INTEGER NOT NULL,
      replayed INTEGER NOT NULL) STRICT;
    )sql",
    R"sql(
    -- One row: RowNames::id. What person, guard and receipt have for a key, and audit for a person
    -- and an account, are names.
    CREATE TABLE naming (
      "row" INTEGER PRIMARY KEY CHECK ("row" = 1), id INTEGER NOT NULL) STRICT;
    INSERT INTO naming VALUES (1, 0);

    -- A receipt's key had 64 bits once, and no sweep came by those below zero.
    DELETE FROM receipt WHERE key < 0;
    )sql",
    R"sql(
    ALTER TABLE standing ADD COLUMN pushed_again INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE standing ADD COLUMN void_again INTEGER NOT NULL DEFAULT 0;
    )sql",
};

// As daemon/engine seals them (batch.hpp, rows.cpp).
using Bound = accounts::SealedColumn::Bound;
inline constexpr std::array<accounts::SealedColumn, 6> sealed_columns = {{
    {"person", "key", "record", "person", "key", Bound::name},
    {"guard", "key", "record", "guard", "key", Bound::name},
    {"receipt", "key", "record", "receipt", "key", Bound::name},
    {"outbound", "id", "message", "outbound", "id"},
    {"operation", "order", "operation", "operation", "id"},
    {"applied", "order", "operation", "operation", "id"},
}};
inline constexpr std::array<accounts::NamedTable, 4> named_tables = {{
    {"person", {"key"}},
    {"guard", {"key"}},
    {"receipt", {"key"}},
    {"audit", {"person", "account"}},
}};

// Nothing in it is named yet.
inline constexpr auto naming_of_an_empty_file =
    "UPDATE naming SET id = ?1 WHERE id != ?1 AND NOT EXISTS (SELECT 1 FROM person) "
    "AND NOT EXISTS (SELECT 1 FROM guard) AND NOT EXISTS (SELECT 1 FROM receipt) "
    "AND NOT EXISTS (SELECT 1 FROM audit)";

}  // namespace pulih::store
