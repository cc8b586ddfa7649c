// See push_thread.hpp. One call at a time, in the order in which the operations were staged; a call
// that fails is told as unreachable, and when it is tried again is the engine's matter.
#include "daemon/central/push_thread.hpp"

#include <algorithm>
#include <iterator>

#include "daemon/accounts/registers.hpp"
#include "daemon/central/pushing.hpp"

namespace pulih::central {

using engine::Operation;

PushThread::PushThread(Central& central, ContactFeed& contacts, std::uint64_t contact_cursor,
                       std::chrono::milliseconds between_polls, Calls calls)
    : central_(central),
      contacts_(contacts),
      contact_cursor_(contact_cursor),
      between_polls_(between_polls),
      calls_(std::move(calls)),
      thread_([this] { run(); }) {}

PushThread::~PushThread() {
  {
    const std::lock_guard lock(mutex_);  // so that the thread does not fall asleep meanwhile
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void PushThread::push(std::vector<Operation> operations) {
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(operations, std::back_inserter(waiting_));
  }
  wake_.notify_one();
}

void PushThread::run() {
  while (true) {
    std::vector<Operation> operations;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, between_polls_, [&] { return stopping_ || !waiting_.empty(); });
      operations.swap(waiting_);
    }
    for (const auto& operation : operations) {
      if (stopping_) return;
      push_one(operation);
      ++heartbeat_;
    }
    if (stopping_) return;
    ++heartbeat_;
    poll_changes();
    accounts::clear_vector_registers();
  }
}

void PushThread::push_one(const Operation& operation) {
  auto outcome = push_to(central_, {&operation, 1}, calls_.clock());
  if (outcome.failure) calls_.tell_journal(*outcome.failure);
  for (auto& pushed : outcome.pushed) calls_.tell_engine(pushed);
}

void PushThread::poll_changes() {
  constexpr std::size_t page = 100;
  auto changes = contacts_.contact_changes(contact_cursor_, page);
  if (!changes) return calls_.tell_journal(changes.error());
  for (auto& change : *changes) {
    contact_cursor_ = change.cursor;
    calls_.tell_engine(engine::ContactChange{change.cursor, change.account, std::move(change.id),
                                             change.old_phone, change.new_phone});
  }
}

}  // namespace pulih::central
