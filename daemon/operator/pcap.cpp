// See pcap.hpp. The file's own numbers are little-endian here, the tags' big-endian (libpcap's
// LINKTYPE_WIRESHARK_UPPER_PDU; wsutil's exported_pdu_tlvs.h).
#include "daemon/operator/pcap.hpp"

#include <array>
#include <string_view>

namespace pulih::operators {
namespace {

constexpr std::uint32_t magic = 0xA1B2C3D4;  // times in microseconds
constexpr std::uint32_t upper_pdu = 252;     // the link type
constexpr std::uint32_t longest_packet = 262'144;
constexpr std::uint16_t tag_end = 0, tag_dissector = 12, tag_source = 20, tag_destination = 21;
constexpr std::uint64_t most_hosts = 254;  // of a documentation network

void put(std::string& out, std::uint32_t value, int octets = 4) {
  for (int i = 0; i < octets; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
}

void put_tag(std::string& out, std::uint16_t tag, std::string_view value) {
  for (const auto number : {tag, static_cast<std::uint16_t>(value.size())})
    (out += static_cast<char>(number >> 8)) += static_cast<char>(number & 0xFF);
  out += value;
}

}  // namespace

std::string pcap_head() {
  std::string head;
  put(head, magic);
  put(head, 2, 2);  // version 2.4
  put(head, 4, 2);
  put(head, 0);  // the zone: UTC
  put(head, 0);
  put(head, longest_packet);
  put(head, upper_pdu);
  return head;
}

std::string pcap_packet(const TracedPdu& pdu) {
  const char host = static_cast<char>(1 + (pdu.bind - 1) % most_hosts);
  const std::string us{'\xC0', '\x00', '\x02', host}, carrier{'\xC6', '\x33', '\x64', host};
  std::string packet;
  put_tag(packet, tag_dissector, "smpp");
  put_tag(packet, tag_source, pdu.from_carrier ? carrier : us);
  put_tag(packet, tag_destination, pdu.from_carrier ? us : carrier);
  put_tag(packet, tag_end, "");
  packet.append(pdu.octets.begin(), pdu.octets.end());

  const auto seconds = std::chrono::floor<std::chrono::seconds>(pdu.at);
  std::string record;
  put(record, static_cast<std::uint32_t>(seconds.count()));
  put(record, static_cast<std::uint32_t>((pdu.at - seconds).count()));
  put(record, static_cast<std::uint32_t>(packet.size()));
  put(record, static_cast<std::uint32_t>(packet.size()));
  return record + packet;
}

}  // namespace pulih::operators
