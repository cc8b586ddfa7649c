// What the tests of GSM text share: octets and text from each other without ceremony, and texts
// drawn at random, of the GSM alphabet or of all Unicode.
#pragma once
#include <rapidcheck.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "protocols/gsm/coding.hpp"

namespace pulih::gsm {

using Wire = std::vector<std::uint8_t>;

inline std::string utf8_of(char32_t character) {
  std::string text;
  put_utf8(character, [&](char c) { text += c; });
  return text;
}

inline Wire septets_of(std::string_view utf8) {
  Wire wire;
  if (!encode(utf8, wire)) throw std::invalid_argument("not in the GSM alphabet");
  return wire;
}

inline std::string text_of(Octets wire, Encoding how = {}) {
  std::string text;
  decode_text(how, wire, [&](char c) { text += c; });
  return text;
}

inline std::string hexadecimal(Octets octets) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t octet : octets) {
    text.push_back(digits[octet >> 4]);
    text.push_back(digits[octet & 15]);
  }
  return text;
}

// Every character that the alphabet has, the extension table included.
inline std::u32string whole_alphabet() {
  std::u32string all;
  for (std::uint8_t septet = 0; septet < 128; ++septet) {
    if (septet != escape) all += default_character(septet);
    if (extension_character(septet) != 0) all += extension_character(septet);
  }
  return all;
}

inline std::string drawn_gsm_text(std::size_t longest) {
  static const std::u32string all = whole_alphabet();
  std::string text;
  const auto length = *rc::gen::inRange<std::size_t>(0, longest + 1);
  for (std::size_t i = 0; i < length; ++i) text += utf8_of(*rc::gen::elementOf(all));
  return text;
}

// Any code points, surrogates left out, those beyond the basic plane as often as the others.
inline std::string drawn_unicode(std::size_t longest) {
  std::string text;
  const auto length = *rc::gen::inRange<std::size_t>(0, longest + 1);
  for (std::size_t i = 0; i < length; ++i) {
    const bool beyond = *rc::gen::arbitrary<bool>();
    const auto c = beyond ? *rc::gen::inRange<std::uint32_t>(0x10000, 0x110000)
                          : *rc::gen::inRange<std::uint32_t>(0, 0xF800);
    text += utf8_of(c < 0xD800 || beyond ? c : c + 0x800);
  }
  return text;
}

}  // namespace pulih::gsm
