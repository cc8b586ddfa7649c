// How often something may happen: a count that starts anew when its window is over, and the sends
// of codes with their growing gaps. Plain values without a clock: time is an argument, and who
// keeps them writes their fields.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "daemon/accounts/account.hpp"

namespace pulih::accounts {

// "5 in 24 h": the window begins with the first event and ends whole.
struct RollingCount {
  Instant first{};
  std::uint16_t count = 0;

  std::uint16_t at(Instant now, std::chrono::seconds window) const;
  void add(Instant now, std::chrono::seconds window);
};

// The last sends, oldest first; the eldest gives way when the ninth comes.
struct Sends {
  std::array<Instant, 8> at{};
  std::uint8_t count = 0;

  void add(Instant now);
};

struct SendQuota {
  std::uint8_t most = 3;  // within the window, at most 8
  std::chrono::seconds window = std::chrono::hours{24};
  // After the first, second, … send of the window; the last gap holds for all that follow.
  std::span<const std::chrono::seconds> gaps;
};

// The earliest time at which one more may be sent: `now` or before means at once.
Instant next_send(const Sends&, const SendQuota&, Instant now);

}  // namespace pulih::accounts
