// See guard.hpp. The gaps between codes grow with each one sent in a day (2, 10, 60 minutes by
// default).
#include "daemon/conversation/guard.hpp"

#include <algorithm>

namespace pulih::conversation {

SendLeave may_send(const Side& side, const Policy& policy, Instant now) {
  const auto first = std::find_if(side.sends.begin(), side.sends.end(),
                                  [&](Instant at) { return now - at < hours{24}; });
  const auto in_a_day = static_cast<std::uint32_t>(side.sends.end() - first);
  if (in_a_day >= policy.code_sends) return {SendLeave::Kind::none_left, *first + hours{24}};
  if (in_a_day == 0 || policy.send_gaps.empty()) return {};
  const auto gap = policy.send_gaps[std::min<std::size_t>(in_a_day, policy.send_gaps.size()) - 1];
  const Instant again = side.sends.back() + gap;
  if (now < again) return {SendLeave::Kind::wait, again};
  return {};
}

void count_send(Side& side, Instant now) {
  side.sends.push_back(now);
  if (side.sends.size() > most_code_sends) side.sends.erase(side.sends.begin());
}

}  // namespace pulih::conversation
