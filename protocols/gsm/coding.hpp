// What data_coding says about the octets of a message (SMPP 3.4, 5.2.19; 3GPP TS 23.038, clause 4),
// and their text as UTF-8. What is no text is said to be none; nothing else can fail.
#pragma once
#include "protocols/gsm/alphabet.hpp"
#include "protocols/gsm/ucs2.hpp"

namespace pulih::gsm {

// What an SMSC means by data_coding 0, "SMSC default alphabet": its operator knows.
enum class DefaultAlphabet : std::uint8_t { gsm7, latin1, ascii };

enum class Coding : std::uint8_t { gsm7, latin1, ascii, ucs2, not_text };
Coding coding_of(std::uint8_t data_coding, DefaultAlphabet by_default);

struct NotText {
  std::uint8_t data_coding = 0;
  std::string text() const;
};

// Calls put(char) for each octet of UTF-8; an octet beyond ASCII in ASCII becomes U+FFFD. False,
// and nothing put: Coding::not_text.
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
      for (const auto octet : octets) put_utf8(octet < 0x80 ? octet : replacement_character, put);
      return true;
    case Coding::ucs2:
      decode_ucs2(octets, put);
      return true;
    case Coding::not_text:
      return false;
  }
  return false;
}

// The same by data_coding, with an error for a journal.
template <class Put>
tl::expected<void, NotText> decode_text(std::uint8_t data_coding, Octets octets,
                                        DefaultAlphabet by_default, Put&& put) {
  if (decode_text(coding_of(data_coding, by_default), octets, put)) return {};
  return tl::unexpected(NotText{data_coding});
}

// Appends the text in the shortest coding that carries it, GSM 7 bit or UCS-2, and tells which;
// only what is not valid UTF-8 fails.
template <class Out>
tl::expected<Coding, Unencodable> encode_text(std::string_view utf8, Out& out) {
  if (encode(utf8, out)) return Coding::gsm7;
  if (const auto encoded = encode_ucs2(utf8, out); !encoded) return tl::unexpected(encoded.error());
  return Coding::ucs2;
}

}  // namespace pulih::gsm
