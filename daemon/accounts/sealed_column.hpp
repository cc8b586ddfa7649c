// Where sealed rows lie in a database: told by the room that writes them, so that they can be
// sealed under another key without knowing what is in them.
#pragma once
#include <string_view>

namespace pulih::accounts {

struct SealedColumn {
  std::string_view table;
  std::string_view row;     // its INTEGER PRIMARY KEY
  std::string_view column;  // the sealed octets
  std::string_view seal;    // the "table" of SiteKeys::seal
  // The column that holds the "row" of SiteKeys::seal: a number, or octets whose first eight are
  // one, the highest first. Empty: it is 0.
  std::string_view bound_to;
  std::string_view only = {};  // of the table only the rows for which this holds
};

}  // namespace pulih::accounts
