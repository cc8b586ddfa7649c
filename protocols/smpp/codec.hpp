// From octets to PDUs and back (SMPP 3.4, chapters 3–5). Decoding accepts what carriers really send
// and never reads outside the octets it was given; encoding refuses what would not be valid. Errors
// are values that name the field and its offset.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

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
  std::string_view field;      // its name in the specification
  std::size_t offset = 0;      // from the first octet of the PDU
  std::string_view what;       // "not terminated within 21 octets"
  std::uint32_t command_id = 0, sequence = 0;
  std::uint32_t status = 0;    // the command_status to answer with
  std::string text() const;    // "deliver_sm: source_addr at offset 20: not terminated within 21 octets"
};
// `pdu` is one whole frame.
tl::expected<Pdu, DecodeError> decode(Octets pdu);

struct EncodeError {
  std::string_view field;
  std::string_view what;
  std::string text() const;
};
// Appends the PDU to `out`; on an error `out` is as it was.
tl::expected<void, EncodeError> encode(const Pdu& pdu, std::vector<std::uint8_t>& out);

// "deliver_sm" for 5; "command 0x00001234" for what has no name.
std::string command_name(std::uint32_t command_id);

}  // namespace pulih::smpp
