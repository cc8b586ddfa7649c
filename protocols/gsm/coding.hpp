// What data_coding says about the octets of a message (SMPP 3.4, 5.2.19; 3GPP TS 23.038, clause 4), and
// their text as UTF-8. What is no text is said to be none; nothing else can fail.
#pragma once
#include "protocols/gsm/alphabet.hpp"

namespace pulih::gsm {

// What an SMSC means by data_coding 0, "SMSC default alphabet": its operator knows.
enum class DefaultAlphabet : std::uint8_t { gsm7, latin1, ascii };

enum class Coding : std::uint8_t { gsm7, latin1, ascii, ucs2, not_text };
Coding coding_of(std::uint8_t data_coding, DefaultAlphabet by_default);

// Calls put(char) for each octet of UTF-8. UCS-2 is read as UTF-16BE; a lone surrogate or a lone last
// octet becomes U+FFFD. False, and nothing put: Coding::not_text.
template <class Put>
bool decode_text(Coding coding, Octets octets, Put&& put) {
  switch (coding) {
    case Coding::gsm7:
      decode(octets, put);
      return true;
    case Coding::latin1:
      for (const auto octet : octets) put_utf8(octet, put);
      return true;
    case Coding::ascii:
      for (const auto octet : octets) put_utf8(octet < 0x80 ? octet : 0xFFFDu, put);
      return true;
    case Coding::ucs2:
      for (std::size_t i = 0; i < octets.size(); i += 2) {
        const auto unit = [&](std::size_t at) -> char32_t {
          return at + 1 < octets.size() ? static_cast<char32_t>(octets[at] << 8 | octets[at + 1]) : 0xFFFD;
        };
        char32_t c = unit(i);
        if (c >= 0xD800 && c < 0xDC00) {
          const char32_t low = i + 3 < octets.size() ? unit(i + 2) : 0;
          if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
            i += 2;
          }
        }
        put_utf8(c, put);
      }
      return true;
    case Coding::not_text:
      return false;
  }
  return false;
}

}  // namespace pulih::gsm
