// See sealed_password.hpp. The box holds operation ‖ length of the id ‖ id ‖ length of the password
// ‖ password, filled up with zeros.
#include "daemon/accounts/sealed_password.hpp"

#include <sodium.h>

#include <algorithm>
#include <exception>

namespace pulih::accounts {
namespace {

constexpr std::size_t most_text = 128;
constexpr std::size_t plain_octets = sizeof(Operation) + 2 * (1 + most_text);

}  // namespace

SealingKey sealing_key(const OpeningKey& key) {
  SealingKey made{};
  if (crypto_scalarmult_base(made.data(), key.data()) != 0) std::terminate();
  return made;
}

Blob seal_password(const Secret& password, const Operation& operation, std::string_view account_id,
                   const SealingKey& key) {
  if (password.size() > most_text || account_id.size() > most_text) std::terminate();
  WipedBytes plain(operation.begin(), operation.end());
  plain.reserve(plain_octets);
  for (const auto text : {account_id, password.reveal()}) {
    plain.push_back(static_cast<std::uint8_t>(text.size()));
    plain.insert(plain.end(), text.begin(), text.end());
  }
  plain.resize(plain_octets);
  Blob sealed(plain.size() + crypto_box_SEALBYTES);
  if (crypto_box_seal(sealed.data(), plain.data(), plain.size(), key.data()) != 0) std::terminate();
  return sealed;
}

std::optional<Secret> open_password(std::span<const std::uint8_t> sealed,
                                    const Operation& operation, std::string_view account_id,
                                    const OpeningKey& key) {
  if (sealed.size() != plain_octets + crypto_box_SEALBYTES) return std::nullopt;
  WipedBytes plain(plain_octets);
  if (crypto_box_seal_open(plain.data(), sealed.data(), sealed.size(), sealing_key(key).data(),
                           key.data()) != 0)
    return std::nullopt;
  if (!std::equal(operation.begin(), operation.end(), plain.begin())) return std::nullopt;
  const auto text_at = [&](std::size_t at) -> std::string_view {
    const std::size_t size = std::min<std::size_t>(plain[at], most_text);
    return {reinterpret_cast<const char*>(plain.data()) + at + 1, size};
  };
  const auto id = text_at(operation.size());
  if (id != account_id) return std::nullopt;
  return Secret(text_at(operation.size() + 1 + id.size()));
}

}  // namespace pulih::accounts
