// The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1 and 6.2.1.1)
// between UTF-8 and septets, one septet an octet as SMPP carries them. Encoding names the character
// it cannot carry; decoding never fails. Text goes to a container or function of the caller's, so
// that a secret needs to stand nowhere else.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "protocols/gsm/default_tables.hpp"
#include "protocols/gsm/utf8.hpp"

namespace pulih::gsm {

using Octets = std::span<const std::uint8_t>;

struct Unencodable {
  std::string character;   // as UTF-8; empty: the text is not valid UTF-8 here
  std::size_t offset = 0;  // in octets of the text
  std::string text() const;
};

// How a character is sent: its septet, in the extension table after an escape.
struct Code {
  std::uint8_t septet = 0;
  bool escaped = false;
  friend bool operator==(const Code&, const Code&) = default;
};
std::optional<Code> code_of(char32_t character);

// The code point of a septet, of the default table or after an escape (0: none there).
inline char32_t default_character(std::uint8_t septet) { return default_table[septet & 0x7F]; }
inline char32_t extension_character(std::uint8_t septet) { return extension_table[septet & 0x7F]; }

// How many septets the text takes; a character of the extension table takes two.
tl::expected<std::size_t, Unencodable> septets(std::string_view utf8);
inline bool fits_gsm7(std::string_view utf8) { return septets(utf8).has_value(); }

// Writes to the front of `out`, which has room for two septets for each octet of the text; returns
// how many it wrote.
tl::expected<std::size_t, Unencodable> encode_to(std::string_view utf8,
                                                 std::span<std::uint8_t> out);

// Appends the septets to a vector of octets; on an error it is as it was.
template <class Out>
tl::expected<void, Unencodable> encode(std::string_view utf8, Out& out) {
  const std::size_t before = out.size();
  out.resize(before + 2 * utf8.size());
  const auto written = encode_to(utf8, std::span(out).subspan(before));
  out.resize(before + written.value_or(0));
  if (!written) return tl::unexpected(written.error());
  return {};
}

// Calls put(char) for each octet of the text as UTF-8; septet_at(i) tells each of `count` septets.
// An unknown extension is the character of the table `basic` (6.2.1.1 and 6.2.1.2.2); an escape
// after an escape or at the very end is a space; the eighth bit is ignored.
template <class SeptetAt, class Put>
void decode_with(const Table& basic, const Table& extension, std::size_t count,
                 SeptetAt&& septet_at, Put&& put) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint8_t septet = septet_at(i) & 0x7F;
    char32_t c = basic[septet];
    if (septet == escape) {
      c = U' ';
      if (i + 1 < count) {
        septet = septet_at(++i) & 0x7F;
        c = extension[septet];
        if (c == 0) c = septet == escape ? U' ' : basic[septet];
      }
    }
    put_utf8(c, put);
  }
}

template <class Put>
void decode(Octets septets, Put&& put) {
  decode_with(
      default_table, extension_table, septets.size(), [&](std::size_t i) { return septets[i]; },
      put);
}

}  // namespace pulih::gsm
