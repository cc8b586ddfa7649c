// A trace as a file for Wireshark and tshark, which need no options to read it as SMPP: each PDU is
// a packet of its own behind the tags that Wireshark's own exports of PDUs have. The addresses are
// those of documentation (RFC 5737) and tell the bind: 192.0.2.N is this gateway's bind N,
// 198.51.100.N the carrier at its other end.
#pragma once
#include <string>

#include "daemon/operator/traced.hpp"

namespace pulih::operators {

// The first octets of the file, and what each PDU adds to them.
std::string pcap_head();
std::string pcap_packet(const TracedPdu& pdu);

}  // namespace pulih::operators
