// Draws for property tests, the same from the same seed (SplitMix64), so that what fails once fails
// again.
#pragma once
#include <cstdint>
#include <vector>

namespace pulih::hub {

class Drawn {
 public:
  explicit Drawn(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t x = state_ += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
  }
  std::uint64_t operator()(std::uint64_t below) { return next() % below; }
  std::vector<std::uint8_t> octets(std::uint64_t count) {
    std::vector<std::uint8_t> drawn;
    while (drawn.size() < count) drawn.push_back(static_cast<std::uint8_t>(next()));
    return drawn;
  }

 private:
  std::uint64_t state_;
};

}  // namespace pulih::hub
