// The requests that wait for their response (SMPP 3.4, 2.7.1): each sequence number with what the
// owner knows it by and the moment at which it is given up. Finding one takes the same time however
// large the window is, in whatever order the responses come.
#pragma once
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/smpp/timers.hpp"

namespace pulih::smpp {

// SMPP 3.4, 3.2: sequence numbers run from 1 to 0x7FFFFFFF and then begin anew.
constexpr std::uint32_t sequence_after(std::uint32_t sequence) {
  return sequence == 0x7FFFFFFF ? 1 : sequence + 1;
}

class Window {
 public:
  explicit Window(std::size_t most) : most_(most), slots_(std::bit_ceil(4 * most + 4)) {}

  struct Waiting {
    std::uint64_t correlation = 0;
    Monotonic deadline{};
  };

  bool full() const { return count_ >= most_; }
  // The first sequence number from here on whose place is free. Places go by the low bits, and one
  // can still be taken by a request far behind: the link does not wait for that one.
  std::uint32_t free_from(std::uint32_t sequence) const {
    while (slot(sequence).sequence != 0) sequence = sequence_after(sequence);
    return sequence;
  }
  void add(std::uint32_t sequence, Waiting waiting) {
    slot(sequence) = {sequence, waiting};
    if (count_++ == 0) oldest_ = sequence;
  }
  // The request with this sequence, if it waits; then it waits no more.
  std::optional<Waiting> take(std::uint32_t sequence) {
    Slot& found = slot(sequence);
    if (sequence == 0 || found.sequence != sequence) return std::nullopt;
    found.sequence = 0;
    --count_;
    return found.waiting;
  }
  // The deadline of the oldest request; all have the same patience, so it is the first.
  std::optional<Monotonic> next_deadline() {
    if (!find_oldest()) return std::nullopt;
    return slot(oldest_).waiting.deadline;
  }
  // The oldest request, if its time is over.
  std::optional<Waiting> take_late(Monotonic now) {
    if (!find_oldest() || slot(oldest_).waiting.deadline > now) return std::nullopt;
    return take(oldest_);
  }
  std::optional<Waiting> take_oldest() {
    if (!find_oldest()) return std::nullopt;
    return take(oldest_);
  }
  std::size_t size() const { return count_; }
  std::size_t room() const { return most_ - count_; }

 private:
  struct Slot {
    std::uint32_t sequence = 0;  // 0: free
    Waiting waiting;
  };
  Slot& slot(std::uint32_t sequence) { return slots_[sequence & (slots_.size() - 1)]; }
  const Slot& slot(std::uint32_t sequence) const { return slots_[sequence & (slots_.size() - 1)]; }
  bool find_oldest() {
    if (count_ == 0) return false;
    while (slot(oldest_).sequence != oldest_) oldest_ = sequence_after(oldest_);
    return true;
  }

  std::size_t most_;
  std::size_t count_ = 0;
  std::uint32_t oldest_ = 1;
  std::vector<Slot> slots_;
};

}  // namespace pulih::smpp
