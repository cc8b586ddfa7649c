// The MT messages that one carrier has not yet taken. First come, first sent, but for one number
// only one at a time, so that nothing overtakes within a conversation whatever the carrier refuses,
// delays or loses, and over however many binds. Without a clock: each call says when it is.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "daemon/engine/ports.hpp"

namespace pulih::carriers {

class MtQueue {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Gap = std::chrono::steady_clock::duration;
  // Between two attempts at a message that was refused for the time being.
  struct Gaps {
    Gap first, longest;
  };

  explicit MtQueue(Gaps gaps) : gaps_(gaps) {}

  void add(engine::Outgoing message);
  // The message that goes next, or nullptr. It stays here and is under way until one of the
  // three below is called with its id; ids that are not under way are passed over.
  const engine::Outgoing* next(Moment now);

  // Nothing: no such message is under way.
  const engine::Outgoing* under_way(engine::OutboundId id) const;
  // It is over, in one way or another: gone from here.
  std::optional<engine::Outgoing> done(engine::OutboundId id);
  // Back to where it came from: it goes before all others.
  void first_again(engine::OutboundId id);
  // Behind all others, after a gap that grows with each attempt.
  void later(engine::OutboundId id, Moment now);

  // When next() has something again that it keeps back now; nothing: only a call can change that.
  std::optional<Moment> due() const;
  bool empty() const { return messages_.empty(); }
  // All messages of that carrier, in the order of their ids. For a queue whose links are gone:
  // nothing is under way after it.
  std::vector<engine::Outgoing> take(engine::CarrierKey of);

 private:
  struct Entry {
    engine::Outgoing message;
    bool under_way = false;
    int attempts = 0;
  };
  using Number = std::uint64_t;  // accounts::Msisdn::value

  const Gaps gaps_;
  std::unordered_map<engine::OutboundId, Entry> messages_;
  std::set<engine::OutboundId> again_;  // before those in ready_, in the order of their ids
  std::deque<engine::OutboundId> ready_;
  std::multimap<Moment, engine::OutboundId> delayed_;
  // Of each number that has a message in messages_: those that wait behind it, oldest first. It is
  // empty nearly always, and then costs nothing.
  std::unordered_map<Number, std::vector<engine::OutboundId>> behind_;
};

}  // namespace pulih::carriers
