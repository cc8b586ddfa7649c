// Any octets as a PDU. A request that decodes is encoded octet by octet as it came. A response may
// have lost a body that could not be read, or have gained the empty fields that it lacked: that
// form is canonical, so it decodes and encodes to itself. Header fields are kept always.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "protocols/smpp/codec.hpp"

namespace {

using pulih::smpp::Octets;
using pulih::smpp::Pdu;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::uint8_t> encoded(const Pdu& pdu) {
  std::vector<std::uint8_t> out;
  require(pulih::smpp::encode(pdu, out).has_value());
  return out;
}

bool same_header(Octets a, Octets b) {
  return std::ranges::equal(a.subspan(4, 12), b.subspan(4, 12));
}

void check(Octets wire) {
  const auto read = pulih::smpp::decode(wire);
  if (!read) {
    require(read.error().status != 0 && read.error().offset <= wire.size());
    require(!read.error().text().empty());
    return;
  }
  require(!pulih::smpp::print(*read).empty());
  const auto canonical = encoded(*read);
  const bool is_response = (wire[4] & 0x80) != 0;
  require(is_response || std::ranges::equal(canonical, wire));
  require(same_header(canonical, wire));
  const auto again = pulih::smpp::decode(canonical);
  require(again.has_value() && encoded(*again) == canonical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Storage of exactly this size, so that a read beyond it is seen.
  std::vector<std::uint8_t> wire(data, data + size);
  wire.shrink_to_fit();
  const pulih::smpp::Frame frame = pulih::smpp::frame(wire);
  require(frame.kind != pulih::smpp::Frame::Kind::whole || frame.length <= size);
  check(wire);
  if (size < pulih::smpp::header_octets || size > pulih::smpp::longest_pdu) return 0;
  // Once more with the length that fits: guessing it would be most of the fuzzer's work.
  for (const std::size_t place : {0U, 1U, 2U, 3U})
    wire[place] = static_cast<std::uint8_t>(size >> (24 - 8 * place));
  check(wire);
  return 0;
}
