// The user data header in front of a message's octets (3GPP TS 23.040, 9.2.3.24): whether the message is
// a part of a longer one, and where its text begins. A header that lies about its length is an error
// that says where.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <tl/expected.hpp>

namespace pulih::gsm {

struct Part {  // 9.2.3.24.1 (8 bit reference) and 9.2.3.24.8 (16 bit)
  std::uint16_t reference = 0;
  bool wide_reference = false;
  std::uint8_t total = 1;
  std::uint8_t number = 1;  // 1 … total
};

struct Header {
  std::size_t octets = 0;     // of the whole header, its length octet included
  std::optional<Part> part;   // a part with number 0 or above total is ignored, as 23.040 asks
  std::uint8_t single_shift = 0, locking_shift = 0;  // national language tables; 0: none
};

struct BadHeader {
  std::size_t offset = 0;
  std::string_view what;
};

tl::expected<Header, BadHeader> read_header(std::span<const std::uint8_t> user_data);

}  // namespace pulih::gsm
