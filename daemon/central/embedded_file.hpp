// The file of the embedded central account database: how it is made, opened and brought to this
// release's schema. Whoever gets a connection from here can read what lies in the file; whatever
// goes wrong is an Unavailable that says what, where and what to type.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>

#include "daemon/accounts/keys.hpp"
#include "daemon/central/central.hpp"

namespace pulih::central {

enum class IfMissing : std::uint8_t { create, refuse };

// For reading and writing: WAL, and a commit returns when it is on disk. A new file is its owner's
// alone. Throws Unavailable.
SQLite::Database open_to_write(const std::filesystem::path& file, const accounts::SiteKeys& keys,
                               IfMissing if_missing);
// For look-ups. Throws Unavailable.
SQLite::Database open_to_read(const std::filesystem::path& file, const accounts::SiteKeys& keys);

// Takes a database from its user_version to the last of `steps`, all in one transaction; step n
// leads from version n to n + 1. Throws Unavailable for a database of a later release.
void bring_forward(SQLite::Database& database, std::span<const std::string_view> steps);

// A file that is its owner's alone from the beginning; made by root in the daemon's folder it is
// the daemon's. One that is there stays as it is. Throws Unavailable.
void make_private(const std::filesystem::path& file);

// The file is not what was written to it; anything else may be better when it is tried again.
bool tells_damage(const SQLite::Exception& error);

Unavailable unavailable(const std::filesystem::path& file, const SQLite::Exception& error);

// What `work` returns, or why the database could not do it.
template <class Work>
auto attempt(const std::filesystem::path& file, Work&& work)
    -> tl::expected<std::invoke_result_t<Work>, Unavailable> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const SQLite::Exception& error) {
    return tl::unexpected(unavailable(file, error));
  } catch (const Unavailable& why) {
    return tl::unexpected(why);
  }
}

// The cached statements of a connection. Throws Unavailable: the tables are not ours.
template <class Statements>
std::unique_ptr<Statements> prepared(SQLite::Database& database, const auto&... more) {
  try {
    return std::make_unique<Statements>(database, more...);
  } catch (const SQLite::Exception& error) {
    throw unavailable(database.getFilename(), error);
  }
}

}  // namespace pulih::central
