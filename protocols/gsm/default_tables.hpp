// The two tables of the GSM 7 bit default alphabet (3GPP TS 23.038, 6.2.1 and 6.2.1.1), from septet
// to code point. Everything else about the alphabet is made from them: the way back, and the
// tables of other languages.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace pulih::gsm {

using Table = std::array<char32_t, 128>;

inline constexpr std::uint8_t escape = 0x1B;

inline constexpr Table default_table = [] {
  constexpr std::u32string_view characters =
      U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  static_assert(characters.size() == 128 && characters[escape] == 0x1B);
  Table table{};
  for (std::size_t septet = 0; septet < table.size(); ++septet) table[septet] = characters[septet];
  return table;
}();

// After an escape; 0: none there.
inline constexpr Table extension_table = [] {
  Table table{};
  table[0x0A] = U'\f', table[0x14] = U'^', table[0x28] = U'{', table[0x29] = U'}';
  table[0x2F] = U'\\', table[0x3C] = U'[', table[0x3D] = U'~', table[0x3E] = U']';
  table[0x40] = U'|', table[0x65] = U'€';
  return table;
}();

}  // namespace pulih::gsm
