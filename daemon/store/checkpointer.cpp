// See checkpointer.hpp. A PASSIVE checkpoint takes what is committed when it begins and blocks
// nobody (https://sqlite.org/wal.html#ckpt); measured, a checkpoint on the writer's own thread
// costs a batch up to 40 ms every 20,000 pages, and this one none.
#include "daemon/store/checkpointer.hpp"

#include "daemon/engine/ports.hpp"

namespace pulih::store {
namespace {
// In pages of 1 KiB. A pass moves a little at a time: while it waits for its disk, so do commits.
constexpr int worth_a_pass = 4096;
constexpr int worth_starting_again = 64 * 1024;
constexpr int left_to_the_writer = 512;
}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& database) {
  if (sqlite3_open_v2(database.c_str(), &connection_, SQLITE_OPEN_READWRITE, nullptr) !=
      SQLITE_OK) {
    const std::string why = sqlite3_errmsg(connection_);
    sqlite3_close(connection_);
    throw engine::StoreError(database.string() + ": " + why);
  }
  sqlite3_exec(connection_, "PRAGMA synchronous=FULL; PRAGMA cache_size=-256", nullptr, nullptr,
               nullptr);
  thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  sqlite3_close(connection_);
}

void Checkpointer::committed(sqlite3* writer, int pages) {
  if (pages < pages_) {  // it has started again
    const std::lock_guard lock(mutex_);
    ++log_;
    written_ = 0;
  }
  pages_ = pages;
  if (can_be_ended(pages)) {
    // SQLite lets two checkpoints not wait for each other, it refuses the second.
    std::unique_lock pass(pass_, std::defer_lock);
    if (pages >= longest_log)
      pass.lock();
    else if (!pass.try_lock())
      return;
    sqlite3_wal_checkpoint_v2(writer, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  } else if (pages - written_ >= worth_a_pass) {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
    wake_.notify_one();
  }
}

bool Checkpointer::can_be_ended(int pages) const {
  const int over = pages - worth_starting_again;
  // A writer who never rests adds to the log during each pass, so that a fixed rest might never
  // come.
  return pages >= longest_log || (over >= 0 && pages - written_ < left_to_the_writer + over / 4);
}

void Checkpointer::run() {
  ::pthread_setname_np(::pthread_self(), "checkpointer");
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    const auto log = log_;
    lock.unlock();
    int pages = 0;
    int written = 0;
    std::unique_lock pass(pass_);
    const int result = sqlite3_wal_checkpoint_v2(connection_, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                 &pages, &written);
    pass.unlock();
    lock.lock();
    if (result == SQLITE_OK && log == log_) written_ = written;
  }
}

}  // namespace pulih::store
