// Long texts cut into parts: how much fits, where no cut may be, and that the parts are the text.
#include "protocols/gsm/segments.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

using enum ReferenceKind;

std::vector<std::size_t> lengths(const Wire& encoded, Coding coding, ReferenceKind kind) {
  const auto cut = segments(encoded, coding, kind, 1);
  REQUIRE(cut);
  std::vector<std::size_t> found;
  for (const auto& segment : *cut) found.push_back(segment.text.size());
  return found;
}

using Lengths = std::vector<std::size_t>;

}  // namespace

TEST_CASE("160 septets are one message, 161 are two", "[segments]") {
  CHECK(lengths(Wire(160, 'a'), Coding::gsm7, header8) == Lengths{160});
  CHECK(lengths(Wire(161, 'a'), Coding::gsm7, header8) == Lengths{153, 8});
  CHECK(lengths(Wire(161, 'a'), Coding::gsm7, header16) == Lengths{152, 9});
  CHECK(lengths(Wire(161, 'a'), Coding::gsm7, sar) == Lengths{152, 9});
  CHECK(lengths(Wire(459, 'a'), Coding::gsm7, header8) == Lengths{153, 153, 153});
}

TEST_CASE("70 characters of UCS-2 are one message, 71 are two", "[segments]") {
  CHECK(lengths(Wire(140, 0), Coding::ucs2, header8) == Lengths{140});
  CHECK(lengths(Wire(142, 0), Coding::ucs2, header8) == Lengths{134, 8});
  CHECK(lengths(Wire(142, 0), Coding::ucs2, header16) == Lengths{132, 10});
}

TEST_CASE("nothing to say is one empty message", "[segments]") {
  CHECK(lengths({}, Coding::gsm7, header8) == Lengths{0});
}

TEST_CASE("an escape is never parted from its character", "[segments]") {
  Wire text(200, 'a');
  text[152] = escape;
  text[153] = 0x65;
  CHECK(lengths(text, Coding::gsm7, header8) == Lengths{152, 48});
  CHECK(lengths(text, Coding::gsm7, header16) == Lengths{152, 48});
  CHECK(lengths(septets_of(std::string(90, '[')), Coding::gsm7, header8) == Lengths{152, 28});
}

TEST_CASE("a surrogate is never parted from its pair", "[segments]") {
  Wire text;
  REQUIRE(encode_ucs2(std::string(66, 'a') + "\U0001F511 tidak muat", text));
  CHECK(lengths(text, Coding::ucs2, header8) == Lengths{132, text.size() - 132});
}

TEST_CASE("each part tells its number, the total and the reference", "[segments]") {
  const Wire text(400, 'a');
  const auto cut = segments(text, Coding::gsm7, header16, 0xBEEF);
  REQUIRE(cut);
  REQUIRE(cut->size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK((*cut)[i].part == Part{header16, 0xBEEF, 3, static_cast<std::uint8_t>(i + 1)});
  CHECK(segments(text, Coding::gsm7, header8, 0xBEEF)->front().part.reference == 0xEF);
}

TEST_CASE("a header goes out before a part, and before nothing else", "[segments]") {
  const Wire text = septets_of(std::string(161, 'a'));
  const auto first_of = [&](ReferenceKind kind) {
    return segments(text, Coding::gsm7, kind, 7)->front();
  };
  Wire out{0xFF};
  CHECK(append_user_data(first_of(header8), out));
  CHECK(hexadecimal(Octets(out).first(8)) == "FF05000307020161");
  out.clear();
  CHECK(append_user_data(first_of(header16), out));
  CHECK(hexadecimal(Octets(out).first(8)) == "0608040007020161");
  out.clear();
  CHECK_FALSE(append_user_data(first_of(sar), out));
  CHECK(out.size() == 152);
  out.clear();
  const Wire text_alone = septets_of("halo");
  const auto alone = segments(text_alone, Coding::gsm7, header8, 7);
  CHECK_FALSE(append_user_data(alone->front(), out));
  CHECK(out == text_alone);
}

TEST_CASE("more than 255 parts cannot be, nor parts of what is neither 7 bit nor UCS-2",
          "[segments]") {
  CHECK(segments(Wire(std::size_t{153} * 255, 'a'), Coding::gsm7, header8, 1)->size() == 255);
  CHECK(segments(Wire(std::size_t{153} * 255 + 1, 'a'), Coding::gsm7, header8, 1).error() ==
        CannotCut::too_long);
  CHECK(segments(Wire(10, 'a'), Coding::latin1, header8, 1).error() == CannotCut::not_cuttable);
}

TEST_CASE("the parts of any text are the text, and each is a text by itself", "[segments]") {
  CHECK(rc::check("segments", [] {
    const auto text = *rc::gen::arbitrary<bool>() ? drawn_gsm_text(900) : drawn_unicode(400);
    const auto kind = *rc::gen::element(header8, header16, sar);
    Wire encoded;
    const auto coding = encode_text(text, encoded);
    const auto cut = segments(encoded, coding.value(), kind, 1);
    RC_ASSERT(cut.has_value());
    std::string joined;
    for (const auto& segment : *cut) {
      RC_ASSERT(segment.part.total == cut->size());
      RC_ASSERT(segment.text.size() <=
                (cut->size() == 1 ? octets_alone(*coding) : octets_of_a_part(*coding, kind)));
      joined += text_of(segment.text, *coding);
    }
    RC_ASSERT(joined == text);
  }));
}

}  // namespace pulih::gsm
