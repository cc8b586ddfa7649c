// What data_coding says about the octets of a message (SMPP 3.4, 5.2.19; 3GPP TS 23.038, clause 4),
// and their text as UTF-8. What is no text is said to be none; nothing else can fail.
#pragma once
#include "protocols/gsm/national.hpp"
#include "protocols/gsm/packing.hpp"
#include "protocols/gsm/ucs2.hpp"

namespace pulih::gsm {

enum class Coding : std::uint8_t {
  gsm7,  // one septet an octet
  gsm7_packed,
  latin1,
  ascii,
  ucs2,
  ucs2_le,  // the same with the low octet first
  utf8,
  not_text
};
// `by_default`: what an SMSC means by data_coding 0, "SMSC default alphabet"; its operator knows.
Coding coding_of(std::uint8_t data_coding, Coding by_default);

// All that it takes to read the octets of a message.
struct Encoding {
  Coding coding = Coding::gsm7;
  Shift shift;          // of GSM 7 bit, as the user data header says
  unsigned fill = 0;    // bits in front of packed septets
  bool unsaid = false;  // data_coding 0 names no alphabet: what is plainly UCS-2 is read as that

  constexpr Encoding(Coding of = Coding::gsm7) : coding(of) {}  // NOLINT(*-explicit-*)
  friend bool operator==(const Encoding&, const Encoding&) = default;
};

struct NotText {
  std::uint8_t data_coding = 0;
  std::string text() const;
};

// Calls put(char) for each octet of UTF-8; an octet beyond ASCII in ASCII, and what is not valid in
// UTF-8 or UCS-2, becomes U+FFFD. False, and nothing put: Coding::not_text.
template <class Put>
bool decode_text(const Encoding& how, Octets octets, Put&& put) {
  const bool one_octet =
      how.coding == Coding::gsm7 || how.coding == Coding::latin1 || how.coding == Coding::ascii;
  switch (how.unsaid && one_octet && looks_like_ucs2(octets) ? Coding::ucs2 : how.coding) {
    case Coding::gsm7:
      if (how.shift == Shift{})
        decode(octets, put);
      else
        decode_with(
            locking_table(how.shift.locking), single_table(how.shift.single), octets.size(),
            [&](std::size_t i) { return octets[i]; }, put);
      return true;
    case Coding::gsm7_packed:
      decode_with(
          locking_table(how.shift.locking), single_table(how.shift.single),
          sms_septets(octets, how.fill),
          [&](std::size_t i) { return packed_septet(octets, i, how.fill); }, put);
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
    case Coding::ucs2_le:
      decode_ucs2<OctetOrder::little_endian>(octets, put);
      return true;
    case Coding::utf8:
      decode_utf8({reinterpret_cast<const char*>(octets.data()), octets.size()}, put);
      return true;
    case Coding::not_text:
      return false;
  }
  return false;
}

// The same by data_coding, with an error for a journal.
template <class Put>
tl::expected<void, NotText> decode_text(std::uint8_t data_coding, Octets octets, Coding by_default,
                                        Put&& put) {
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
