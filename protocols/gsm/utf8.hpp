// UTF-8 (RFC 3629) one code point at a time, in and out. What is no UTF-8 is told, never guessed:
// an overlong form, a surrogate or a cut sequence is not valid.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace pulih::gsm {

inline constexpr char32_t replacement_character = 0xFFFD;

// 0xD800 … 0xDBFF and 0xDC00 … 0xDFFF: halves of a UTF-16 pair, no characters of their own.
constexpr bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
constexpr bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

// Reads one code point and moves `at`, which is within the text, behind it; nothing: not valid
// here, and `at` stays.
std::optional<char32_t> next_beyond_ascii(std::string_view utf8, std::size_t& at);
inline std::optional<char32_t> next_character(std::string_view utf8, std::size_t& at) {
  const auto first = static_cast<unsigned char>(utf8[at]);
  if (first >= 0x80) return next_beyond_ascii(utf8, at);
  ++at;
  return first;
}

// Calls put(char) for each octet; a surrogate and what lies beyond Unicode become U+FFFD.
template <class Put>
void put_utf8(char32_t c, Put&& put) {
  const auto octet = [&](char32_t o) { put(static_cast<char>(static_cast<unsigned char>(o))); };
  if (c > 0x10FFFF || is_high_surrogate(c) || is_low_surrogate(c)) c = replacement_character;
  if (c < 0x80) return octet(c);
  if (c < 0x800) {
    octet(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      octet(0xE0 | c >> 12);
    } else {
      octet(0xF0 | c >> 18);
      octet(0x80 | (c >> 12 & 0x3F));
    }
    octet(0x80 | (c >> 6 & 0x3F));
  }
  octet(0x80 | (c & 0x3F));
}

// Hands UTF-8 on by put(char); an octet that is not valid where it stands becomes U+FFFD.
template <class Put>
void decode_utf8(std::string_view utf8, Put&& put) {
  for (std::size_t at = 0; at < utf8.size();) {
    const auto character = next_character(utf8, at);
    if (!character) ++at;
    put_utf8(character.value_or(replacement_character), put);
  }
}

}  // namespace pulih::gsm
