// See transliteration.hpp. No likeness is longer than what the character takes as UTF-8, so that
// the room promised there always suffices.
#include "protocols/gsm/transliteration.hpp"

#include <algorithm>
#include <iterator>

namespace pulih::gsm {
namespace {

// U+00C0 … U+017F by base letter; those that the alphabet has itself are never looked up.
constexpr std::string_view base_letters =
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKkkLlLlLlL"
    "lLlNnNnNnnNnOoOoOo??RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
static_assert(base_letters.size() == 0x180 - 0xC0);

struct Likeness {
  char32_t first, last;
  std::string_view text;
};
// In order, for a binary search. Marks that combine with the letter before them, and what has no
// width, leave nothing behind.
constexpr Likeness likenesses[] = {{U'\t', U'\t', " "},      // control
                                   {U'`', U'`', "'"},        // grave accent
                                   {0xA0, 0xA0, " "},        // no-break space
                                   {0xA9, 0xA9, "C"},        // copyright
                                   {0xAB, 0xAB, "\""},       // « guillemet
                                   {0xAD, 0xAD, ""},         // soft hyphen
                                   {0xAE, 0xAE, "R"},        // registered
                                   {0xB0, 0xB0, "o"},        // degree
                                   {0xB2, 0xB2, "2"},        // superscript 2
                                   {0xB3, 0xB3, "3"},        // superscript 3
                                   {0xB4, 0xB4, "'"},        // acute accent
                                   {0xB7, 0xB7, "."},        // middle dot
                                   {0xB9, 0xB9, "1"},        // superscript 1
                                   {0xBB, 0xBB, "\""},       // » guillemet
                                   {0x132, 0x132, "IJ"},     // Ĳ
                                   {0x133, 0x133, "ij"},     // ĳ
                                   {0x152, 0x152, "OE"},     // Œ
                                   {0x153, 0x153, "oe"},     // œ
                                   {0x2BC, 0x2BC, "'"},      // modifier apostrophe
                                   {0x300, 0x36F, ""},       // combining marks
                                   {0x2000, 0x200A, " "},    // typographic blanks
                                   {0x200B, 0x200F, ""},     // of no width
                                   {0x2010, 0x2015, "-"},    // hyphens and dashes
                                   {0x2018, 0x201B, "'"},    // single quotes
                                   {0x201C, 0x201F, "\""},   // double quotes
                                   {0x2022, 0x2022, "*"},    // bullet
                                   {0x2026, 0x2026, "..."},  // ellipsis
                                   {0x202F, 0x202F, " "},    // narrow no-break space
                                   {0x2032, 0x2032, "'"},    // prime
                                   {0x2033, 0x2033, "\""},   // double prime
                                   {0x2039, 0x2039, "<"},    // ‹
                                   {0x203A, 0x203A, ">"},    // ›
                                   {0x2212, 0x2212, "-"},    // minus
                                   {0xFEFF, 0xFEFF, ""}};    // byte order mark
static_assert(std::ranges::is_sorted(likenesses, std::ranges::less{}, &Likeness::first));

std::string_view likeness_of(char32_t c) {
  const auto found = std::ranges::upper_bound(likenesses, c, std::ranges::less{}, &Likeness::first);
  if (found != std::begin(likenesses) && c <= std::prev(found)->last) return std::prev(found)->text;
  if (c >= 0xC0 && c < 0xC0 + base_letters.size()) return base_letters.substr(c - 0xC0, 1);
  return "?";
}

}  // namespace

std::size_t encode_lossy_to(std::string_view utf8, std::span<std::uint8_t> out) {
  std::size_t count = 0;
  const auto put = [&](Code code) {
    if (code.escaped) out[count++] = escape;
    out[count++] = code.septet;
  };
  for (std::size_t at = 0; at < utf8.size();) {
    const auto character = next_character(utf8, at);
    if (!character) ++at;  // each octet that is no UTF-8 is one '?'
    const char32_t c = character.value_or(replacement_character);
    if (const auto code = code_of(c)) {
      put(*code);
    } else {
      for (const char each : likeness_of(c))
        put(code_of(static_cast<unsigned char>(each)).value_or(Code{}));
    }
  }
  return count;
}

}  // namespace pulih::gsm
