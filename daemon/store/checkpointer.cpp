// See checkpointer.hpp. A PASSIVE checkpoint takes what is committed when it begins and blocks
// nobody (https://sqlite.org/wal.html#ckpt); measured, a checkpoint on the writer's own thread
// costs a batch up to 40 ms every 20,000 pages, and this one none.
#include "daemon/store/checkpointer.hpp"

#include "daemon/engine/ports.hpp"

namespace pulih::store {
namespace {
constexpr int worth_a_checkpoint = 16384;  // pages: 16 MiB of log
constexpr int left_to_the_writer = 2048;
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

void Checkpointer::log_is(int pages) {
  pages_ = pages;
  if (pages - written_ < worth_a_checkpoint) return;
  const std::lock_guard lock(mutex_);
  wanted_ = true;
  wake_.notify_one();
}

bool Checkpointer::nearly_done() const {
  const int written = written_;
  return written > 0 && pages_ - written < left_to_the_writer;
}

void Checkpointer::log_restarts() { written_ = 0; }

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    int pages = 0;
    int written = 0;
    if (sqlite3_wal_checkpoint_v2(connection_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages,
                                  &written) == SQLITE_OK)
      written_ = written;
    lock.lock();
  }
}

}  // namespace pulih::store
