// Frames as they lie on the wire, whole, in pieces and damaged: whatever comes, a reader yields
// what was written or stops with a reason, and never keeps more than one frame of a stranger.
#include "daemon/hub/frames.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/hub/drawn.hpp"

namespace pulih::hub {
namespace {

std::span<const std::uint8_t> octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST_CASE("a frame has eight octets of head and the CRC-32C of the rest", "[hub][frames]") {
  CHECK(encode(Kind::ping, true, {}) == Octets{0x00, 0x00, 0x04, 0x01, 0xF4, 0x86, 0xA9, 0x18});
  CHECK(encode(Kind::urgent, false, octets_of("abc")).size() == frame_head + 3);
}

TEST_CASE("frames come out as they went in, however they are cut", "[hub][frames]") {
  Drawn draw(1);
  for (int round = 0; round < 200; ++round) {
    Octets stream;
    std::vector<Octets> payloads;
    for (std::size_t i = 0, count = 1 + draw(4); i < count; ++i) {
      payloads.push_back(draw.octets(draw(10) == 0 ? most_payload : draw(300)));
      const auto frame = encode(Kind::bulk, i % 2 == 0, payloads.back());
      stream.insert(stream.end(), frame.begin(), frame.end());
    }
    FrameReader reader;
    std::size_t found = 0;
    for (std::size_t at = 0; at < stream.size();) {
      const auto count = std::min(stream.size() - at, 1 + draw(700));
      reader.add(std::span(stream).subspan(at, count));
      at += count;
      while (true) {
        const auto frame = reader.next();
        REQUIRE(frame);
        if (!*frame) break;
        CHECK((*frame)->payload == payloads.at(found));
        CHECK((*frame)->last == (found % 2 == 0));
        ++found;
      }
    }
    CHECK(found == payloads.size());
  }
}

TEST_CASE("a frame with any one bit turned is refused or not yet whole", "[hub][frames]") {
  const auto good = encode(Kind::urgent, true, octets_of("budi12@guru.sd"));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1u << bit % 8);
    FrameReader reader;
    reader.add(bad);
    const auto frame = reader.next();
    CHECK((!frame || !*frame));
  }
}

TEST_CASE("a length above 8 kB is refused at its first octets", "[hub][frames]") {
  FrameReader reader;
  reader.add(Octets{0xFF, 0xFF, 0x02, 0x00, 0, 0, 0, 0});
  const auto frame = reader.next();
  REQUIRE_FALSE(frame);
  CHECK(frame.error().code == Farewell::garbled);
  CHECK(frame.error().what == "a frame of 65543 octets; at most 8192 are allowed");
}

}  // namespace
}  // namespace pulih::hub
