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

  // After a commit: the log is now `pages` long.
  void log_is(int pages);
  // True when the log is long and the writer can end it within a moment (the longer it is, the
  // longer a moment), or when it is so long that it has to be ended whatever that takes. No pass
  // begins then that would be in the writer's way.
  bool wants_the_writer() const;

 private:
  void run();

  sqlite3* connection_ = nullptr;
  std::atomic<int> pages_{0};    // in the log
  std::atomic<int> written_{0};  // of these, in the database file
  std::mutex mutex_;
  unsigned log_ = 0;  // which one, counted from the start
  std::condition_variable wake_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pulih::store
