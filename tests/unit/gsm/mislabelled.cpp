// UCS-2 under a label that says one octet a character: found where it is plain, and never in what a
// person writes in GSM 7 bit.
#include <catch2/catch.hpp>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

Wire ucs2(std::string_view text) {
  Wire wire;
  if (!encode_ucs2(text, wire)) throw std::invalid_argument("no UTF-8");
  return wire;
}

std::string read(Octets octets, Coding labelled = Coding::gsm7) {
  Encoding how(labelled);
  how.unsaid = true;
  return text_of(octets, how);
}

// What the rule gives up: '@' first, and at more than half of every second place after it.
bool every_second_is_at(Octets septets) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < septets.size(); i += 2) at += septets[i] == 0;
  return septets.size() % 2 == 0 && at >= 2 && septets[0] == 0 && 2 * at > septets.size() / 2;
}

}  // namespace

TEST_CASE("UCS-2 that says nothing of it is read as what it is", "[mislabelled]") {
  for (const char* text : {"RESET", "12", "budi12@guru.sd", "Café “OK”…", "RESET \U0001F64F",
                           "baris satu\nbaris dua"}) {
    INFO(text);
    for (const auto labelled : {Coding::gsm7, Coding::latin1, Coding::ascii})
      CHECK(read(ucs2(text), labelled) == text);
  }
}

TEST_CASE("where the coding was said, it is believed", "[mislabelled]") {
  CHECK(text_of(ucs2("RE")) == "@R@E");
}

TEST_CASE("what could as well be 7 bit stays that", "[mislabelled]") {
  for (const char* text :
       {"@1", "@", "@@", "@R@", "@budi12", "budi12@guru.sd", "@guru.sd@", "1@2@3@4", "@@@@", ""})
    CHECK(read(septets_of(text)) == text);
  CHECK_FALSE(looks_like_ucs2(Wire{0xD8, 0x3D, 0xDE, 0x4F}));
  CHECK_FALSE(looks_like_ucs2(Wire{0, 'A', 0xD8, 0x3D}));
  CHECK_FALSE(looks_like_ucs2(Wire{0, 'A', 0, 'B', 0}));
}

TEST_CASE("no text in 7 bit is taken for UCS-2 unless every second character is '@'",
          "[mislabelled]") {
  CHECK(rc::check("any text", [] {
    const auto text = drawn_gsm_text(12);
    const auto wire = septets_of(text);
    RC_PRE(!every_second_is_at(wire));
    RC_ASSERT(read(wire) == text);
  }));
  // '@' as often as can be, so that the border is met from both sides.
  CHECK(rc::check("of few characters", [] {
    const auto wire = *rc::gen::container<Wire>(
        rc::gen::element<std::uint8_t>(0, 0, 0, 'a', '1', ' ', 0x20, 0x19, 0x0A));
    RC_ASSERT(!looks_like_ucs2(wire) || every_second_is_at(wire));
  }));
}

TEST_CASE("any Latin text of two characters or more is found", "[mislabelled]") {
  CHECK(rc::check("printable ASCII", [] {
    auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7F));
    text += "ab";
    RC_ASSERT(read(ucs2(text)) == text);
  }));
}

}  // namespace pulih::gsm
