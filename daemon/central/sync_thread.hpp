// The thread that the sync runs on: it sleeps until something is due or operations come, and
// reads the clocks once for each step.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/central/sync.hpp"

namespace pulih::central {

class SyncThread final : public engine::Pusher {
 public:
  SyncThread(Sync& sync, std::function<Moment()> clock);
  // Finishes the call under way; what is left comes again after the next start.
  ~SyncThread() override;

  void push(std::vector<engine::Operation> operations) override;
  // Rises with each step, and while there is none to take; a step waits for the central database.
  std::uint64_t heartbeat() const { return heartbeat_; }

 private:
  void run();

  Sync& sync_;
  const std::function<Moment()> clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<engine::Operation> waiting_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> heartbeat_ = 0;
  std::thread thread_;
};

}  // namespace pulih::central
