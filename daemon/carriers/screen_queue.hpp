// USSD screens on their way to one carrier. One that the carrier could not take just then goes
// again before all others, at once or after a gap that grows, as long as the network still waits
// for it; after that it is dropped, and she dials again. Without a clock: each call says when it
// is.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "daemon/carriers/ussd_desk.hpp"

namespace pulih::carriers {

class ScreenQueue {
 public:
  using Moment = UssdDesk::Moment;

  explicit ScreenQueue(std::chrono::milliseconds patience) : patience_(patience) {}

  void add(UssdDesk::Next screen, Moment now) {
    waiting_.push_back({std::move(screen), now + patience_, patience_ / gaps_in_patience});
  }
  // When the first of those that rest goes again.
  std::optional<Moment> due() const {
    if (resting_.empty()) return std::nullopt;
    return resting_.begin()->first;
  }
  // Those that rested long enough go before all others.
  void wake(Moment now) {
    while (!resting_.empty() && resting_.begin()->first <= now)
      waiting_.push_front(std::move(resting_.extract(resting_.begin()).mapped()));
  }
  // The one that goes next, or nullptr. It is to be sent or dropped before this is asked again.
  const UssdDesk::Next* next() const {
    return waiting_.empty() ? nullptr : &waiting_.front().screen;
  }
  bool late(Moment now) const { return now >= waiting_.front().until; }
  void sent() {
    const auto session = waiting_.front().screen.session;
    under_way_.erase(session);
    under_way_.emplace(session, std::move(waiting_.front()));
    waiting_.pop_front();
  }
  void drop() { waiting_.pop_front(); }

  // The carrier has taken it, refused it for good, or will never answer.
  void done(std::uint64_t session) { under_way_.erase(session); }
  // It could not take it just then. False: it is too late for another attempt.
  bool again(std::uint64_t session, Moment now) {
    auto screen = under_way_.extract(session);
    if (screen.empty() || now >= screen.mapped().until) return false;
    waiting_.push_front(std::move(screen.mapped()));
    return true;
  }
  // It cannot take this one for a while, but others. False: as again().
  bool later(std::uint64_t session, Moment now) {
    auto screen = under_way_.extract(session);
    if (screen.empty()) return false;
    const auto at = now + std::exchange(screen.mapped().gap, 2 * screen.mapped().gap);
    if (at >= screen.mapped().until) return false;
    resting_.emplace(at, std::move(screen.mapped()));
    return true;
  }

 private:
  // The first gap: 8 s of patience are five attempts after the first one, at 0.25, 0.75, 1.75, …
  static constexpr int gaps_in_patience = 32;
  struct Entry {
    UssdDesk::Next screen;
    Moment until{};
    std::chrono::milliseconds gap{};  // until it goes again, the next time
  };
  const std::chrono::milliseconds patience_;
  std::deque<Entry> waiting_;
  std::multimap<Moment, Entry> resting_;
  std::map<std::uint64_t, Entry> under_way_;  // by session: of each, one screen at a time
};

}  // namespace pulih::carriers
