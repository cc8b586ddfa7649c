// See failures.hpp. The hints go by SQLite's primary result codes
// (https://sqlite.org/rescode.html).
#include "daemon/store/failures.hpp"

#include <sqlite3.h>

namespace pulih::store {

namespace {

std::string hint_for(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return "the disk is full: make room (df -h), the daemon goes on by itself";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged: stop the daemon, keep a copy, restore the last backup";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "the daemon's user must own the folder and its files (chown -R pulih: state_dir)";
    case SQLITE_IOERR:
      return "the disk does not answer as it should: look at the kernel's messages (journalctl -k)";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds the database: close it";
    default:
      return "";
  }
}

}  // namespace

engine::StoreError failure(const std::filesystem::path& file, const SQLite::Exception& error) {
  const auto hint = hint_for(error.getErrorCode());
  return engine::StoreError(file.string() + ": " + error.what() +
                            (hint.empty() ? "" : "; " + hint));
}

}  // namespace pulih::store
