// The codec against itself: whatever PDU is drawn, its octets decode to the same PDU. Nothing here
// says that the octets are right; the golden PDUs and the oracle do.
#include <catch2/catch.hpp>

#include "tests/unit/smpp/drawn_pdu.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {

TEST_CASE("what is encoded decodes to the same octets, command, status and fields", "[codec]") {
  const bool holds = rc::check("encode, decode, encode", [] {
    Drawn<> drawn;
    std::vector<std::uint8_t> wire{0xAA};  // appended to, not overwritten
    RC_ASSERT(encode(drawn.pdu(), wire).has_value());
    RC_ASSERT(wire[0] == 0xAA);
    wire.erase(wire.begin());

    const auto read = decode(wire);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->body.index() == drawn.pdu().body.index());
    RC_ASSERT(read->status == drawn.pdu().status);
    RC_ASSERT(read->sequence == drawn.pdu().sequence);
    RC_ASSERT(print(*read) == print(drawn.pdu()));
    std::vector<std::uint8_t> again;
    RC_ASSERT(encode(*read, again).has_value());
    RC_ASSERT(hexadecimal(again) == hexadecimal(wire));
  });
  CHECK(holds);
}

TEST_CASE("octets changed at will are refused or can be written again", "[codec]") {
  const bool holds = rc::check("change some octets", [] {
    Drawn<> drawn;
    std::vector<std::uint8_t> wire;
    RC_ASSERT(encode(drawn.pdu(), wire).has_value());
    const auto changes = *rc::gen::inRange(1, 8);
    for (int i = 0; i < changes; ++i)
      wire[*rc::gen::inRange<std::size_t>(4, wire.size())] = *rc::gen::arbitrary<std::uint8_t>();

    const auto read = decode(wire);
    if (!read) return;
    std::vector<std::uint8_t> canonical, again;
    RC_ASSERT(encode(*read, canonical).has_value());
    const auto reread = decode(canonical);
    RC_ASSERT(reread.has_value());
    RC_ASSERT(encode(*reread, again).has_value());
    RC_ASSERT(hexadecimal(again) == hexadecimal(canonical));
  });
  CHECK(holds);
}

}  // namespace pulih::smpp
