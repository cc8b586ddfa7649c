// The schema of replica.db, this gateway's copy of the central database's accounts. The copy can be
// made again at any time, so that a file of a release that this one does not know is replaced.
// Nothing in it can be read without the site key.
#pragma once
#include <array>
#include <cstdint>

#include "daemon/accounts/kept_columns.hpp"

namespace pulih::central {

inline constexpr int replica_schema_version = 2;

// Of each connection. The file is not mapped into memory: one that is cut short would end the
// process (https://sqlite.org/mmap.html).
inline constexpr auto replica_connection = "PRAGMA cache_size=-32768; PRAGMA trusted_schema=OFF";

inline constexpr auto replica_schema = R"sql(
    -- number: the central database's own, so that a first copy is written in the order of the tree
    -- and a block of fingerprints is one piece of it.
    -- key: the name of SiteKeys::account of the id; two rows may have one for as long as an id
    -- moves from one account to another, and the younger account counts.
    -- phone: the name of SiteKeys::person of the registered number, 0 for none.
    -- part: ReplicaPart, sealed; it says row_ver again, and is bound to the account's key.
    CREATE TABLE account (
      number INTEGER PRIMARY KEY,
      key INTEGER NOT NULL,
      phone INTEGER NOT NULL,
      row_ver INTEGER NOT NULL,
      part BLOB NOT NULL) STRICT;

    -- Accounts that are gone, so that an older page does not bring them back.
    CREATE TABLE gone (number INTEGER PRIMARY KEY, row_ver INTEGER NOT NULL) STRICT;

    -- The epoch that the copy belongs to, a cursor for each feed, how far a comparison has come;
    -- each written in one transaction with the rows that it speaks of. Names: ReplicaMark.
    CREATE TABLE mark (name INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;

    -- One row: RowNames::id of what names accounts and numbers.
    CREATE TABLE naming (
      "row" INTEGER PRIMARY KEY CHECK ("row" = 1), id INTEGER NOT NULL) STRICT;
    INSERT INTO naming VALUES (1, 0);
    )sql";

// Its keys were their own names. Days on the link are not to be spent for it.
inline constexpr auto replica_schema_of_version_1_brought_forward = R"sql(
    BEGIN IMMEDIATE;
    CREATE TABLE naming (
      "row" INTEGER PRIMARY KEY CHECK ("row" = 1), id INTEGER NOT NULL) STRICT;
    INSERT INTO naming VALUES (1, 0);
    PRAGMA user_version = 2;
    COMMIT;
    )sql";

// Names in the table `mark`. A number never changes its meaning.
enum class ReplicaMark : std::uint8_t {
  key_check = 1,  // sealed nothing: it opens under the site key
  epoch,
  urgent_cursor,
  cursor,
  owed,           // from which block on a comparison has still to be made, in decimal
  agreed,         // seconds since 1970, in decimal
  central_ahead,  // the central database's clock minus ours, in seconds, in decimal
};

// The "table" of SiteKeys::seal.
inline constexpr std::string_view replica_seal = "replica";
inline constexpr std::array<accounts::SealedColumn, 2> replica_sealed_columns = {{
    {"account", "number", "part", replica_seal, "key", accounts::SealedColumn::Bound::name},
    {.table = "mark",
     .row = "name",
     .column = "value",
     .seal = replica_seal,
     .bound_to = "",
     .only = "name = 1"},  // ReplicaMark::key_check
}};
inline constexpr std::array<accounts::NamedTable, 1> replica_named_tables = {{
    {"account", {"key", "phone"}},
}};

// Made when a first copy is whole: while it is written they would cost several times the rows.
inline constexpr auto replica_indexes = R"sql(
    CREATE INDEX IF NOT EXISTS account_key ON account (key);
    CREATE INDEX IF NOT EXISTS account_phone ON account (phone, key) WHERE phone != 0;
    )sql";

}  // namespace pulih::central
