// The one thread that the engine runs on: it takes what the intake holds, as much as has gathered
// while the last batch was written, and reads the clock once for it. A lone message is taken at
// once; under load the commits make the batches large by themselves.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

#include "daemon/engine/engine.hpp"
#include "daemon/engine/intake.hpp"

namespace pulih::engine {

class EngineThread {
 public:
  EngineThread(Engine& engine, Intake& intake, std::size_t batch_most,
               std::function<Instant()> clock);
  // Takes what is still in the intake, then ends.
  ~EngineThread();
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  // Rises while the thread lives; the watchdog looks at it.
  std::uint64_t heartbeat() const { return heartbeat_; }
  // As they stood after the last batch.
  Engine::Counts counts() const {
    const std::lock_guard lock(counts_mutex_);
    return counts_;
  }
  // How long the slowest batch took since this was last asked, in whole seconds.
  std::chrono::seconds take_slowest() { return slowest_.exchange({}); }

 private:
  void run();

  Engine& engine_;
  Intake& intake_;
  const std::size_t batch_most_;
  const std::function<Instant()> clock_;
  std::atomic<std::uint64_t> heartbeat_{0};
  std::atomic<std::chrono::seconds> slowest_{};
  mutable std::mutex counts_mutex_;
  Engine::Counts counts_;
  std::thread thread_;
};

}  // namespace pulih::engine
