// See row_names.hpp. The permutation's key and the id that a file bears come from the data key by
// libsodium's crypto_kdf, each under a number of its own.
#include "daemon/accounts/row_names.hpp"

#include <sodium.h>

#include "daemon/accounts/keys.hpp"

namespace pulih::accounts {
namespace {

constexpr std::uint32_t rounds = 10;

std::uint64_t number_of(const std::array<std::uint8_t, crypto_shorthash_BYTES>& octets) {
  std::uint64_t number = 0;
  for (const auto octet : octets) number = number << 8 | octet;
  return number;
}

// The half that a round replaces has 31 bits in the even ones and 32 in the odd ones.
std::uint32_t cut(std::uint32_t half, std::uint32_t round) {
  return round % 2 == 0 ? half & 0x7FFF'FFFF : half;
}

}  // namespace

RowNames::RowNames(std::span<const std::uint8_t, 32> secret) {
  static_assert(sizeof secret_ == crypto_shorthash_KEYBYTES);
  crypto_kdf_derive_from_key(secret_.data(), secret_.size(), 1, "rownames", secret.data());
  std::array<std::uint8_t, crypto_kdf_BYTES_MIN> told{};
  crypto_kdf_derive_from_key(told.data(), told.size(), 2, "rownames", secret.data());
  std::array<std::uint8_t, crypto_shorthash_BYTES> first{};
  std::copy_n(told.begin(), first.size(), first.begin());
  id_ = as_row_key(number_of(first));
}

RowNames::~RowNames() { sodium_memzero(secret_.data(), secret_.size()); }

std::uint32_t RowNames::round(std::uint32_t number, std::uint32_t half) const {
  std::array<std::uint8_t, 8> in{};
  for (std::size_t i = 0; i < 4; ++i) {
    in[i] = static_cast<std::uint8_t>(number >> (8 * i));
    in[4 + i] = static_cast<std::uint8_t>(half >> (8 * i));
  }
  std::array<std::uint8_t, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), in.data(), in.size(), secret_.data());
  return static_cast<std::uint32_t>(number_of(out));
}

std::uint64_t RowNames::forth(std::uint64_t key) const {
  auto left = static_cast<std::uint32_t>(key >> 32), right = static_cast<std::uint32_t>(key);
  for (std::uint32_t i = 0; i < rounds; ++i) {
    const auto next = cut(left + round(i, right), i);
    left = right;
    right = next;
  }
  return std::uint64_t{left} << 32 | right;
}

std::uint64_t RowNames::back(std::uint64_t name) const {
  auto left = static_cast<std::uint32_t>(name >> 32), right = static_cast<std::uint32_t>(name);
  for (auto i = rounds; i-- > 0;) {
    const auto before = cut(right - round(i, left), i);
    right = left;
    left = before;
  }
  return std::uint64_t{left} << 32 | right;
}

// Whatever is sent to 0 goes through once more, as the way back does: 0 is nobody's name.
std::uint64_t RowNames::name(std::uint64_t key) const {
  if (id_ == 0 || key == 0) return key;
  const auto once = forth(key);
  return once != 0 ? once : forth(0);
}

std::uint64_t RowNames::key(std::uint64_t name) const {
  if (id_ == 0 || name == 0) return name;
  const auto once = back(name);
  return once != 0 ? once : back(0);
}

}  // namespace pulih::accounts
