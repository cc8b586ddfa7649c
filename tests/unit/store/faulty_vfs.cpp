// See faulty_vfs.hpp. Files lie where they always lie, in the page cache of the machine, and are
// never really synced; beside each one the disk keeps what it held at its last sync. Creating and
// removing a file is at once durable here: SQLite syncs the folder where that matters to it.
#include "tests/unit/store/faulty_vfs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <new>

namespace pulih::store {
namespace {

constexpr std::size_t sector = 512;

std::vector<std::uint8_t> octets_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  std::vector<std::uint8_t> octets(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  return octets;
}

// SQLite knows an open file by its first member; SQLite's own lies behind this struct.
struct OpenFile {
  sqlite3_file base{};
  sqlite3_file* real = nullptr;
  std::string path;  // empty: a temporary file, which nobody misses
};

OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

template <auto method, class... Arguments>
int passed_on(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* real = opened(file).real;
  return (real->pMethods->*method)(real, arguments...);
}

// `synced` with each sector of `unsynced` as it was, as it was written, or half and half. The old
// length or the new one: the file system writes that down when it likes.
std::vector<std::uint8_t> after_the_loss(const std::vector<std::uint8_t>& synced,
                                         const std::vector<std::uint8_t>& written,
                                         const std::set<std::uint64_t>& unsynced,
                                         simulation::Seeded& chance) {
  std::vector<std::uint8_t> found = synced;
  found.resize(std::max(synced.size(), written.size()));
  for (const auto number : unsynced) {
    const bool torn = chance.chance(100);
    if (!torn && chance.chance(500)) continue;
    const auto from = number * sector;
    const auto to = from + (torn ? sector / 2 : sector);
    for (auto at = from; at < to && at < found.size(); ++at)
      found[at] = at < written.size() ? written[at] : 0;
  }
  found.resize(chance.chance(500) ? synced.size() : written.size());
  return found;
}

}  // namespace

// ---- what SQLite calls

struct FaultyCalls {
  static FaultyDisk& disk() { return FaultyDisk::under_sqlite(); }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    const std::lock_guard lock(disk().mutex_);
    file->pMethods = nullptr;  // then SQLite does not close it
    if (disk().powerless_) return SQLITE_CANTOPEN;
    const std::string path = name ? name : "";
    if (!path.empty()) disk().known(path);
    auto* real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(OpenFile));
    real->pMethods = nullptr;
    const int result = disk().real_->xOpen(disk().real_, name, real, flags, out_flags);
    if (result != SQLITE_OK) return result;
    auto* made = new (file) OpenFile;
    made->real = real;
    made->path = path;
    made->base.pMethods = &methods;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs*, const char* path, int sync_folder) {
    const std::lock_guard lock(disk().mutex_);
    if (const int failed = disk().obstacle(std::nullopt)) return failed;
    disk().files_.erase(path);
    return disk().real_->xDelete(disk().real_, path, sync_folder);
  }

  static int close(sqlite3_file* file) {
    const int result = passed_on<&sqlite3_io_methods::xClose>(file);
    opened(file).~OpenFile();
    return result;
  }

  static int write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 at) {
    const std::lock_guard lock(disk().mutex_);
    OpenFile& here = opened(file);
    int failed = disk().obstacle(FaultyDisk::Call::write);
    sqlite3_int64 size = 0;
    passed_on<&sqlite3_io_methods::xFileSize>(file, &size);
    if (failed == SQLITE_OK && disk().full_ && at + count > size) failed = SQLITE_FULL;
    if (failed != SQLITE_OK) return failed;
    if (!here.path.empty()) {
      auto& unsynced = disk().known(here.path).unsynced;
      const auto last = static_cast<std::uint64_t>(at + count - 1) / sector;
      for (auto each = static_cast<std::uint64_t>(at) / sector; each <= last; ++each)
        unsynced.insert(unsynced.end(), each);
    }
    return passed_on<&sqlite3_io_methods::xWrite>(file, octets, count, at);
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const std::lock_guard lock(disk().mutex_);
    if (const int failed = disk().obstacle(FaultyDisk::Call::truncate)) return failed;
    sqlite3_int64 before = 0;
    passed_on<&sqlite3_io_methods::xFileSize>(file, &before);
    auto& unsynced = disk().known(opened(file).path).unsynced;
    for (auto at = size; at < before; at += static_cast<sqlite3_int64>(sector))
      unsynced.insert(static_cast<std::uint64_t>(at) / sector);
    return passed_on<&sqlite3_io_methods::xTruncate>(file, size);
  }

  static int sync(sqlite3_file* file, int) {
    const std::lock_guard lock(disk().mutex_);
    if (const int failed = disk().obstacle(FaultyDisk::Call::sync)) return failed;
    sqlite3_int64 size = 0;
    passed_on<&sqlite3_io_methods::xFileSize>(file, &size);
    auto& known = disk().known(opened(file).path);
    known.synced.resize(static_cast<std::size_t>(size));
    for (const auto number : known.unsynced) {
      const auto from = number * sector;
      if (from >= known.synced.size()) break;
      const auto count = std::min(sector, known.synced.size() - from);
      passed_on<&sqlite3_io_methods::xRead>(file, static_cast<void*>(known.synced.data() + from),
                                            static_cast<int>(count),
                                            static_cast<sqlite3_int64>(from));
    }
    known.unsynced.clear();
    return SQLITE_OK;
  }

  using Methods = sqlite3_io_methods;
  // Version 2: with shared memory, which no power loss leaves anything of, and without mapping.
  static constexpr Methods methods = {
      2,
      close,
      passed_on<&Methods::xRead, void*, int, sqlite3_int64>,
      write,
      truncate,
      sync,
      passed_on<&Methods::xFileSize, sqlite3_int64*>,
      passed_on<&Methods::xLock, int>,
      passed_on<&Methods::xUnlock, int>,
      passed_on<&Methods::xCheckReservedLock, int*>,
      passed_on<&Methods::xFileControl, int, void*>,
      passed_on<&Methods::xSectorSize>,
      passed_on<&Methods::xDeviceCharacteristics>,
      passed_on<&Methods::xShmMap, int, int, int, void volatile**>,
      passed_on<&Methods::xShmLock, int, int, int>,
      [](sqlite3_file* file) { opened(file).real->pMethods->xShmBarrier(opened(file).real); },
      passed_on<&Methods::xShmUnmap, int>,
      nullptr,
      nullptr,
  };
};

