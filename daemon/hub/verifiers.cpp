// See verifiers.hpp. The PHC form: $argon2id$v=19$m=KIB,t=PASSES,p=LANES$SALT$HASH, both in base64
// without padding (RFC 4648, 4). Only what would be written again octet for octet is taken apart.
#include "daemon/hub/verifiers.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace pulih::hub {
namespace {

constexpr std::string_view prefix = "$argon2id$v=19$";
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t as_text = 0, as_parts = 1;

struct Parts {
  std::uint32_t memory = 0, passes = 0, lanes = 0;
  std::string salt, hash;  // octets
};

std::string base64(std::string_view octets) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char octet : octets) {
    bits = bits << 8 | static_cast<std::uint8_t>(octet);
    for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 0x3F];
  }
  if (held > 0) text += alphabet[bits << (6 - held) & 0x3F];
  return text;
}

// Signs that are not of the alphabet give octets that do not lead back to the text.
std::string unbase64(std::string_view text) {
  std::string octets;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char sign : text) {
    bits = bits << 6 | static_cast<std::uint32_t>(alphabet.find(sign) & 0x3F);
    held += 6;
    if (held >= 8) octets += static_cast<char>(bits >> (held -= 8) & 0xFF);
  }
  return octets;
}

std::string written(const Parts& parts) {
  return std::string(prefix) + "m=" + std::to_string(parts.memory) +
         ",t=" + std::to_string(parts.passes) + ",p=" + std::to_string(parts.lanes) + "$" +
         base64(parts.salt) + "$" + base64(parts.hash);
}

std::optional<Parts> taken_apart(std::string_view text) {
  Parts parts;
  const auto whole = text;
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  const auto number = [&](std::string_view name, std::uint32_t& value) {
    if (!text.starts_with(name)) return false;
    text.remove_prefix(name.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc{};
  };
  if (!number("m=", parts.memory) || !number(",t=", parts.passes) || !number(",p=", parts.lanes) ||
      !text.starts_with('$'))
    return std::nullopt;
  text.remove_prefix(1);
  const auto between = text.find('$');
  if (between == text.npos) return std::nullopt;
  parts.salt = unbase64(text.substr(0, between));
  parts.hash = unbase64(text.substr(between + 1));
  return written(parts) == whole ? std::optional(std::move(parts)) : std::nullopt;
}

}  // namespace

void put_verifier(Writer& out, const accounts::Verifier& verifier) {
  const auto parts = taken_apart(verifier);
  if (!parts) {
    out.octet(as_text);
    return out.text(verifier);
  }
  out.octet(as_parts);
  out.varint(parts->memory);
  out.varint(parts->passes);
  out.varint(parts->lanes);
  out.text(parts->salt);
  out.text(parts->hash);
}

accounts::Verifier get_verifier(Reader& in) {
  switch (in.octet()) {
    case as_text:
      return std::string(in.text(most_verifier));
    case as_parts: {
      Parts parts;
      parts.memory = in.version();
      parts.passes = in.version();
      parts.lanes = in.version();
      parts.salt = in.text(most_verifier / 4);
      parts.hash = in.text(most_verifier / 4);
      return in.good() ? written(parts) : accounts::Verifier();
    }
    default:
      in.fail();
      return {};
  }
}

}  // namespace pulih::hub
