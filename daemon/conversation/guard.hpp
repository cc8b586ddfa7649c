// What protects one account, whether it exists or not: how often codes were sent and missed,
// pauses, and the owner's own word that it was not her. The owner's number and all other numbers
// are counted apart, so that nobody can lock a teacher out from another phone (invariant 6).
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/conversation/policy.hpp"
#include "daemon/conversation/state.hpp"

namespace pulih::conversation {

// Times in a record are of the clock that wrote it, and that may have been ahead by a year. What
// lasts so long from `since`, or runs until then, is over when the clock stands further away from
// it than that, on either side: a wrong clock locks nobody out for as long as it was wrong, and no
// code lives on by it.
inline bool lasts(Instant since, seconds life, Instant now) {
  return std::chrono::abs(now - since) < life;
}
inline bool runs(Instant until, seconds life, Instant now) {
  return now < until && until - now <= life;
}

// A count that starts anew a day after its first event.
struct DailyCount {
  Instant first{};
  std::uint32_t count = 0;

  std::uint32_t at(Instant now) const { return lasts(first, hours{24}, now) ? count : 0; }
  void add(Instant now) {
    if (at(now) == 0) *this = {now, 0};
    ++count;
  }
};

struct Side {
  std::vector<Instant> sends;  // of codes, oldest first, at most most_code_sends
  DailyCount misses;           // wrong codes, over all codes
  Instant paused_until{};

  bool paused(const Policy& policy, Instant now) const {
    return runs(paused_until, policy.pause, now);
  }
};

struct Guard {
  Side own, strangers;
  DailyCount birth_dates;               // wrong ones from the owner's number
  std::uint32_t birth_dates_total = 0;  // until an operator looks
  std::uint32_t identity_version = 0;   // of the account when the owner was last counted
  Instant live_until{};                 // a code for this account can still be answered
  Instant last_reset{};
  Instant held_until{};  // after BUKAN
  std::uint32_t held_report = 0;
  std::optional<OperationId> pending;  // a password change on its way to the central database
  std::uint64_t pending_person = 0;    // … and who asked for it

  Side& side(bool of_owner) { return of_owner ? own : strangers; }
  bool held(Instant now) const { return now < held_until; }
};

// May another code be sent now, and if not, how long must she wait?
struct SendLeave {
  enum class Kind : std::uint8_t { yes, wait, none_left } kind = Kind::yes;
  Instant again{};  // when the next may be sent (wait) or the quota is whole again (none_left)
};
SendLeave may_send(const Side&, const Policy&, Instant now);
void count_send(Side&, Instant now);

}  // namespace pulih::conversation
