// See guard.hpp. The gaps between codes grow with each one sent in a day (2, 10, 60 minutes by
// default).
#include "daemon/conversation/guard.hpp"

#include <algorithm>

namespace pulih::conversation {

SendLeave may_send(const Side& side, const Policy& policy, Instant now) {
  std::vector<Instant> in_a_day = side.sends;
  std::erase_if(in_a_day, [&](Instant at) { return !lasts(at, hours{24}, now); });
  if (in_a_day.size() >= policy.code_sends)
    return {SendLeave::Kind::none_left, in_a_day.front() + hours{24}};
  if (in_a_day.empty() || policy.send_gaps.empty()) return {};
  const auto gap = policy.send_gaps[std::min(in_a_day.size(), policy.send_gaps.size()) - 1];
  const Instant again = in_a_day.back() + gap;
  if (runs(again, gap, now)) return {SendLeave::Kind::wait, again};
  return {};
}

void count_send(Side& side, Instant now) {
  side.sends.push_back(now);
  if (side.sends.size() > most_code_sends) side.sends.erase(side.sends.begin());
}

}  // namespace pulih::conversation
