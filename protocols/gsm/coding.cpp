// See coding.hpp. The values below 16 are SMPP's own; those above follow the groups of 23.038,
// whose clause 4 asks a receiver to take every reserved coding for the GSM 7 bit alphabet.
#include "protocols/gsm/coding.hpp"

namespace pulih::gsm {
namespace {

// SMPP 3.4, 5.2.19.
Coding smpp_coding(std::uint8_t data_coding, Coding by_default) {
  switch (data_coding) {
    case 0:
      return by_default;
    case 1:
      return Coding::ascii;
    case 3:
      return Coding::latin1;
    case 8:
      return Coding::ucs2;
    case 15:  // reserved there; USSD centres send it for unpacked 7 bit text (23.038, clause 5)
      return Coding::gsm7;
    default:
      return Coding::not_text;  // octets, or an alphabet that no phone here types
  }
}

// Groups 00xx and 01xx: bit 5 compressed, bits 3 and 2 the alphabet.
Coding general_coding(std::uint8_t data_coding) {
  if (data_coding & 0x20) return Coding::not_text;
  switch (data_coding >> 2 & 3) {
    case 1:
      return Coding::not_text;
    case 2:
      return Coding::ucs2;
    default:
      return Coding::gsm7;
  }
}

}  // namespace

Coding coding_of(std::uint8_t data_coding, Coding by_default) {
  if (data_coding < 0x10) return smpp_coding(data_coding, by_default);
  if (data_coding < 0x80) return general_coding(data_coding);
  if (data_coding < 0xE0) return Coding::gsm7;                  // reserved, and message waiting
  if (data_coding < 0xF0) return Coding::ucs2;                  // message waiting, UCS-2
  return data_coding & 0x04 ? Coding::not_text : Coding::gsm7;  // data coding and message class
}

std::string NotText::text() const {
  return "data_coding " + std::to_string(data_coding) + " is no text that can be read";
}

}  // namespace pulih::gsm
