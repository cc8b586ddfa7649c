// Packed septets against strings worked out by hand from 3GPP TS 23.038, 6.1.2, with the fill bits
// of a user data header and USSD's rule for the last octet.
#include "protocols/gsm/packing.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

std::string packed(std::string_view text, unsigned fill = 0) {
  Wire out;
  pack(septets_of(text), out, fill);
  return hexadecimal(out);
}

Wire packed_for_ussd(std::string_view text) {
  Wire out;
  pack_ussd(septets_of(text), out);
  return out;
}

std::string from_ussd(const Wire& packed) {
  Wire septets;
  unpack_ussd(packed, [&](std::uint8_t septet) { septets.push_back(septet); });
  return text_of(septets);
}

}  // namespace

TEST_CASE("septets share octets, the low bits first", "[packing]") {
  CHECK(packed("").empty());
  CHECK(packed("1") == "31");
  CHECK(packed("hello") == "E8329BFD06");
  CHECK(packed("hellohello") == "E8329BFD4697D9EC37");
  CHECK(packed("1234567") == "31D98C56B3DD00");
  CHECK(packed("12345678") == "31D98C56B3DD70");
  CHECK(packed("*100#") == "AA180C3602");
}

TEST_CASE("text begins on a septet boundary behind a header", "[packing]") {
  CHECK(fill_bits(0) == 0);
  CHECK(fill_bits(6) == 1);
  CHECK(fill_bits(7) == 0);
  for (std::size_t octets = 0; octets < 64; ++octets)
    CHECK((octets * 8 + fill_bits(octets)) % 7 == 0);
  CHECK(packed("a", 1) == "C2");
  CHECK(packed("hello", 1) == "D06536FB0D");
}

TEST_CASE("160 septets are 140 octets, and 153 beside a header of six are 134", "[packing]") {
  CHECK(packed_octets(160) == 140);
  CHECK(packed_octets(153, fill_bits(6)) == 134);
  CHECK(packed_octets(152, fill_bits(7)) == 133);
  CHECK(packed_octets(0) == 0);
}

TEST_CASE("whatever is packed comes back, after any fill bits", "[packing]") {
  CHECK(rc::check("pack, unpack", [] {
    const auto septets = septets_of(drawn_gsm_text(160));
    const auto fill = *rc::gen::inRange(0u, 7u);
    Wire wire, back;
    pack(septets, wire, fill);
    RC_ASSERT(septets.empty() || wire.size() == packed_octets(septets.size(), fill));
    const auto put = [&](std::uint8_t septet) { back.push_back(septet); };
    RC_ASSERT(unpack(wire, septets.size(), put, fill) == septets.size());
    RC_ASSERT(back == septets);
  }));
}

TEST_CASE("no more septets are read than the octets hold", "[packing]") {
  std::size_t seen = 0;
  const auto put = [&](std::uint8_t) { ++seen; };
  CHECK(unpack(Wire{}, 160, put) == 0);
  CHECK(unpack(Wire{0x31}, 160, put) == 1);
  CHECK(unpack(Wire{0x31}, 160, put, 6) == 0);
  CHECK(unpack(Wire{0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x70}, 160, put) == 8);
  CHECK(seen == 9);
}

TEST_CASE("seven free bits at the end of a USSD string are a CR, not an @", "[packing]") {
  CHECK(hexadecimal(packed_for_ussd("1234567")) == "31D98C56B3DD1A");
  CHECK(from_ussd(packed_for_ussd("1234567")) == "1234567");
  CHECK(hexadecimal(packed_for_ussd("12345678")) == "31D98C56B3DD70");
  CHECK(from_ussd(packed_for_ussd("12345678")) == "12345678");
}

TEST_CASE("a CR that fills the last octet is doubled, lest it be taken for filling", "[packing]") {
  CHECK(hexadecimal(packed_for_ussd("1234567\r")) == "31D98C56B3DD1A0D");
  CHECK(from_ussd(packed_for_ussd("1234567\r")) ==
        "1234567\r\r");  // no change of meaning: 6.1.2.3.1
}

TEST_CASE("a USSD string comes back whatever its length", "[packing]") {
  CHECK(rc::check("pack_ussd, unpack_ussd", [] {
    auto text = drawn_gsm_text(182);
    while (text.ends_with('\r')) text.pop_back();
    RC_ASSERT(from_ussd(packed_for_ussd(text)) == text);
  }));
}

TEST_CASE("of packed SMS text, what may be padding is no character", "[packing]") {
  const auto read = [](Octets packed, unsigned fill) {
    Encoding how(Coding::gsm7_packed);
    how.fill = fill;
    return text_of(packed, how);
  };
  CHECK(read(Wire{0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37}, 0) == "hellohello");
  CHECK(read({}, 0).empty());
  CHECK(read(Wire{0x00}, 6).empty());
  CHECK(rc::check("pack, decode_text", [&] {
    const auto text = drawn_gsm_text(40);
    const auto septets = septets_of(text);
    const auto last = septets.empty() ? 'a' : septets.back();
    RC_PRE(last != 0 && last != 0x0D);
    const auto fill = *rc::gen::inRange(0u, 7u);
    Wire packed;
    pack(septets, packed, fill);
    RC_ASSERT(read(packed, fill) == text);
  }));
}

}  // namespace pulih::gsm
