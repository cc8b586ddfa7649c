// What data_coding makes of the same octets: SMPP's own values, the groups of 23.038 and what is no
// text; UCS-2 with and without its surrogates in order.
#include "protocols/gsm/coding.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

constexpr auto gsm7 = Coding::gsm7;

std::string read(std::uint8_t data_coding, const Wire& wire, Coding by_default = gsm7) {
  std::string text;
  const auto good = decode_text(data_coding, wire, by_default, [&](char c) { text += c; });
  return good ? text : good.error().text();
}

}  // namespace

TEST_CASE("data_coding 0 is what the operator says it is", "[coding]") {
  CHECK(read(0, {0x00, 'a', 0x7B}) == "@aä");
  CHECK(read(0, {'@', 'a', 0xE4}, Coding::latin1) == "@aä");
  CHECK(read(0, {'@', 'a', 0xE4}, Coding::ascii) == "@a\uFFFD");
}

TEST_CASE("1 is ASCII, 3 is Latin-1 and 8 is UCS-2, whatever the default", "[coding]") {
  for (const auto by_default : {gsm7, Coding::latin1, Coding::ascii}) {
    CHECK(read(1, {'$', '@', 0x80}, by_default) == "$@\uFFFD");
    CHECK(read(3, {'$', 0xA3, 0xFF}, by_default) == "$£ÿ");
    CHECK(read(8, {0x20, 0xAC, 0x00, '5'}, by_default) == "€5");
  }
}

TEST_CASE("octets and alphabets unknown here are refused by their number", "[coding]") {
  for (const int data_coding : {2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14})
    CHECK(read(static_cast<std::uint8_t>(data_coding), {'a'}) ==
          "data_coding " + std::to_string(data_coding) + " is no text that can be read");
}

TEST_CASE("a message class does not change the alphabet", "[coding]") {
  for (std::uint8_t message_class = 0; message_class < 4; ++message_class) {
    const auto with = [&](unsigned group) {
      return coding_of(static_cast<std::uint8_t>(group | message_class), Coding::latin1);
    };
    CHECK(with(0x10) == Coding::gsm7);
    CHECK(with(0x14) == Coding::not_text);
    CHECK(with(0x18) == Coding::ucs2);
    CHECK(with(0x50) == Coding::gsm7);  // to be deleted after reading
    CHECK(with(0xF0) == Coding::gsm7);
    CHECK(with(0xF4) == Coding::not_text);
  }
}

TEST_CASE("compressed text is refused, message waiting and reserved codings are read", "[coding]") {
  CHECK(coding_of(0x20, gsm7) == Coding::not_text);
  CHECK(coding_of(0x78, gsm7) == Coding::not_text);
  CHECK(coding_of(0xC8, gsm7) == Coding::gsm7);
  CHECK(coding_of(0xD8, gsm7) == Coding::gsm7);
  CHECK(coding_of(0xE8, gsm7) == Coding::ucs2);
  CHECK(coding_of(0x1C, gsm7) == Coding::gsm7);
  CHECK(coding_of(0x90, gsm7) == Coding::gsm7);
}

TEST_CASE("a USSD centre's codings are read", "[coding]") {
  CHECK(coding_of(0x0F, gsm7) == Coding::gsm7);
  CHECK(coding_of(0x44, gsm7) == Coding::not_text);
  CHECK(coding_of(0x48, gsm7) == Coding::ucs2);
}

TEST_CASE("UCS-2 carries what lies beyond the basic plane as a pair", "[ucs2]") {
  Wire wire;
  REQUIRE(encode_ucs2("A\U0001F511", wire));
  CHECK(hexadecimal(wire) == "0041D83DDD11");
  CHECK(text_of(wire, Coding::ucs2) == "A\U0001F511");
}

TEST_CASE("a lone surrogate or half a unit is a replacement character", "[ucs2]") {
  CHECK(text_of(Wire{0xD8, 0x3D}, Coding::ucs2) == "\uFFFD");
  CHECK(text_of(Wire{0xD8, 0x3D, 0x00, 'A'}, Coding::ucs2) == "\uFFFDA");
  CHECK(text_of(Wire{0xDD, 0x11, 0xD8, 0x3D}, Coding::ucs2) == "\uFFFD\uFFFD");
  CHECK(text_of(Wire{0xD8, 0x3D, 0xDD}, Coding::ucs2) == "\uFFFD\uFFFD");
  CHECK(text_of(Wire{0x00, 'A', 0x00}, Coding::ucs2) == "A\uFFFD");
  CHECK(text_of(Wire{}, Coding::ucs2).empty());
}

TEST_CASE("all Unicode goes out in UCS-2 and comes back", "[ucs2]") {
  CHECK(rc::check("encode, decode", [] {
    const auto text = drawn_unicode(100);
    Wire wire{1};
    RC_ASSERT(encode_ucs2(text, wire).has_value());
    RC_ASSERT(text_of(Octets(wire).subspan(1), Coding::ucs2) == text);
  }));
}

TEST_CASE("UCS-2 cannot be made of what is not UTF-8", "[ucs2]") {
  Wire wire{1};
  const auto encoded = encode_ucs2("a\xED\xA0\x80", wire);
  REQUIRE_FALSE(encoded);
  CHECK(encoded.error().offset == 1);
  CHECK(wire == Wire{1});
}

TEST_CASE("UCS-2 with its octets turned round is read, too", "[ucs2]") {
  CHECK(text_of(Wire{'A', 0, 0x3D, 0xD8, 0x11, 0xDD}, Coding::ucs2_le) == "A\U0001F511");
  CHECK(text_of(Wire{'A', 0, 'B'}, Coding::ucs2_le) == "A\uFFFD");
}

TEST_CASE("UTF-8 is handed on, and what is none of it is replaced octet by octet", "[coding]") {
  CHECK(text_of(Wire{'A', 0xC3, 0xA4, 0xE2, 0x82, 0xAC}, Coding::utf8) == "Aä€");
  CHECK(text_of(Wire{0xFF, 'A', 0xE2, 0x82}, Coding::utf8) == "\uFFFDA\uFFFD\uFFFD");
}

TEST_CASE("a text goes out in 7 bits if it can, else in UCS-2", "[coding]") {
  Wire wire;
  CHECK(encode_text("Kode 48213", wire) == Coding::gsm7);
  CHECK(wire.size() == 10);
  wire.clear();
  CHECK(encode_text("Kode “48213”", wire) == Coding::ucs2);
  CHECK(wire.size() == 24);
  CHECK_FALSE(encode_text("\xFF", wire));
  CHECK(wire.size() == 24);
}

}  // namespace pulih::gsm
