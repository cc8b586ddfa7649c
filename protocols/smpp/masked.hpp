// A PDU without what a person could have typed or be reached by: every octet of a password, a text
// and of parameters that may hold one is overwritten, addresses keep their first and last digits.
// Lengths and structure stay, so that Wireshark reads the copy as it would read the original.
#pragma once
#include <string_view>
#include <vector>

#include "protocols/smpp/pdu.hpp"

namespace pulih::smpp {

// How much of an address may be seen: enough to find a complaint again, too little to call the
// person. Of what was dialled only the code, for behind it somebody may have put a secret.
struct Visible {
  std::size_t front = 0, back = 0;
};
Visible visible_part(std::string_view address);

// Whether a parameter steers a conversation or tells of a delivery, and is no longer than such a
// one is; all others may be text or a number of a person.
bool may_be_shown(const Tlv& parameter);

// `pdu` is one whole frame. What cannot be decoded keeps its header only.
std::vector<std::uint8_t> masked(Octets pdu);

}  // namespace pulih::smpp
