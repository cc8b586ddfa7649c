// See alphabet.hpp. The way back is made from the tables at compile time, so that the two cannot
// differ.
#include "protocols/gsm/alphabet.hpp"

namespace pulih::gsm {
namespace {

// A character as it is sent: the septet, with bit 7 set after an escape; 0xFF: not at all.
constexpr std::uint8_t none = 0xFF;
constexpr std::uint8_t sought(char32_t c) {
  for (std::uint8_t i = 0; i < 128; ++i)
    if (i != escape && default_table[i] == c) return i;
  for (std::uint8_t i = 0; i < 128; ++i)
    if (c != 0 && extension_table[i] == c) return i | 0x80;
  return none;
}
// Three ranges hold them all: Latin-1, the capitals of Greek, and the euro sign.
template <char32_t first, char32_t last>
constexpr auto sent_as_table = [] {
  std::array<std::uint8_t, last - first + 1> table{};
  for (char32_t c = first; c <= last; ++c) table[c - first] = sought(c);
  return table;
}();
constexpr auto latin1 = sent_as_table<0, 0xFF>;
constexpr char32_t gamma = U'Γ', omega = U'Ω', euro = U'€';
constexpr auto greek = sent_as_table<gamma, omega>;
constexpr std::uint8_t euro_sign = sought(euro);
static_assert([] {
  for (const char32_t c : default_table)
    if (c > 0xFF && (c < gamma || c > omega)) return false;
  return true;
}());

std::uint8_t sent_as(char32_t c) {
  if (c < latin1.size()) return latin1[c];
  if (c >= gamma && c <= omega) return greek[c - gamma];
  return c == euro ? euro_sign : none;
}

// Calls each(code) for every character; the first that cannot be carried ends it.
template <class Each>
tl::expected<void, Unencodable> walk(std::string_view utf8, Each&& each) {
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begins = at;
    const auto first = static_cast<unsigned char>(utf8[at]);
    std::uint8_t code = latin1[first];
    if (first < 0x80) {
      ++at;
    } else {
      const auto character = next_character(utf8, at);
      if (!character) return tl::unexpected(Unencodable{"", begins});
      code = sent_as(*character);
    }
    if (code == none)
      return tl::unexpected(Unencodable{std::string(utf8.substr(begins, at - begins)), begins});
    each(code);
  }
  return {};
}

}  // namespace

std::string Unencodable::text() const {
  const auto where = " at octet " + std::to_string(offset);
  if (character.empty()) return "not valid UTF-8" + where;
  return "'" + character + "'" + where + " is not in the GSM 7 bit alphabet";
}

std::optional<Code> code_of(char32_t character) {
  const std::uint8_t code = sent_as(character);
  if (code == none) return std::nullopt;
  return Code{static_cast<std::uint8_t>(code & 0x7F), code >= 0x80};
}

tl::expected<std::size_t, Unencodable> septets(std::string_view utf8) {
  std::size_t count = 0;
  const auto walked = walk(utf8, [&](std::uint8_t code) { count += code < 0x80 ? 1 : 2; });
  if (!walked) return tl::unexpected(walked.error());
  return count;
}

tl::expected<std::size_t, Unencodable> encode_to(std::string_view utf8,
                                                 std::span<std::uint8_t> out) {
  std::size_t count = 0;
  const auto walked = walk(utf8, [&](std::uint8_t code) {
    if (code >= 0x80) out[count++] = escape;
    out[count++] = code & 0x7F;
  });
  if (!walked) return tl::unexpected(walked.error());
  return count;
}

}  // namespace pulih::gsm
