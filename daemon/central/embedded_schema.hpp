// The schema of the embedded central account database, as the steps that lead to it; a step that
// was released is never changed. Nothing in it can be read without the site key: ids, numbers and
// addresses are keyed hashes or sealed, verifiers are sealed.
#pragma once
#include <array>
#include <string_view>

#include "daemon/accounts/kept_columns.hpp"

namespace pulih::central {

// The "tables" of SiteKeys::seal; a contact, a verifier and a change are bound to the account's
// key.
inline constexpr std::string_view contact_seal = "account";
inline constexpr std::string_view verifier_seal = "verifier";
inline constexpr std::string_view change_seal = "contact_change";
using Bound = accounts::SealedColumn::Bound;
inline constexpr std::array<accounts::SealedColumn, 3> embedded_sealed_columns = {{
    {"account", "key", "contact", contact_seal, "key", Bound::name},
    {"account", "key", "verifier", verifier_seal, "key", Bound::name},
    {"contact_change", "cursor", "change", change_seal, "account", Bound::name},
}};
inline constexpr std::array<accounts::NamedTable, 3> embedded_named_tables = {{
    {"account", {"key", "phone"}},
    {"ticket", {"account"}},
    {"contact_change", {"account"}},
}};

inline constexpr std::array<std::string_view, 2> embedded_schema_steps = {
    R"sql(
    -- key: SiteKeys::account of the id.
    -- phone: SiteKeys::person of the registered number, 0 for none.
    -- contact: id, birth date tag, phone and e-mail, sealed. verifier: argon2id, sealed.
    CREATE TABLE account (
      key INTEGER PRIMARY KEY,
      phone INTEGER NOT NULL,
      pw_ver INTEGER NOT NULL,
      id_ver INTEGER NOT NULL,
      row_ver INTEGER NOT NULL,
      activated INTEGER NOT NULL,
      locked INTEGER NOT NULL,
      contact_changed INTEGER NOT NULL,
      password_changed INTEGER NOT NULL,
      change_at_login INTEGER NOT NULL,
      change_before INTEGER NOT NULL,
      contact BLOB NOT NULL,
      verifier BLOB NOT NULL) STRICT;
    CREATE INDEX account_phone ON account (phone, key) WHERE phone != 0;

    -- Every operation that was ever decided, with what it was and what it came to.
    CREATE TABLE operation (
      id BLOB PRIMARY KEY,
      content BLOB NOT NULL,
      verdict INTEGER NOT NULL,
      at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE ticket (
      id BLOB PRIMARY KEY,
      report INTEGER NOT NULL,
      account INTEGER NOT NULL,
      reason INTEGER NOT NULL,
      at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    -- Changes of contact, in their order; the old contact sealed.
    CREATE TABLE contact_change (
      cursor INTEGER PRIMARY KEY AUTOINCREMENT,
      account INTEGER NOT NULL,
      change BLOB NOT NULL) STRICT;
    )sql",
    R"sql(
    -- One row: RowNames::id. What account.key, account.phone and the columns `account` hold are
    -- names, of the keys that they held before.
    CREATE TABLE naming (
      "row" INTEGER PRIMARY KEY CHECK ("row" = 1), id INTEGER NOT NULL) STRICT;
    INSERT INTO naming VALUES (1, 0);
    )sql",
};

// Nothing in it is named yet.
inline constexpr auto embedded_naming_of_an_empty_file =
    "UPDATE naming SET id = ?1 WHERE id != ?1 AND NOT EXISTS (SELECT 1 FROM account) "
    "AND NOT EXISTS (SELECT 1 FROM ticket) AND NOT EXISTS (SELECT 1 FROM contact_change)";

}  // namespace pulih::central
