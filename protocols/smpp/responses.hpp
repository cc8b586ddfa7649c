// Responses of any kind, seen as what they have in common: a status, perhaps a message_id, perhaps
// optional parameters; and which response belongs to which request (SMPP 3.4, 5.1.2.1).
#pragma once
#include <cstdint>
#include <string_view>

#include "protocols/smpp/pdu.hpp"

namespace pulih::smpp {

constexpr bool is_response(std::uint32_t command_id) { return (command_id & 0x80000000) != 0; }

std::string_view message_id_of(const Body& response);
Tlvs tlvs_of(const Body& response);
// Never ESME_ROK for a generic_nack or a response of unknown kind: such a one is no success.
std::uint32_t status_of(const Pdu& response);

// The response to a request, or a generic_nack for what has none. The message_id is left out where
// the response holds none.
Body response_to(CommandId request, std::string_view message_id = {});

}  // namespace pulih::smpp
