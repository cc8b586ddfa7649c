// SHA-256 (FIPS 180-4) over what two sides compare: it is in every language and database, so that
// each side computes it with what it has. For public octets; secrets have SiteKeys.
#pragma once
#include <sodium.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace pulih::accounts {

class Sha256 {
 public:
  Sha256() { crypto_hash_sha256_init(&state_); }
  void add(std::string_view text) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(text.data()),
                              text.size());
  }
  // Once, at the end.
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest() {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> made{};
    crypto_hash_sha256_final(&state_, made.data());
    return made;
  }

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace pulih::accounts
