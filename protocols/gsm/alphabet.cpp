// See alphabet.hpp. The tables are those of 3GPP TS 23.038, 6.2.1 and 6.2.1.1; the reverse direction is
// made from them at compile time, so that the two cannot differ.
#include "protocols/gsm/alphabet.hpp"

#include <array>

namespace pulih::gsm {
namespace {

constexpr std::u32string_view default_table =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static_assert(default_table.size() == 128);

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
constexpr std::uint8_t escape = 0x1B;

// A code point as it is sent: 0–127 of the default table, with bit 7 set after an escape, 0xFF: not
// at all. ASCII by table, the few others by search.
constexpr std::uint8_t none = 0xFF;
constexpr std::uint8_t sought(char32_t c) {
  for (std::uint8_t i = 0; i < 128; ++i)
    if (i != escape && default_table[i] == c) return i;
  for (const auto& each : extension_table)
    if (each.character == c) return each.septet | 0x80;
  return none;
}
constexpr auto ascii = [] {
  std::array<std::uint8_t, 128> table{};
  for (std::uint8_t c = 0; c < 128; ++c) table[c] = sought(c);
  return table;
}();
std::uint8_t code_of(char32_t c) { return c < 128 ? ascii[c] : sought(c); }

// Calls each(code) for every character; the first that cannot be carried ends it.
template <class Each>
tl::expected<void, Unencodable> walk(std::string_view utf8, Each&& each) {
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begins = at;
    const auto character = next_character(utf8, at);
    if (!character) return tl::unexpected(Unencodable{"", begins});
    const auto code = code_of(*character);
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

char32_t default_character(std::uint8_t septet) { return default_table[septet & 0x7F]; }

char32_t extension_character(std::uint8_t septet) {
  for (const auto& each : extension_table)
    if (each.septet == septet) return each.character;
  return 0;
}

tl::expected<std::size_t, Unencodable> septets(std::string_view utf8) {
  std::size_t count = 0;
  const auto walked = walk(utf8, [&](std::uint8_t code) { count += code < 0x80 ? 1 : 2; });
  if (!walked) return tl::unexpected(walked.error());
  return count;
}

tl::expected<void, Unencodable> encode(std::string_view utf8, std::vector<std::uint8_t>& out) {
  const auto before = out.size();
  auto walked = walk(utf8, [&](std::uint8_t code) {
    if (code >= 0x80) out.push_back(escape);
    out.push_back(code & 0x7F);
  });
  if (!walked) out.resize(before);
  return walked;
}

std::optional<char32_t> next_character(std::string_view utf8, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const unsigned char first = octet(at);
  if (first < 0x80) return ++at, first;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || utf8.size() - at < length) return std::nullopt;
  char32_t character = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(at + i) & 0xC0) != 0x80) return std::nullopt;
    character = character << 6 | (octet(at + i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  if (overlong || character > 0x10FFFF || (character >= 0xD800 && character < 0xE000))
    return std::nullopt;
  at += length;
  return character;
}

}  // namespace pulih::gsm
