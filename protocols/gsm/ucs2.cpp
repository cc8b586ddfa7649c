// See ucs2.hpp. Four octets of UTF-8 make a surrogate pair of four octets, one makes two: never
// more than twice the text.
#include "protocols/gsm/ucs2.hpp"

namespace pulih::gsm {

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
