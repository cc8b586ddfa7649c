// USSD screens on their way to one carrier. One that the carrier could not take just then goes
// again before all others, as long as the network still waits for it; after that it is dropped, and
// she dials again. Without a clock: each call says when it is.
#pragma once
#include <chrono>
#include <deque>
#include <map>

#include "daemon/carriers/ussd_desk.hpp"

namespace pulih::carriers {

class ScreenQueue {
 public:
  using Moment = UssdDesk::Moment;

  explicit ScreenQueue(std::chrono::milliseconds patience) : patience_(patience) {}

  void add(UssdDesk::Next screen, Moment now) {
    waiting_.push_back({std::move(screen), now + patience_});
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

 private:
  struct Entry {
    UssdDesk::Next screen;
    Moment until{};
  };
  const std::chrono::milliseconds patience_;
  std::deque<Entry> waiting_;
  std::map<std::uint64_t, Entry> under_way_;  // by session: of each, one screen at a time
};

}  // namespace pulih::carriers
