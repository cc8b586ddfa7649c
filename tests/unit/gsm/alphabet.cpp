// The GSM 7 bit alphabet, character by character against 3GPP TS 23.038, and what becomes of octets
// and texts that are not as they should be.
#include "protocols/gsm/alphabet.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {

TEST_CASE("the default table begins and ends as 23.038 prints it", "[alphabet]") {
  CHECK(septets_of("@£$¥èéùì") == Wire{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(septets_of("òÇ\nØø\rÅå") == Wire{8, 9, 10, 11, 12, 13, 14, 15});
  CHECK(septets_of("Δ_ΦΓΛΩΠΨΣΘΞ") == Wire{16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26});
  CHECK(septets_of("ÆæßÉ ") == Wire{28, 29, 30, 31, 32});
  CHECK(septets_of("¤%¡A") == Wire{0x24, 0x25, 0x40, 0x41});
  CHECK(septets_of("ZÄÖÑÜ§¿a") == Wire{0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61});
  CHECK(septets_of("zäöñüà") == Wire{0x7A, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F});
}

TEST_CASE("letters, digits and most signs of ASCII are themselves", "[alphabet]") {
  for (unsigned char c = 0x20; c < 0x7F; ++c) {
    if (std::string_view("$@[\\]^_`{|}~").find(static_cast<char>(c)) != std::string_view::npos)
      continue;
    CHECK(septets_of(std::string(1, static_cast<char>(c))) == Wire{c});
  }
}

TEST_CASE("the ten characters of the extension table follow an escape", "[alphabet]") {
  const std::vector<std::pair<std::string, std::uint8_t>> table = {
      {"\f", 0x0A}, {"^", 0x14}, {"{", 0x28}, {"}", 0x29}, {"\\", 0x2F},
      {"[", 0x3C},  {"~", 0x3D}, {"]", 0x3E}, {"|", 0x40}, {"€", 0x65}};
  for (const auto& [character, septet] : table) {
    const Wire wire{0x1B, septet};
    CHECK(septets_of(character) == wire);
    CHECK(text_of(wire) == character);
    CHECK(septets(character) == 2u);
  }
}

TEST_CASE("all 137 characters are different and come back as they went", "[alphabet]") {
  const auto all = whole_alphabet();
  CHECK(all.size() == 137);
  CHECK(std::set<char32_t>(all.begin(), all.end()).size() == all.size());
  for (const char32_t c : all) {
    const auto text = utf8_of(c);
    CHECK(text_of(septets_of(text)) == text);
    CHECK(septets(text) == septets_of(text).size());
  }
}

TEST_CASE("no other code point of Unicode is carried", "[alphabet]") {
  const auto all = whole_alphabet();
  const std::set<char32_t> known(all.begin(), all.end());
  std::size_t carried = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c)
    if (const auto code = code_of(c)) {
      ++carried;
      CHECK(known.contains(c));
      CHECK((code->escaped ? extension_character(code->septet) : default_character(code->septet)) ==
            c);
    }
  CHECK(carried == known.size());
}

TEST_CASE("whatever text of the alphabet is drawn comes back", "[alphabet]") {
  CHECK(rc::check("encode, decode", [] {
    const auto text = drawn_gsm_text(200);
    const auto wire = septets_of(text);
    RC_ASSERT(text_of(wire) == text);
    RC_ASSERT(septets(text) == wire.size());
    RC_ASSERT(fits_gsm7(text));
  }));
}

TEST_CASE("an unknown extension is the character of the default table", "[alphabet]") {
  CHECK(text_of(Wire{'x', 0x1B, 'A', 'y'}) == "xAy");
  CHECK(text_of(Wire{0x1B, 0x0D}) == "\r");
}

TEST_CASE("an escape at the end, or after an escape, is a space", "[alphabet]") {
  CHECK(text_of(Wire{'x', 0x1B}) == "x ");
  CHECK(text_of(Wire{0x1B, 0x1B, 0x65}) == " e");
  CHECK(text_of(Wire{0x1B, 0x1B, 0x1B, 0x65}) == " €");
}

TEST_CASE("the eighth bit of an octet says nothing", "[alphabet]") {
  CHECK(text_of(Wire{0x80, 0xC1, 0x9B, 0xE5}) == "@A€");
}

TEST_CASE("what cannot be carried is named with its place", "[alphabet]") {
  Wire wire{7};
  const auto encoded = encode("kata sandi “baru”", wire);
  REQUIRE_FALSE(encoded);
  CHECK(encoded.error().character == "“");
  CHECK(encoded.error().offset == 11);
  CHECK(encoded.error().text() == "'“' at octet 11 is not in the GSM 7 bit alphabet");
  CHECK(wire == Wire{7});
  CHECK_FALSE(fits_gsm7("`"));
  CHECK_FALSE(fits_gsm7("\t"));
  CHECK_FALSE(fits_gsm7(std::string_view("\0", 1)));
  CHECK_FALSE(fits_gsm7("ç"));  // the table has the capital only
}

TEST_CASE("what is not UTF-8 is told as such, at its octet", "[alphabet]") {
  for (const std::string_view broken :
       {"ab\x80", "ab\xC3", "ab\xC0\x80", "ab\xE0\x80\x80", "ab\xED\xA0\x80", "ab\xF4\x90\x80\x80",
        "ab\xF5\x80\x80\x80", "ab\xE2\x82", "ab\xE2\x82\x63", "ab\xFF"}) {
    const auto counted = septets(broken);
    REQUIRE_FALSE(counted);
    CHECK(counted.error().character.empty());
    CHECK(counted.error().offset == 2);
    CHECK(counted.error().text() == "not valid UTF-8 at octet 2");
  }
}

TEST_CASE("any octets decode to valid UTF-8", "[alphabet]") {
  CHECK(rc::check("decode", [] {
    const auto wire = *rc::gen::arbitrary<Wire>();
    const auto text = text_of(wire);
    for (std::size_t at = 0; at < text.size();) RC_ASSERT(next_character(text, at).has_value());
  }));
}

}  // namespace pulih::gsm
