// The rules for passwords: what a teacher may choose, what is made for her, and how either is
// turned into the argon2id verifier that alone leaves memory.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/accounts/entropy.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

struct PasswordRules {
  std::uint32_t shortest = 12;  // floor 8
  std::uint32_t longest = 100;
};

enum class PasswordFault : std::uint8_t { none, too_short, characters, guessable };

// What an account's own data make guessable.
struct OwnWords {
  std::string_view id;           // "budi12@guru.sd"
  std::uint32_t birth_date = 0;  // yyyymmdd as the teacher gave it; 0: not known
};
// Printable ASCII 0x20–0x7E only; no composition rules; the blocklist holds the common Indonesian
// and world ones and everything derived from the account's own name, id and birth date, with case,
// leet spelling, separators and a trailing number or sign undone.
PasswordFault check(const Secret& password, const PasswordRules&, const OwnWords&);

// Four words of our own list of 2,048, joined by '-' (44 bits).
Secret generate(Entropy&);

// argon2id as a PHC string ("$argon2id$v=19$m=19456,t=2,p=1$…"): a verifier, not a secret to be
// read, but never logged either.
using Verifier = std::string;
struct HashCost {
  std::uint32_t memory_kib = 19456;  // OWASP's first choice for argon2id
  std::uint32_t passes = 2;
};
Verifier hash(const Secret& password, const HashCost&);
bool verify(const Secret& password, const Verifier&);

}  // namespace pulih::accounts
