// From octets to PDUs and back (SMPP 3.4, chapters 3–5). Decoding accepts what carriers really send
// and never reads outside the octets it was given; encoding refuses what would not be valid. Errors
// are values that name the field and its offset.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "protocols/smpp/pdu.hpp"

namespace pulih::smpp {

inline constexpr std::size_t header_octets = 16;
// A message_payload of 64 KiB with slack for the other fields.
inline constexpr std::size_t longest_pdu = 0x10000 + 0x1000;
inline constexpr std::size_t most_tlvs = 64;

// What stands at the front of a receive buffer: nothing whole yet, one PDU of `length` octets, or a
// stream that can no longer be followed (command_length below 16 or above the cap: close it).
struct Frame {
  enum class Kind : std::uint8_t { need_more, whole, broken } kind = Kind::need_more;
  std::size_t length = 0;
};
Frame frame(Octets received);

struct DecodeError {
  std::string_view field{};  // its name in the specification
  std::size_t offset = 0;    // from the first octet of the PDU
  std::string_view what{};   // "not terminated"
  std::size_t limit = 0;  // what the field may hold, the NUL included; 0 if that is not the matter
  std::uint32_t command_id = 0, sequence = 0;
  std::uint32_t status = 0;  // the command_status to answer with
  // "deliver_sm: source_addr at offset 20: not terminated within 21 octets"
  std::string text() const;
};
// `pdu` is one whole frame. A response is kept wherever that can be, since its sequence frees a
// place in the window: without a body, with a malformed one beside an error status, and with
// malformed optional parameters, it decodes with those fields empty.
tl::expected<Pdu, DecodeError> decode(Octets pdu);

struct EncodeError {
  std::string_view field{};
  std::string_view what{};
  std::size_t limit = 0;  // as in DecodeError
  // "destination_addr: longer than allowed (at most 20)"
  std::string text() const;
};
// Appends the PDU to `out`; on an error `out` is as it was. An error response to a bind or
// submit_sm goes without a body (4.1.2, 4.4.2) unless it holds something; a string that is empty
// but not null is something, and that is how such a PDU is re-encoded as it came.
tl::expected<void, EncodeError> encode(const Pdu& pdu, std::vector<std::uint8_t>& out);

// One line for a log: every field by name, but passwords never, message texts as their length and
// of addresses what masked.hpp lets be seen.
std::string print(const Pdu& pdu);

std::uint32_t command_id(const Body& body);
// "deliver_sm" for 5; "command 0x00001234" for what has no name.
std::string command_name(std::uint32_t command_id);

}  // namespace pulih::smpp
