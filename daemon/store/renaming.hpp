// Naming the rows of a database anew, after its keys were changed, while another process writes to
// it: the whole file in one transaction, so that whoever begins one of his own finds the rows named
// one way or the other and is told which. What was in the file before can then be swept out of it.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "daemon/accounts/kept_columns.hpp"
#include "daemon/accounts/keys.hpp"

namespace pulih::store {

// From what the file says to SiteKeys::row_names(). How many rows; 0: they are named so already, or
// the file is not there, or is of a release that did not name rows. The error says what, where and
// what to do; the rows are named one way or the other.
tl::expected<std::uint64_t, std::string> rename_rows(const std::filesystem::path& file,
                                                     std::span<const accounts::NamedTable> tables,
                                                     const accounts::SiteKeys& keys);

// Nothing is left in the file or its log that is not in a row: no former name, nothing that was
// sealed under a former key.
tl::expected<void, std::string> sweep_out(const std::filesystem::path& file);

// How a file's rows are named; null: under a key that is not known.
const accounts::RowNames* row_names_in(SQLite::Database& database, const accounts::SiteKeys& keys);

}  // namespace pulih::store
