// The thread that talks to the central account database: it pushes the operations that the engine
// hands it, in their order, and asks from time to time which contacts were changed by another way.
// Whatever it learns goes back to the engine as an occurrence.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/central/central.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::central {

class PushThread final : public engine::Pusher {
 public:
  struct Calls {
    std::function<void(engine::Occurrence)> tell_engine;
    std::function<void(const Unavailable&)> tell_journal;
    std::function<accounts::Instant()> clock;
  };
  PushThread(Central& central, ContactFeed& contacts, std::uint64_t contact_cursor,
             std::chrono::milliseconds between_polls, Calls calls);
  // Finishes the call under way; what is left comes again after the next start.
  ~PushThread() override;

  void push(std::vector<engine::Operation> operations) override;
  // Rises with each call, and while there is none to make.
  std::uint64_t heartbeat() const { return heartbeat_; }

 private:
  void run();
  void push_one(const engine::Operation& operation);
  void poll_changes();

  Central& central_;
  ContactFeed& contacts_;
  std::uint64_t contact_cursor_;
  const std::chrono::milliseconds between_polls_;
  const Calls calls_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<engine::Operation> waiting_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> heartbeat_ = 0;
  std::thread thread_;
};

}  // namespace pulih::central
