// User data headers: what they say about parts and languages, what is stepped over, and that a
// header which lies about a length is refused where it lies.
#include "protocols/gsm/header.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

Part part_in(const Wire& user_data) {
  const auto header = read_header(user_data);
  REQUIRE(header);
  REQUIRE(header->part);
  return *header->part;
}

}  // namespace

TEST_CASE("a part with a reference of 8 bits", "[header]") {
  const Wire wire{0x05, 0x00, 0x03, 0xA7, 0x03, 0x02, 'x'};
  CHECK(part_in(wire) == Part{ReferenceKind::header8, 0xA7, 3, 2});
  CHECK(read_header(wire)->octets == 6);
}

TEST_CASE("a part with a reference of 16 bits", "[header]") {
  const Wire wire{0x06, 0x08, 0x04, 0x12, 0x34, 0x02, 0x01};
  CHECK(part_in(wire) == Part{ReferenceKind::header16, 0x1234, 2, 1});
  CHECK(read_header(wire)->octets == 7);
}

TEST_CASE("unknown elements are stepped over and belong to the header", "[header]") {
  const Wire wire{0x0B, 0x70, 0x00, 0x05, 0x02, 1, 2, 0x00, 0x03, 9, 2, 2, 'x'};
  CHECK(part_in(wire) == Part{ReferenceKind::header8, 9, 2, 2});
  CHECK(read_header(wire)->octets == 12);
}

TEST_CASE("national language tables are told", "[header]") {
  const auto header = read_header(Wire{0x06, 0x24, 0x01, 0x01, 0x25, 0x01, 0x03});
  REQUIRE(header);
  CHECK(header->shift.single == 1);
  CHECK(header->shift.locking == 3);
  CHECK_FALSE(header->part);
}

TEST_CASE("numbers that cannot be are ignored, of several elements the last counts", "[header]") {
  CHECK_FALSE(read_header(Wire{0x05, 0x00, 0x03, 1, 0, 1})->part);
  CHECK_FALSE(read_header(Wire{0x05, 0x00, 0x03, 1, 2, 0})->part);
  CHECK_FALSE(read_header(Wire{0x05, 0x00, 0x03, 1, 2, 3})->part);
  CHECK_FALSE(read_header(Wire{0x04, 0x00, 0x02, 1, 2})->part);
  CHECK(part_in({0x0A, 0x00, 0x03, 1, 2, 1, 0x00, 0x03, 7, 3, 3}).reference == 7);
}

TEST_CASE("an empty header is one", "[header]") {
  const auto header = read_header(Wire{0x00, 'x'});
  REQUIRE(header);
  CHECK(header->octets == 1);
}

TEST_CASE("a header that lies is refused where it lies", "[header]") {
  const auto offset = [](const Wire& wire) {
    const auto header = read_header(wire);
    REQUIRE_FALSE(header);
    CHECK_FALSE(header.error().what.empty());
    return header.error().offset;
  };
  CHECK(offset({}) == 0);
  CHECK(offset({0x05, 0x00, 0x03, 1, 2}) == 0);
  CHECK(offset({0xFF}) == 0);
  CHECK(offset({0x01, 0x00}) == 1);
  CHECK(offset({0x05, 0x00, 0x04, 1, 2, 1}) == 1);
  CHECK(offset({0x06, 0x00, 0x03, 1, 2, 1, 0x24}) == 6);
}

TEST_CASE("what is written is read again", "[header]") {
  CHECK(rc::check("write_header, read_header", [] {
    const auto kind = *rc::gen::element(ReferenceKind::header8, ReferenceKind::header16);
    const auto total = *rc::gen::inRange<unsigned>(1, 256);
    const auto number = *rc::gen::inRange<unsigned>(1, total + 1);
    const auto reference = *rc::gen::inRange<unsigned>(0, 0x10000);
    const Part part{
        kind,
        static_cast<std::uint16_t>(kind == ReferenceKind::header8 ? reference & 0xFF : reference),
        static_cast<std::uint8_t>(total), static_cast<std::uint8_t>(number)};
    Wire wire;
    write_header(part, wire);
    RC_ASSERT(wire.size() == header_octets(kind));
    const auto header = read_header(wire);
    RC_ASSERT(header.has_value() && header->part == part);
  }));
}

TEST_CASE("any octets are a header within them or none", "[header]") {
  CHECK(rc::check("read_header", [] {
    const auto wire = *rc::gen::arbitrary<Wire>();
    const auto header = read_header(wire);
    const std::size_t named = header ? header->octets : header.error().offset;
    RC_ASSERT(named <= wire.size());
    if (header && header->part) RC_ASSERT(header->part->possible());
  }));
}

}  // namespace pulih::gsm
