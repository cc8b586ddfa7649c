// The tables of other languages: known texts, what every table must be, and whatever a header may
// ask for.
#include "protocols/gsm/national.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

std::string read(std::uint8_t locking, std::uint8_t single, const Wire& wire) {
  Encoding how;
  how.shift = {locking, single};
  return text_of(wire, how);
}

// Where the script of each language begins in Unicode; all blocks have 128 places.
constexpr std::pair<std::uint8_t, char32_t> blocks[] = {{4, 0x0980},  {5, 0x0A80},  {6, 0x0900},
                                                        {7, 0x0C80},  {8, 0x0D00},  {9, 0x0B00},
                                                        {10, 0x0A00}, {11, 0x0B80}, {12, 0x0C00}};
constexpr std::uint8_t urdu = 13;

}  // namespace

TEST_CASE("texts in other languages are read by their locking table", "[national]") {
  CHECK(read(1, 0, {0x0B, 'a', 0x1D, 0x07, 0x60, 0x40, 0x04}) == "Ğaşıçİ€");
  CHECK(read(3, 0, {'n', 0x7B, 'o', 0x04, 0x09, 0x60}) == "nãoêç~");
  CHECK(read(4, 0, {0x40, 0x50, 0x01, 0x46, 0x50}) == "বাংলা");
  CHECK(read(6, 0, {0x2F, 0x42, 0x4C, 0x5F, 0x27, 0x59}) == "नमस्ते");
  CHECK(read(13, 0, {0x00, 0x25, 0x1A, 0x53}) == "اردو");
}

TEST_CASE("an escape leads to the language's own table, and from there to the locking one",
          "[national]") {
  CHECK(read(0, 1, {escape, 'S', escape, 'i', escape, 'c', escape, 0x65}) == "Şıç€");
  CHECK(read(0, 2, {escape, 'a', escape, 'U', escape, 0x09, 'n'}) == "áÚçn");
  CHECK(read(0, 3, {escape, 'a', escape, 'I', escape, 0x7F}) == "ÂÍâ");
  CHECK(read(0, 6, {escape, 'A', escape, 0x65}) == "A€");
  CHECK(read(13, 13, {escape, 0x1D, escape, 0x1E, 0x00}) == "۱۲ا");
  CHECK(read(1, 1, {escape, 0x0B}) == "Ğ");
  CHECK(read(6, 6, {escape, 0x7B, escape, escape, escape}) == "ॲ  ");
}

TEST_CASE("the tables of two languages may stand in one message", "[national]") {
  CHECK(read(6, 1, {0x2F, escape, 'S'}) == "नŞ");
}

TEST_CASE("Spanish has no locking table, and an unknown language is the default", "[national]") {
  CHECK(&locking_table(14) == &locking_table(0));
  CHECK(locking_table(2) == default_table);
  for (int language = 14; language < 256; ++language) {
    CHECK(locking_table(static_cast<std::uint8_t>(language)) == default_table);
    CHECK(single_table(static_cast<std::uint8_t>(language)) == extension_table);
  }
}

TEST_CASE("a script's tables hold its own characters, none twice, beside the common ones",
          "[national]") {
  for (const auto& [language, block] : blocks) {
    INFO("language " << int{language});
    for (const auto* table : {&locking_table(language), &single_table(language)}) {
      std::set<char32_t> seen;
      for (const char32_t c : *table) {
        const bool common = c < 0x100 || c == U'€' || c == 0x0964 || c == 0x0965;
        CHECK((common || (c >= block && c < block + 0x80)));
        if (c >= 0x100) CHECK(seen.insert(c).second);
      }
      CHECK(seen.size() >= 10);
    }
  }
  std::set<char32_t> seen;
  for (const char32_t c : locking_table(urdu))
    if (c >= 0x100) CHECK((c >= 0x0600 && c < 0x0700 && seen.insert(c).second));
}

TEST_CASE("any octets in any language are valid text without NUL", "[national]") {
  CHECK(rc::check("any octets", [] {
    const auto wire = *rc::gen::arbitrary<Wire>();
    const auto text =
        read(*rc::gen::arbitrary<std::uint8_t>(), *rc::gen::arbitrary<std::uint8_t>(), wire);
    for (std::size_t at = 0; at < text.size();) {
      const auto character = next_character(text, at);
      RC_ASSERT(character.has_value() && *character != 0);
    }
  }));
}

}  // namespace pulih::gsm
