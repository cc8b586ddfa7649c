// How long to wait before the next attempt to connect: twice as long each time, up to a bound, and
// shortened by chance, so that a hundred gateways do not all come back in the same second. Carriers
// ask for about five seconds (SMPP 5.0, 2.8); a link that held for a while starts anew.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace pulih::smpp {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  // `draw` is any 32 random bits: the pause lies between half and the whole of what has been
  // reached.
  std::chrono::milliseconds pause(std::uint32_t draw) {
    const auto whole = next_;
    next_ = std::min(2 * next_, longest_);
    return whole / 2 + whole / 2 * (draw % 1024) / 1023;
  }
  void reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_, longest_, next_;
};

}  // namespace pulih::smpp
