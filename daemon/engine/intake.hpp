// The bounded queue between the threads that hear of things and the engine's thread. A message is
// refused when it is full (invariant 7); what must not be refused, because somebody waits for it,
// has its own bound at its source and always finds room.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "daemon/engine/occurrence.hpp"

namespace pulih::engine {

class Intake {
 public:
  explicit Intake(std::size_t most_messages) : most_messages_(most_messages) {}

  // False: full. The message is left as it was.
  bool offer(Inbound&& message) {
    const std::lock_guard lock(mutex_);
    if (messages_ >= most_messages_) return false;
    ++messages_;
    push(std::move(message));
    return true;
  }
  void put(Occurrence&& occurrence) {
    const std::lock_guard lock(mutex_);
    push(std::move(occurrence));
  }
  // Many at once, with one lock: what one read from a socket brought. `take` gets the queue's
  // vector.
  void put_all(std::vector<Occurrence>& occurrences) {
    const std::lock_guard lock(mutex_);
    for (auto& each : occurrences) push(std::move(each));
    occurrences.clear();
  }

  // Waits until there is something, or for `patience`; then takes up to `most`, oldest first.
  void take(std::vector<Occurrence>& out, std::size_t most, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (queue_.size() == taken_)
      ready_.wait_for(lock, patience, [&] { return !empty() || closed_; });
    while (!empty() && out.size() < most) {
      messages_ -= std::holds_alternative<Inbound>(queue_[taken_]) ? 1 : 0;
      out.push_back(std::move(queue_[taken_++]));
    }
    if (empty()) {
      queue_.clear();
      taken_ = 0;
    }
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready_.notify_all();
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  bool empty() const { return taken_ == queue_.size(); }
  void push(Occurrence&& occurrence) {
    const bool was_empty = empty();
    queue_.push_back(std::move(occurrence));
    if (was_empty) ready_.notify_one();
  }

  const std::size_t most_messages_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<Occurrence> queue_;
  std::size_t taken_ = 0;
  std::size_t messages_ = 0;
  bool closed_ = false;
};

}  // namespace pulih::engine
