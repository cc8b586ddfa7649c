// How everything that lies on disk is sealed: XChaCha20-Poly1305 with a random nonce in front
// (nonce 24 ‖ ciphertext ‖ tag 16), bound to octets that are not kept with it.
#pragma once
#include <sodium.h>

#include <cstdint>
#include <span>

#include "daemon/accounts/entropy.hpp"

namespace pulih::accounts::aead {

using Octets = std::span<const std::uint8_t>;
using Key = std::span<const std::uint8_t, crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

inline constexpr std::size_t nonce_octets = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
// What sealed octets are longer than plain ones.
inline constexpr std::size_t added = nonce_octets + crypto_aead_xchacha20poly1305_ietf_ABYTES;

// `out` is `added` longer than `plain`.
inline void seal(std::span<std::uint8_t> out, Octets plain, Octets bound_to, Key key,
                 Entropy& entropy) {
  entropy.fill(out.first(nonce_octets));
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + nonce_octets, nullptr, plain.data(),
                                             plain.size(), bound_to.data(), bound_to.size(),
                                             nullptr, out.data(), key.data());
}

// `sealed` is `added` longer than `out`, which holds nothing to be used where it does not open.
inline bool open(std::span<std::uint8_t> out, Octets sealed, Octets bound_to, Key key) {
  const auto body = sealed.subspan(nonce_octets);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, body.data(),
                                                    body.size(), bound_to.data(), bound_to.size(),
                                                    sealed.data(), key.data()) == 0;
}

}  // namespace pulih::accounts::aead
