// See ucs2.hpp. Four octets of UTF-8 make a surrogate pair of four octets, one makes two: never
// more than twice the text.
#include "protocols/gsm/ucs2.hpp"

namespace pulih::gsm {
namespace {

bool is_latin(char32_t unit) {
  return (unit >= 0x20 && unit < 0x7F) || (unit >= 0xA0 && unit < 0x100);
}

// What telephones put into a Latin text of their own accord, and why they then chose UCS-2: dashes,
// curly quotation marks and an ellipsis (U+2010 … U+2026), the euro sign.
bool is_typographic(char32_t unit) { return (unit >= 0x2010 && unit <= 0x2026) || unit == 0x20AC; }

// The first half of the pairs that emoji are.
bool is_emoji_half(char32_t unit) { return unit >= 0xD83C && unit <= 0xD83E; }

}  // namespace

// Every second octet of Latin text is zero, which is '@' in GSM 7 bit and no character at all in
// Latin-1 or ASCII. So the rule: units of a Latin letter, digit or sign, with the punctuation and
// emoji that telephones mix in; two Latin ones at least, and more of them than of the others. No
// text of GSM 7 bit passes for it but one that begins with '@' and goes on with '@' at more than
// half of every second place ("@a@b"): no id, date, keyword or sentence does. One character alone
// is left as it is: "@1" has been typed by somebody.
bool looks_like_ucs2(Octets octets) {
  if (octets.size() % 2 != 0 || octets.empty() || octets.front() != 0) return false;
  std::size_t latin = 0, other = 0;
  for (std::size_t i = 0; i < octets.size(); i += 2) {
    const char32_t unit = utf16_unit(octets, i);
    if (is_latin(unit) || unit == U'\n' || unit == U'\r') {
      ++latin;
    } else if (is_typographic(unit)) {
      ++other;
    } else if (is_emoji_half(unit) && i + 3 < octets.size() &&
               is_low_surrogate(utf16_unit(octets, i + 2))) {
      ++other;
      i += 2;
    } else {
      return false;
    }
  }
  return latin >= 2 && latin > other;
}

tl::expected<std::size_t, Unencodable> encode_ucs2_to(std::string_view utf8,
                                                      std::span<std::uint8_t> out) {
  std::size_t count = 0;
  const auto put = [&](char32_t unit) {
    out[count++] = static_cast<std::uint8_t>(unit >> 8);
    out[count++] = static_cast<std::uint8_t>(unit & 0xFF);
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[at]);
    if (first < 0x80) {
      put(first);
      ++at;
      continue;
    }
    const auto character = next_character(utf8, at);
    if (!character) return tl::unexpected(Unencodable{"", at});
    if (*character < 0x10000) {
      put(*character);
    } else {
      put(0xD800 + ((*character - 0x10000) >> 10));
      put(0xDC00 + (*character & 0x3FF));
    }
  }
  return count;
}

}  // namespace pulih::gsm
