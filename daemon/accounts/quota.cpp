// Counting within windows. A clock that was set back finds events of the future: they count as if
// they had just happened, since a quota must not be emptied by a wrong clock.
#include "daemon/accounts/quota.hpp"

#include <algorithm>
#include <limits>

namespace pulih::accounts {

std::uint16_t RollingCount::at(Instant now, std::chrono::seconds window) const {
  return now - first < window ? count : std::uint16_t{0};
}

void RollingCount::add(Instant now, std::chrono::seconds window) {
  if (at(now, window) == 0) *this = {now, 0};
  if (count < std::numeric_limits<std::uint16_t>::max()) ++count;
}

void Sends::add(Instant now) {
  if (count == at.size()) {
    std::shift_left(at.begin(), at.end(), 1);
    --count;
  }
  at[count++] = now;
}

Instant next_send(const Sends& sends, const SendQuota& quota, Instant now) {
  const std::span<const Instant> all(sends.at.data(),
                                     std::min<std::size_t>(sends.count, sends.at.size()));
  const auto first =
      std::ranges::find_if(all, [&](Instant sent) { return now - sent < quota.window; });
  const auto within = all.subspan(static_cast<std::size_t>(first - all.begin()));
  if (within.empty()) return now;
  if (within.size() >= quota.most) return within[within.size() - quota.most] + quota.window;
  if (quota.gaps.empty()) return now;
  return within.back() + quota.gaps[std::min(within.size(), quota.gaps.size()) - 1];
}

}  // namespace pulih::accounts
