// A new password for a target that needs its text (a directory that hashes by itself): sealed where
// it was typed to the public key of the hub beside that target, so that neither this gateway's disk
// nor the way there can show it. Inside lie the operation and the account that it is for: what was
// sealed for one opens for no other.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

// X25519, as crypto_box_seal (libsodium) takes it.
using SealingKey = std::array<std::uint8_t, 32>;
struct OpeningKey : std::array<std::uint8_t, 32> {
  OpeningKey() : array() {}
  OpeningKey(const OpeningKey&) = default;
  OpeningKey& operator=(const OpeningKey&) = default;
  ~OpeningKey() { sodium_memzero(data(), size()); }
};
// The public half of a key that the hub keeps to itself.
SealingKey sealing_key(const OpeningKey&);

// The hub's key file, as read_site_key and make_site_key have theirs: 32 octets or 64 hex digits,
// for its owner alone, never overwritten. What is made is told by its public half.
tl::expected<OpeningKey, std::string> read_opening_key(const std::filesystem::path&);
tl::expected<SealingKey, std::string> make_opening_key(const std::filesystem::path&, Entropy&);

using Operation = std::array<std::uint8_t, 16>;

// Always of one size, so that it does not tell how long the password is. The id is at most 128
// octets and the password at most 128, longer ones than any rule allows: more ends the program.
Blob seal_password(const Secret& password, const Operation&, std::string_view account_id,
                   const SealingKey&);
// Nothing: it was altered, sealed to another key, or for another operation or account.
std::optional<Secret> open_password(std::span<const std::uint8_t> sealed, const Operation&,
                                    std::string_view account_id, const OpeningKey&);

}  // namespace pulih::accounts
