// See header.hpp. Unknown information elements are stepped over by their length.
#include "protocols/gsm/header.hpp"

namespace pulih::gsm {

tl::expected<Header, BadHeader> read_header(std::span<const std::uint8_t> user_data) {
  if (user_data.empty()) return tl::unexpected(BadHeader{0, "no user data header"});
  const std::size_t end = std::size_t{user_data[0]} + 1;
  if (end > user_data.size()) return tl::unexpected(BadHeader{0, "user data header longer than the message"});
  Header header;
  header.octets = end;
  const auto take_part = [&](Part part) {
    if (part.number != 0 && part.number <= part.total) header.part = part;
  };
  for (std::size_t at = 1; at < end;) {
    if (end - at < 2) return tl::unexpected(BadHeader{at, "information element without a length"});
    const std::uint8_t id = user_data[at];
    const std::size_t length = user_data[at + 1];
    if (end - at - 2 < length) return tl::unexpected(BadHeader{at, "information element longer than the header"});
    const auto value = user_data.subspan(at + 2, length);
    if (id == 0x00 && length == 3) take_part({value[0], false, value[1], value[2]});
    if (id == 0x08 && length == 4)
      take_part({static_cast<std::uint16_t>(value[0] << 8 | value[1]), true, value[2], value[3]});
    if (id == 0x24 && length == 1) header.single_shift = value[0];
    if (id == 0x25 && length == 1) header.locking_shift = value[0];
    at += 2 + length;
  }
  return header;
}

}  // namespace pulih::gsm
