// See engine_thread.hpp. Between two batches the thread sleeps in the intake, at most a second, so
// that ticks come on quiet nights too.
#include "daemon/engine/engine_thread.hpp"

#include <pthread.h>

#include <algorithm>

#include "daemon/accounts/registers.hpp"

namespace pulih::engine {

EngineThread::EngineThread(Engine& engine, Intake& intake, std::size_t batch_most,
                           std::function<Instant()> clock)
    : engine_(engine),
      intake_(intake),
      batch_most_(batch_most),
      clock_(std::move(clock)),
      thread_([this] { run(); }) {}

EngineThread::~EngineThread() {
  intake_.close();
  thread_.join();
}

void EngineThread::run() {
  ::pthread_setname_np(::pthread_self(), "engine");  // as top -H shows it
  constexpr auto between_ticks = std::chrono::seconds{1};
  constexpr std::chrono::milliseconds longest_rest = between_ticks;
  constexpr auto first_rest = std::chrono::milliseconds{50};
  std::vector<Occurrence> batch;
  Instant next_tick{};
  auto rest = first_rest;
  while (true) {
    intake_.take(batch, batch_most_, between_ticks);
    if (batch.empty() && intake_.closed()) return;
    const Instant now = clock_();
    // A wall clock that was set back must not stop the ticks.
    if (now >= next_tick || next_tick - now > 2 * between_ticks) {
      batch.emplace_back(Tick{});
      next_tick = now + between_ticks;
    }
    const auto failures = engine_.counts().store_failures;
    if (!batch.empty()) engine_.run(batch, now);
    {
      const std::lock_guard lock(counts_mutex_);
      counts_ = engine_.counts();
    }
    slowest_ = std::max(slowest_.load(), clock_() - now);
    accounts::clear_vector_registers();
    ++heartbeat_;
    // A full disk is not emptied by asking a thousand times a second; meanwhile the intake fills
    // and carriers are told to try later.
    if (engine_.counts().store_failures == failures) {
      rest = first_rest;
    } else {
      intake_.wait_for_close(rest);
      rest = std::min(2 * rest, longest_rest);
    }
  }
}

}  // namespace pulih::engine
