// See alphabet.hpp. The tables are those of 3GPP TS 23.038, 6.2.1 and 6.2.1.1; the reverse
// direction is made from them at compile time, so that the two cannot differ.
#include "protocols/gsm/alphabet.hpp"

#include <array>

namespace pulih::gsm {
namespace {

constexpr std::u32string_view default_table =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static_assert(default_table.size() == 128 && default_table[escape] == 0x1B);

struct Extension {
  std::uint8_t septet;
  char32_t character;
};
constexpr std::array<Extension, 10> extension_table = {{{0x0A, U'\f'},
                                                        {0x14, U'^'},
                                                        {0x28, U'{'},
                                                        {0x29, U'}'},
                                                        {0x2F, U'\\'},
                                                        {0x3C, U'['},
                                                        {0x3D, U'~'},
                                                        {0x3E, U']'},
                                                        {0x40, U'|'},
                                                        {0x65, U'€'}}};

// A character as it is sent: the septet, with bit 7 set after an escape; 0xFF: not at all.
constexpr std::uint8_t none = 0xFF;
constexpr std::uint8_t sought(char32_t c) {
  for (std::uint8_t i = 0; i < 128; ++i)
    if (i != escape && default_table[i] == c) return i;
  for (const auto& each : extension_table)
    if (each.character == c) return each.septet | 0x80;
  return none;
}
// Latin-1 by table; the rest, Greek capitals and the euro sign, is rare enough to be searched for.
constexpr auto latin1 = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) table[c] = sought(static_cast<char32_t>(c));
  return table;
}();
std::uint8_t sent_as(char32_t c) { return c < latin1.size() ? latin1[c] : sought(c); }

constexpr auto extensions = [] {
  std::array<char32_t, 128> table{};
  for (const auto& each : extension_table) table[each.septet] = each.character;
  return table;
}();

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

char32_t default_character(std::uint8_t septet) { return default_table[septet & 0x7F]; }

char32_t extension_character(std::uint8_t septet) { return extensions[septet & 0x7F]; }

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
