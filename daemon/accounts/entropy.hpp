// Where random octets come from: libsodium's generator in the daemon, a seeded one in the
// simulation. Everything that draws takes it as an argument.
#pragma once
#include <array>
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

// libsodium's generator (randombytes_buf), for one thread. Nonces are drawn ahead in one piece, as
// each draw asks the kernel; codes and other short draws never lie in memory before they are
// wanted.
class SystemEntropy final : public Entropy {
 public:
  ~SystemEntropy() override;
  void fill(std::span<std::uint8_t> out) override;

 private:
  static constexpr std::size_t shortest_ahead = 24;  // an XChaCha20 nonce
  std::array<std::uint8_t, 64 * shortest_ahead> ahead_{};
  std::size_t used_ = ahead_.size();
};

}  // namespace pulih::accounts
