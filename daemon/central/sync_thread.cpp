// See sync_thread.hpp. Registers are cleared before it sleeps: what it carried are verifiers and
// contacts.
#include "daemon/central/sync_thread.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "daemon/accounts/registers.hpp"

namespace pulih::central {

namespace {
// What look-ups came upon is asked for at each step, so that there is one from time to time.
constexpr Steady longest_sleep = std::chrono::seconds{2};
}  // namespace

SyncThread::SyncThread(Sync& sync, std::function<Moment()> clock)
    : sync_(sync), clock_(std::move(clock)), thread_([this] { run(); }) {}

SyncThread::~SyncThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SyncThread::push(std::vector<engine::Operation> operations) {
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(operations, std::back_inserter(waiting_));
  }
  wake_.notify_one();
}

void SyncThread::run() {
  // Teachers who write now go before a copy that takes minutes anyway: on a machine with nothing to
  // spare it gets a tenth of a core (setpriority(2): with Linux it is the thread's own).
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
  Steady until{};
  while (true) {
    std::vector<engine::Operation> operations;
    {
      std::unique_lock lock(mutex_);
      const auto now = clock_().steady;
      if (until > now) {
        accounts::clear_vector_registers();
        wake_.wait_for(lock, std::min(until - now, longest_sleep),
                       [&] { return stopping_ || !waiting_.empty(); });
      }
      if (stopping_) return;
      operations.swap(waiting_);
    }
    ++heartbeat_;
    if (!operations.empty()) sync_.add(std::move(operations));
    until = sync_.step(clock_());
  }
}

}  // namespace pulih::central
