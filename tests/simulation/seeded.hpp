// Chance from a seed: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine and compiler.
// No std distribution: their results differ between libraries, and a seed would stop replaying.
#pragma once
#include <cstdint>

#include "daemon/accounts/entropy.hpp"

namespace pulih::simulation {

class Seeded final : public accounts::Entropy {
 public:
  explicit Seeded(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  void fill(std::span<std::uint8_t> out) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
      if (i % 8 == 0) word = next();
      out[i] = static_cast<std::uint8_t>(word);
    }
  }
  // True about `per_mille` times in a thousand.
  bool chance(std::uint32_t per_mille) { return next() % 1000 < per_mille; }
  // Evenly in first … last.
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(last - first + 1));
  }

 private:
  std::uint64_t state_;
};

}  // namespace pulih::simulation
