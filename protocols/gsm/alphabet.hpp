// The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1) between UTF-8 and
// septets, one septet an octet as SMPP carries them. Encoding names the character it cannot carry;
// decoding never fails.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace pulih::gsm {

using Octets = std::span<const std::uint8_t>;

struct Unencodable {
  std::string character;   // as UTF-8; empty: the text is not valid UTF-8 here
  std::size_t offset = 0;  // in octets of the text
  std::string text() const;
};

// How many septets the text takes; a character of the extension table takes two.
tl::expected<std::size_t, Unencodable> septets(std::string_view utf8);
// Appends the septets to `out`; on an error `out` is as it was.
tl::expected<void, Unencodable> encode(std::string_view utf8, std::vector<std::uint8_t>& out);

// Calls put(char) for each octet of the text as UTF-8. An unknown extension is the character of the
// default table (6.2.1.1), an escape at the very end a space; the eighth bit is ignored.
template <class Put>
void decode(Octets septets, Put&& put);

// The code point of a septet, of the default table or after an escape (0: none there).
char32_t default_character(std::uint8_t septet);
char32_t extension_character(std::uint8_t septet);

// One code point as UTF-8, octet by octet; surrogates and what lies beyond Unicode become U+FFFD.
template <class Put>
void put_utf8(char32_t c, Put&& put) {
  const auto octet = [&](char32_t value) { put(static_cast<char>(static_cast<unsigned char>(value))); };
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
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

template <class Put>
void decode(Octets septets, Put&& put) {
  constexpr std::uint8_t escape = 0x1B;
  for (std::size_t i = 0; i < septets.size(); ++i) {
    std::uint8_t septet = septets[i] & 0x7F;
    char32_t c = default_character(septet);
    if (septet == escape) {
      c = U' ';
      if (i + 1 < septets.size()) {
        septet = septets[++i] & 0x7F;
        c = extension_character(septet);
        if (c == 0) c = septet == escape ? U' ' : default_character(septet);
      }
    }
    put_utf8(c, put);
  }
}

// Reads one code point of UTF-8 and moves `at` behind it; nothing: not valid here (RFC 3629).
std::optional<char32_t> next_character(std::string_view utf8, std::size_t& at);

}  // namespace pulih::gsm
