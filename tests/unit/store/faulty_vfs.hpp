// A disk under SQLite that fails when it is told to, and that on a power loss forgets what was not
// synced: each sector of 512 octets written since a file's last sync may be there, be missing or be
// half written. A shim over SQLite's own VFS (https://sqlite.org/vfs.html#shims), registered as
// its default, so that the store needs no option for it.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/seeded.hpp"

namespace pulih::store {

class FaultyDisk {
 public:
  enum class Call : std::uint8_t { write, sync, truncate };

  // The one that SQLite writes to; SQLite's default VFS from the first call on.
  static FaultyDisk& under_sqlite();

  // As new: no fault planned, no file known.
  void replace();

  // The nth such call from now on, counted from 1, answers `code`, and only that one.
  void fail(Call call, int nth, int code);
  // Nothing that makes a file longer is written any more (SQLITE_FULL), until there is room again.
  void fill() { set_full(true); }
  void make_room() { set_full(false); }

  // The power goes with the nth write, sync, truncation or removal from now on, counted from 1;
  // from then on nothing changes and everything fails.
  void lose_power_at(std::uint64_t nth);
  bool powerless() const;
  // Files become what is found after the loss; `chance` says what of the unsynced was lucky.
  void restore_power(simulation::Seeded& chance);

  // Changes that were asked for so far: what lose_power_at() counts.
  std::uint64_t changes() const;

 private:
  friend struct FaultyCalls;  // what SQLite calls, in faulty_vfs.cpp

  struct File {
    std::vector<std::uint8_t> synced;  // what a power loss cannot take
    std::set<std::uint64_t> unsynced;  // sectors changed since
  };
  struct Fault {
    Call call{};
    int left = 0;
    int code = 0;
  };

  FaultyDisk();
  void set_full(bool full);
  // What a change of this kind answers instead of being made, or SQLITE_OK. The mutex is held.
  int obstacle(std::optional<Call> call);
  File& known(const std::string& path);

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  mutable std::mutex mutex_;
  std::map<std::string, File> files_;
  std::optional<Fault> fault_;
  bool full_ = false;
  std::uint64_t changes_ = 0;
  std::optional<std::uint64_t> power_ends_at_;
  bool powerless_ = false;
};

}  // namespace pulih::store
