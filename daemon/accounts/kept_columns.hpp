// Which columns of a database hold sealed octets and which hold the names of rows: told by the room
// that writes them, so that they can be sealed and named anew without knowing what is in them.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace pulih::accounts {

struct SealedColumn {
  enum class Bound : std::uint8_t { number, name };
  std::string_view table;
  std::string_view row;     // its INTEGER PRIMARY KEY
  std::string_view column;  // the sealed octets
  std::string_view seal;    // the "table" of SiteKeys::seal
  // The column that holds the "row" of SiteKeys::seal: a number, or octets whose first eight are
  // one, the highest first; or a name, whose key it is then. Empty: it is 0.
  std::string_view bound_to;
  Bound bound = Bound::number;
  std::string_view only = {};  // of the table only the rows for which this holds
};

// A table with the columns of it that hold names (RowNames) or 0.
struct NamedTable {
  std::string_view table;
  std::array<std::string_view, 2> columns;  // the second may be empty
};

}  // namespace pulih::accounts
