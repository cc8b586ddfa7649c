// How a mark of replica.db is read by whoever has the file open, and the number that it may hold.
// Only the files of the replica include it.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/central/replica_schema.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

// Nothing: it is not there.
inline std::optional<std::string> mark_in(SQLite::Statement& value_by_name, ReplicaMark name) {
  Use row(value_by_name, name);
  if (!row.step()) return std::nullopt;
  const auto value = row.octets(0);
  return std::string(value.begin(), value.end());
}
inline std::optional<std::string> mark_in(SQLite::Database& database, ReplicaMark name) {
  SQLite::Statement value_by_name(database, "SELECT value FROM mark WHERE name = ?");
  return mark_in(value_by_name, name);
}

// Nothing: there is no mark, or no number in it.
template <class Number>
std::optional<Number> number_in(const std::optional<std::string>& mark) {
  Number number{};
  if (!mark) return std::nullopt;
  const auto read = std::from_chars(mark->data(), mark->data() + mark->size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace pulih::central
