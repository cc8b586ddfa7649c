// UCS-2 as phones mean it: UTF-16BE, with surrogate pairs for what lies beyond the basic plane
// (3GPP TS 23.038, 6.2.3, and what every handset has made of it since). Some carriers turn the
// octets round, and some do not say that it is UCS-2.
#pragma once
#include "protocols/gsm/alphabet.hpp"

namespace pulih::gsm {

enum class OctetOrder : std::uint8_t { big_endian, little_endian };

// The 16 bit unit that begins at `at`; a lone last octet is U+FFFD.
template <OctetOrder order = OctetOrder::big_endian>
char32_t utf16_unit(Octets octets, std::size_t at) {
  if (at + 1 >= octets.size()) return replacement_character;
  constexpr std::size_t high = order == OctetOrder::big_endian ? 0 : 1;
  return static_cast<char32_t>(octets[at + high] << 8 | octets[at + 1 - high]);
}

// Calls put(char) for each octet of the text as UTF-8; a lone surrogate becomes U+FFFD.
template <OctetOrder order = OctetOrder::big_endian, class Put>
void decode_ucs2(Octets octets, Put&& put) {
  for (std::size_t i = 0; i < octets.size(); i += 2) {
    char32_t c = utf16_unit<order>(octets, i);
    if (is_high_surrogate(c) && i + 3 < octets.size()) {
      const char32_t low = utf16_unit<order>(octets, i + 2);
      if (is_low_surrogate(low)) {
        c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
        i += 2;
      }
    }
    put_utf8(c, put);
  }
}

// Whether octets that are labelled as an alphabet of one octet a character are UCS-2 (big endian).
bool looks_like_ucs2(Octets octets);

// Writes to the front of `out`, which has room for two octets for each octet of the text; returns
// how many it wrote. Only what is not valid UTF-8 cannot be encoded.
tl::expected<std::size_t, Unencodable> encode_ucs2_to(std::string_view utf8,
                                                      std::span<std::uint8_t> out);

// Appends to a vector of octets; on an error it is as it was.
template <class Out>
tl::expected<void, Unencodable> encode_ucs2(std::string_view utf8, Out& out) {
  const std::size_t before = out.size();
  out.resize(before + 2 * utf8.size());
  const auto written = encode_ucs2_to(utf8, std::span(out).subspan(before));
  out.resize(before + written.value_or(0));
  if (!written) return tl::unexpected(written.error());
  return {};
}

}  // namespace pulih::gsm
