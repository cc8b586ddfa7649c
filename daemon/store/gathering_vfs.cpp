// See gathering_vfs.hpp. A shim as https://sqlite.org/vfs.html#shims describes them: only the log's
// file is wrapped, all others are the default VFS's own. It holds what SQLite has written and not
// yet synced, which no reader may count on (https://sqlite.org/fileformat2.html#walread: readers
// take frames up to the last commit that the shared index knows, and that comes after the sync).
#include "daemon/store/gathering_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

namespace pulih::store {
namespace {

constexpr std::size_t most_gathered = 4u << 20;
// SQLite's own VFS takes less than 128 KiB at once (os_unix.c, seekAndWriteFd: SQLite never writes
// more than a page).
constexpr std::size_t most_at_once = 64u << 10;

struct Log {
  sqlite3_file file{};           // first: SQLite knows a Log by this
  sqlite3_file* real = nullptr;  // lies behind this struct
  std::vector<unsigned char> gathered;
  sqlite3_int64 begins = 0;  // where in the file `gathered` belongs

  sqlite3_int64 ends() const { return begins + static_cast<sqlite3_int64>(gathered.size()); }
  // What cannot be written belongs to a transaction that fails by it, and is nobody's any more.
  int write_out() {
    int result = SQLITE_OK;
    for (std::size_t at = 0; at < gathered.size() && result == SQLITE_OK; at += most_at_once) {
      const auto size = std::min(most_at_once, gathered.size() - at);
      result = real->pMethods->xWrite(real, gathered.data() + at, static_cast<int>(size),
                                      begins + static_cast<sqlite3_int64>(at));
    }
    gathered.clear();
    return result;
  }
};

Log& log_of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }

int write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 at) {
  Log& log = log_of(file);
  const auto size = static_cast<std::size_t>(count);
  if (at != log.ends() || log.gathered.size() + size > most_gathered) {
    if (const int failed = log.write_out()) return failed;
    log.begins = at;
  }
  if (size > most_gathered) return log.real->pMethods->xWrite(log.real, octets, count, at);
  const auto* begin = static_cast<const unsigned char*>(octets);
  log.gathered.insert(log.gathered.end(), begin, begin + size);  // within what is reserved
  return SQLITE_OK;
}

// For each of the others the file has to be as SQLite believes it to be.
template <auto method, class... Arguments>
int after_writing(sqlite3_file* file, Arguments... arguments) {
  Log& log = log_of(file);
  if (const int failed = log.write_out()) return failed;
  return (log.real->pMethods->*method)(log.real, arguments...);
}

int close(sqlite3_file* file) {
  Log& log = log_of(file);
  const int written = log.write_out();
  const int closed = log.real->pMethods->xClose(log.real);
  log.~Log();
  return written != SQLITE_OK ? written : closed;
}

// Does not look into the file.
template <auto method, class... Arguments>
int at_once(sqlite3_file* file, Arguments... arguments) {
  Log& log = log_of(file);
  return (log.real->pMethods->*method)(log.real, arguments...);
}

using Methods = sqlite3_io_methods;
// Version 1: shared memory and mapping belong to the database's file, never to the log's.
const Methods log_methods = {
    1,
    close,
    after_writing<&Methods::xRead, void*, int, sqlite3_int64>,
    write,
    after_writing<&Methods::xTruncate, sqlite3_int64>,
    after_writing<&Methods::xSync, int>,
    after_writing<&Methods::xFileSize, sqlite3_int64*>,
    at_once<&Methods::xLock, int>,
    at_once<&Methods::xUnlock, int>,
    at_once<&Methods::xCheckReservedLock, int*>,
    at_once<&Methods::xFileControl, int, void*>,
    at_once<&Methods::xSectorSize>,
    at_once<&Methods::xDeviceCharacteristics>,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};

struct Shim {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
};

Shim& shim() {
  static Shim only;
  return only;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* real = shim().real;
  if (!(flags & SQLITE_OPEN_WAL)) return real->xOpen(real, name, file, flags, out_flags);
  auto* behind =
      reinterpret_cast<sqlite3_file*>(reinterpret_cast<unsigned char*>(file) + sizeof(Log));
  file->pMethods = nullptr;  // then SQLite does not close it
  std::memset(behind, 0, static_cast<std::size_t>(real->szOsFile));
  const int opened = real->xOpen(real, name, behind, flags, out_flags);
  if (opened != SQLITE_OK) return opened;
  Log* log = new (file) Log;
  log->real = behind;
  try {
    log->gathered.reserve(most_gathered);
  } catch (const std::bad_alloc&) {
    close(file);
    file->pMethods = nullptr;
    return SQLITE_NOMEM;
  }
  log->file.pMethods = &log_methods;
  return SQLITE_OK;
}

}  // namespace

const char* gathering_vfs() {
  static const bool registered = [] {
    Shim& made = shim();
    made.real = sqlite3_vfs_find(nullptr);
    made.vfs = *made.real;
    made.vfs.zName = "pulih-gathering";
    made.vfs.pNext = nullptr;
    made.vfs.szOsFile += static_cast<int>(sizeof(Log));
    made.vfs.xOpen = open;
    return sqlite3_vfs_register(&made.vfs, 0) == SQLITE_OK;
  }();
  return registered ? shim().vfs.zName : nullptr;
}

}  // namespace pulih::store