// ---- the disk

FaultyDisk& FaultyDisk::under_sqlite() {
  static FaultyDisk only;
  return only;
}

FaultyDisk::FaultyDisk() : real_(sqlite3_vfs_find(nullptr)) {
  vfs_ = *real_;
  vfs_.zName = "faulty";
  vfs_.pNext = nullptr;
  vfs_.szOsFile += static_cast<int>(sizeof(OpenFile));
  vfs_.xOpen = FaultyCalls::open;
  vfs_.xDelete = FaultyCalls::remove;
  sqlite3_vfs_register(&vfs_, 1);
}

void FaultyDisk::replace() {
  const std::lock_guard lock(mutex_);
  files_.clear();
  fault_.reset();
  full_ = false;
  power_ends_at_.reset();
  powerless_ = false;
}

void FaultyDisk::fail(Call call, int nth, int code) {
  const std::lock_guard lock(mutex_);
  fault_ = Fault{call, nth, code};
}

void FaultyDisk::set_full(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

void FaultyDisk::lose_power_at(std::uint64_t nth) {
  const std::lock_guard lock(mutex_);
  power_ends_at_ = changes_ + nth;
}

bool FaultyDisk::powerless() const {
  const std::lock_guard lock(mutex_);
  return powerless_;
}

std::uint64_t FaultyDisk::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

int FaultyDisk::obstacle(std::optional<Call> call) {
  ++changes_;
  if (power_ends_at_ && changes_ >= *power_ends_at_) powerless_ = true;
  if (powerless_) return SQLITE_IOERR;
  if (!fault_ || !call || fault_->call != *call || --fault_->left > 0) return SQLITE_OK;
  const int code = fault_->code;
  fault_.reset();
  return code;
}

FaultyDisk::File& FaultyDisk::known(const std::string& path) {
  const auto [file, added] = files_.try_emplace(path);
  if (added) file->second.synced = octets_of(path);
  return file->second;
}

void FaultyDisk::restore_power(simulation::Seeded& chance) {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, file] : files_) {
    if (!std::filesystem::exists(path)) continue;
    const auto found = after_the_loss(file.synced, octets_of(path), file.unsynced, chance);
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(found.data()),
               static_cast<std::streamsize>(found.size()));
  }
  files_.clear();
  power_ends_at_.reset();
  powerless_ = false;
}

}  // namespace pulih::store
