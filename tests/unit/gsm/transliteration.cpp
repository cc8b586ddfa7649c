// Texts that the alphabet cannot carry go out in its likeness; what is neither in it nor like
// anything in it is a question mark, and nothing makes it fail.
#include "protocols/gsm/transliteration.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

std::string like(std::string_view utf8) {
  Wire wire;
  to_gsm7_lossy(utf8, wire);
  return text_of(wire);
}

}  // namespace

TEST_CASE("typographic signs become plain", "[transliteration]") {
  CHECK(like("“Kata sandi” ‘baru’…") == "\"Kata sandi\" 'baru'...");
  CHECK(like("1–2 — 3\u00A0km") == "1-2 - 3 km");
  CHECK(like("«a» ‹b› • 2² `") == "\"a\" <b> * 22 '");
}

TEST_CASE("an accent that the alphabet lacks is left out, one that it has stays",
          "[transliteration]") {
  CHECK(like("êçÁõšžŁőÿ") == "ecAoszLoy");
  CHECK(like("éèùìòàäöñüÅå") == "éèùìòàäöñüÅå");
  CHECK(like("e\u0301") == "e");  // the accent as a character of its own
  CHECK(like("œuvre Œ Ĳ") == "oeuvre OE IJ");
}

TEST_CASE("what has no width leaves nothing", "[transliteration]") {
  CHECK(like("\uFEFFa\u200Bb\u00ADc") == "abc");
}

TEST_CASE("what is like nothing is a question mark, one for each character", "[transliteration]") {
  CHECK(like("a漢字\U0001F511z") == "a???z");
  CHECK(like("a\xFF\xC3z") == "a??z");
}

TEST_CASE("what the alphabet has is sent as it is", "[transliteration]") {
  CHECK(rc::check("lossy is lossless", [] {
    const auto text = drawn_gsm_text(200);
    Wire lossy;
    to_gsm7_lossy(text, lossy);
    RC_ASSERT(lossy == septets_of(text));
  }));
}

TEST_CASE("every code point has a likeness without an @ of its own", "[transliteration]") {
  for (char32_t c = 1; c <= 0xFFFF; ++c) {
    const auto text = like(utf8_of(c));
    if (c != U'@' && text.find('@') != std::string::npos) FAIL("U+" << static_cast<unsigned>(c));
  }
}

TEST_CASE("any octets have a likeness", "[transliteration]") {
  CHECK(rc::check("any octets", [] {
    const auto octets = *rc::gen::arbitrary<std::string>();
    Wire wire{9};
    to_gsm7_lossy(octets, wire);
    RC_ASSERT(wire[0] == 9 && wire.size() <= 1 + 2 * octets.size());
    RC_ASSERT(fits_gsm7(text_of(wire)));
  }));
}

}  // namespace pulih::gsm
