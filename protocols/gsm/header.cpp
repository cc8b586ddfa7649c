// See header.hpp. Lengths are checked against the header before an element is looked at, and the
// header's against the message.
#include "protocols/gsm/header.hpp"

namespace pulih::gsm {
namespace {

// Information element identifiers (3GPP TS 23.040, 9.2.3.24).
constexpr std::uint8_t concatenation_8 = 0x00;
constexpr std::uint8_t concatenation_16 = 0x08;
constexpr std::uint8_t single_shift = 0x24;
constexpr std::uint8_t locking_shift = 0x25;

void take(Header& header, std::uint8_t id, std::span<const std::uint8_t> value) {
  const auto part = [&](const Part& each) {
    if (each.possible()) header.part = each;
  };
  if (id == concatenation_8 && value.size() == 3)
    part({ReferenceKind::header8, value[0], value[1], value[2]});
  if (id == concatenation_16 && value.size() == 4)
    part({ReferenceKind::header16, static_cast<std::uint16_t>(value[0] << 8 | value[1]), value[2],
          value[3]});
  if (id == single_shift && value.size() == 1) header.shift.single = value[0];
  if (id == locking_shift && value.size() == 1) header.shift.locking = value[0];
}

}  // namespace

tl::expected<Header, BadHeader> read_header(std::span<const std::uint8_t> user_data) {
  const auto bad = [](std::size_t offset, std::string_view what) {
    return tl::unexpected(BadHeader{offset, what});
  };
  if (user_data.empty()) return bad(0, "no user data header");
  Header header;
  header.octets = std::size_t{user_data[0]} + 1;
  if (header.octets > user_data.size()) return bad(0, "user data header longer than the message");
  for (std::size_t at = 1; at < header.octets;) {
    const std::size_t left = header.octets - at;
    if (left < 2) return bad(at, "information element without a length");
    const std::size_t length = user_data[at + 1];
    if (left - 2 < length) return bad(at, "information element longer than the header");
    take(header, user_data[at], user_data.subspan(at + 2, length));
    at += 2 + length;
  }
  return header;
}

}  // namespace pulih::gsm
