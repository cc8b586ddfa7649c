// argon2id by libsodium (RFC 9106, one lane). Both calls take tens of milliseconds and all the
// memory of HashCost: they belong on a thread of their own (hashing_pool.hpp).
#include <array>
#include <new>

#include "daemon/accounts/password.hpp"

namespace pulih::accounts {

Verifier hash(const Secret& password, const HashCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const auto plain = password.reveal();
  // libsodium refuses only what it has no memory for.
  if (sodium_init() < 0 ||
      crypto_pwhash_str_alg(text.data(), plain.data(), plain.size(), cost.passes,
                            std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return Verifier(text.data());
}

bool verify(const Secret& password, const Verifier& verifier) {
  const auto plain = password.reveal();
  return sodium_init() >= 0 && verifier.size() < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_verify(verifier.c_str(), plain.data(), plain.size()) == 0;
}

}  // namespace pulih::accounts
