// Even numbers out of random octets, and libsodium's generator as their source.
#include "daemon/accounts/entropy.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <exception>

namespace pulih::accounts {

std::uint32_t Entropy::below(std::uint32_t bound) {
  // The first 2³² mod bound values would come once too often: they are drawn again. At most every
  // second draw is lost.
  const std::uint32_t uneven = (0u - bound) % bound;
  while (true) {
    std::array<std::uint8_t, 4> octets{};
    fill(octets);
    std::uint32_t drawn = 0;
    for (const auto octet : octets) drawn = drawn << 8 | octet;
    if (drawn >= uneven) return drawn % bound;
  }
}

SystemEntropy::~SystemEntropy() { sodium_memzero(ahead_.data(), ahead_.size()); }

void SystemEntropy::fill(std::span<std::uint8_t> out) {
  // Does nothing but the first time; after a failure there is no source of secrets.
  if (sodium_init() < 0) std::terminate();
  if (out.size() < shortest_ahead || out.size() > ahead_.size())
    return randombytes_buf(out.data(), out.size());
  if (ahead_.size() - used_ < out.size()) {
    randombytes_buf(ahead_.data(), ahead_.size());
    used_ = 0;
  }
  const auto drawn = std::span(ahead_).subspan(used_, out.size());
  std::copy(drawn.begin(), drawn.end(), out.begin());
  sodium_memzero(drawn.data(), drawn.size());
  used_ += out.size();
}

}  // namespace pulih::accounts
