// See utf8.hpp. The checks are those of RFC 3629, section 4: length by the first octet, then what
// the shortest form and the range of Unicode allow.
#include "protocols/gsm/utf8.hpp"

namespace pulih::gsm {

std::optional<char32_t> next_beyond_ascii(std::string_view utf8, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const unsigned char first = octet(at);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || utf8.size() - at < length) return std::nullopt;
  char32_t character = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(at + i) & 0xC0) != 0x80) return std::nullopt;
    character = character << 6 | (octet(at + i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  if (overlong || character > 0x10FFFF || is_high_surrogate(character) ||
      is_low_surrogate(character))
    return std::nullopt;
  at += length;
  return character;
}

}  // namespace pulih::gsm
