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

  // As many as there is room for, in their order; the rest is left in `messages`.
  void offer_all(std::vector<Inbound>& messages) {
    const std::lock_guard lock(mutex_);
    std::size_t taken = 0;
    for (; taken < messages.size() && messages_ < most_messages_; ++taken) {
      ++messages_;
      push(std::move(messages[taken]));
    }
    messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  // False: it is full.
  bool offer(ReceiptOfLoss receipt) {
    const std::lock_guard lock(mutex_);
    if (messages_ >= most_messages_) return false;
    ++messages_;
    push(receipt);
    return true;
  }
  void put(Occurrence&& occurrence) {
    const std::lock_guard lock(mutex_);
    push(std::move(occurrence));
  }
  // Waits until there is something, or for `patience`; then takes up to `most`, oldest first.
  void take(std::vector<Occurrence>& out, std::size_t most, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (queue_.size() == taken_)
      ready_.wait_for(lock, patience, [&] { return !empty() || closed_; });
    while (!empty() && out.size() < most) {
      if (from_a_telephone(queue_[taken_])) --messages_;
      out.push_back(std::move(queue_[taken_++]));
    }
    if (empty()) {
      queue_.clear();
      taken_ = 0;
    }
  }
  // Messages that wait.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  // Takes nothing, whatever there is.
  void wait_for_close(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, patience, [&] { return closed_; });
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
  static bool from_a_telephone(const Occurrence& what) {
    return std::holds_alternative<Inbound>(what) || std::holds_alternative<ReceiptOfLoss>(what);
  }
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
