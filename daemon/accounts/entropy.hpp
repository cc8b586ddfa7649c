// Where random octets come from: libsodium's generator in the daemon, a seeded one in the
// simulation. Everything that draws takes it as an argument.
#pragma once
#include <cstdint>
#include <span>

namespace pulih::accounts {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  // Evenly distributed over 0 … bound−1, by rejection; bound ≥ 1.
  std::uint32_t below(std::uint32_t bound);
};

// libsodium's generator (randombytes_buf).
class SystemEntropy final : public Entropy {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace pulih::accounts
