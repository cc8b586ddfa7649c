// What makes a message a part of a longer one, and the user data header in front of its octets
// (3GPP TS 23.040, 9.2.3.24) that says so. A header that lies about its length is an error that
// says where; unknown elements are stepped over.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "protocols/gsm/national.hpp"

namespace pulih::gsm {

// How parts tell that they belong together: by an element of the header with a reference of 8 bits
// (9.2.3.24.1) or 16 (9.2.3.24.8), or by SMPP's sar parameters (SMPP 3.4, 5.3.2.22 … 5.3.2.24).
enum class ReferenceKind : std::uint8_t { header8, header16, sar };

struct Part {
  ReferenceKind kind = ReferenceKind::header8;
  std::uint16_t reference = 0;
  std::uint8_t total = 1;
  std::uint8_t number = 1;
  // Both specifications ask to ignore numbers that cannot be: the message then stands alone.
  bool possible() const { return number != 0 && number <= total; }
  friend bool operator==(const Part&, const Part&) = default;
};

struct Header {
  std::size_t octets = 0;    // of the whole header, its length octet included
  std::optional<Part> part;  // only if possible(); of several the last, as 23.040 asks
  Shift shift;               // national language tables
};

struct BadHeader {
  std::size_t offset = 0;
  std::string_view what;
};

tl::expected<Header, BadHeader> read_header(std::span<const std::uint8_t> user_data);

// The octets of the header that a part carries: 6, 7, or none with sar.
constexpr std::size_t header_octets(ReferenceKind kind) {
  return kind == ReferenceKind::header8 ? 6 : kind == ReferenceKind::header16 ? 7 : 0;
}

// Appends that header to a vector of octets; of a reference of 8 bits the lower ones.
template <class Out>
void write_header(const Part& part, Out& out) {
  const auto low = static_cast<std::uint8_t>(part.reference & 0xFF);
  const auto high = static_cast<std::uint8_t>(part.reference >> 8);
  switch (part.kind) {
    case ReferenceKind::header8:
      for (const std::uint8_t octet :
           {std::uint8_t{5}, std::uint8_t{0x00}, std::uint8_t{3}, low, part.total, part.number})
        out.push_back(octet);
      return;
    case ReferenceKind::header16:
      for (const std::uint8_t octet : {std::uint8_t{6}, std::uint8_t{0x08}, std::uint8_t{4}, high,
                                       low, part.total, part.number})
        out.push_back(octet);
      return;
    case ReferenceKind::sar:
      return;
  }
}

}  // namespace pulih::gsm
