// See coding.hpp. The values below 16 are SMPP's own; those above follow the groups of 23.038.
#include "protocols/gsm/coding.hpp"

namespace pulih::gsm {

Coding coding_of(std::uint8_t data_coding, DefaultAlphabet by_default) {
  // 23.038, clause 4: general groups 00xx and 01xx (not compressed), 1110 (UCS-2), 1111 (bit 2: data).
  const auto of_alphabet_bits = [](std::uint8_t bits) {
    return bits == 0 ? Coding::gsm7 : bits == 2 ? Coding::ucs2 : Coding::not_text;
  };
  if (data_coding >= 0xF0) return data_coding & 0x04 ? Coding::not_text : Coding::gsm7;
  if (data_coding >= 0xE0) return Coding::ucs2;
  if (data_coding >= 0xC0) return Coding::gsm7;
  if (data_coding >= 0x80) return Coding::not_text;
  if (data_coding >= 0x10)
    return data_coding & 0x20 ? Coding::not_text : of_alphabet_bits(data_coding >> 2 & 3);
  switch (data_coding) {
    case 0:
      return by_default == DefaultAlphabet::gsm7     ? Coding::gsm7
             : by_default == DefaultAlphabet::latin1 ? Coding::latin1
                                                     : Coding::ascii;
    case 1:
      return Coding::ascii;
    case 3:
      return Coding::latin1;
    case 8:
      return Coding::ucs2;
    case 15:  // USSD centres send it for unpacked 7 bit text
      return Coding::gsm7;
    default:
      return Coding::not_text;
  }
}

}  // namespace pulih::gsm
