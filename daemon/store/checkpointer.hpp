// Moves what SQLite's write-ahead log holds into the database file, on a thread and a connection of
// its own, so that no batch waits for it. The last few pages are left to the writer, who alone can
// catch the moment at which the log is empty and starts again from its beginning.
#pragma once
#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace pulih::store {

class Checkpointer {
 public:
  explicit Checkpointer(const std::filesystem::path& database);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // In pages: the log is ended when a commit finds it as long as this, whatever that takes.
  static constexpr int longest_log = 192 * 1024;

  // After a commit of `writer`, on its thread: the log is now `pages` long. Moves the rest of a
  // long log if that takes a moment (the longer the log, the longer a moment), so that the writer's
  // next page begins it anew.
  void committed(sqlite3* writer, int pages);

 private:
  void run();
  bool can_be_ended(int pages) const;

  sqlite3* connection_ = nullptr;
  std::mutex pass_;              // held while pages are moved, by whichever thread
  int pages_ = 0;                // in the log; the writer's alone
  std::atomic<int> written_{0};  // of these, in the database file
  std::mutex mutex_;
  unsigned log_ = 0;  // which one, counted from the start
  std::condition_variable wake_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pulih::store
