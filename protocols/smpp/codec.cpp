// What the decoder, the encoder and the printer have in common: which command_id belongs to which
// PDU, what it is called, and how an error reads.
#include "protocols/smpp/codec.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace pulih::smpp {
namespace {

using enum CommandId;

constexpr std::array names{
    std::pair{bind_receiver, "bind_receiver"},
    std::pair{bind_receiver_resp, "bind_receiver_resp"},
    std::pair{bind_transmitter, "bind_transmitter"},
    std::pair{bind_transmitter_resp, "bind_transmitter_resp"},
    std::pair{query_sm, "query_sm"},
    std::pair{query_sm_resp, "query_sm_resp"},
    std::pair{submit_sm, "submit_sm"},
    std::pair{submit_sm_resp, "submit_sm_resp"},
    std::pair{deliver_sm, "deliver_sm"},
    std::pair{deliver_sm_resp, "deliver_sm_resp"},
    std::pair{unbind, "unbind"},
    std::pair{unbind_resp, "unbind_resp"},
    std::pair{replace_sm, "replace_sm"},
    std::pair{replace_sm_resp, "replace_sm_resp"},
    std::pair{cancel_sm, "cancel_sm"},
    std::pair{cancel_sm_resp, "cancel_sm_resp"},
    std::pair{bind_transceiver, "bind_transceiver"},
    std::pair{bind_transceiver_resp, "bind_transceiver_resp"},
    std::pair{outbind, "outbind"},
    std::pair{enquire_link, "enquire_link"},
    std::pair{enquire_link_resp, "enquire_link_resp"},
    std::pair{submit_multi, "submit_multi"},
    std::pair{submit_multi_resp, "submit_multi_resp"},
    std::pair{alert_notification, "alert_notification"},
    std::pair{data_sm, "data_sm"},
    std::pair{data_sm_resp, "data_sm_resp"},
    std::pair{generic_nack, "generic_nack"},
};

// In the order of BindMode.
constexpr std::array binds{bind_receiver, bind_transmitter, bind_transceiver};
constexpr std::array bind_resps{bind_receiver_resp, bind_transmitter_resp, bind_transceiver_resp};

CommandId id_of(const Bind& pdu) { return binds[static_cast<std::size_t>(pdu.mode)]; }
CommandId id_of(const BindResp& pdu) { return bind_resps[static_cast<std::size_t>(pdu.mode)]; }
CommandId id_of(const Unknown& pdu) { return CommandId{pdu.command_id}; }
CommandId id_of(const GenericNack&) { return generic_nack; }
CommandId id_of(const Unbind&) { return unbind; }
CommandId id_of(const UnbindResp&) { return unbind_resp; }
CommandId id_of(const Outbind&) { return outbind; }
CommandId id_of(const EnquireLink&) { return enquire_link; }
CommandId id_of(const EnquireLinkResp&) { return enquire_link_resp; }
CommandId id_of(const SubmitSm&) { return submit_sm; }
CommandId id_of(const SubmitSmResp&) { return submit_sm_resp; }
CommandId id_of(const DeliverSm&) { return deliver_sm; }
CommandId id_of(const DeliverSmResp&) { return deliver_sm_resp; }
CommandId id_of(const DataSm&) { return data_sm; }
CommandId id_of(const DataSmResp&) { return data_sm_resp; }
CommandId id_of(const SubmitMulti&) { return submit_multi; }
CommandId id_of(const SubmitMultiResp&) { return submit_multi_resp; }
CommandId id_of(const QuerySm&) { return query_sm; }
CommandId id_of(const QuerySmResp&) { return query_sm_resp; }
CommandId id_of(const CancelSm&) { return cancel_sm; }
CommandId id_of(const CancelSmResp&) { return cancel_sm_resp; }
CommandId id_of(const ReplaceSm&) { return replace_sm; }
CommandId id_of(const ReplaceSmResp&) { return replace_sm_resp; }
CommandId id_of(const AlertNotification&) { return alert_notification; }

std::string octets(std::size_t number) { return std::to_string(number) + " octets"; }

}  // namespace

std::uint32_t command_id(const Body& body) {
  return static_cast<std::uint32_t>(std::visit([](const auto& pdu) { return id_of(pdu); }, body));
}

std::string command_name(std::uint32_t command_id) {
  const auto* const found =
      std::ranges::find(names, CommandId{command_id}, &std::pair<CommandId, const char*>::first);
  if (found != names.end()) return found->second;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "command 0x%08X", unsigned{command_id});
  return text.data();
}

std::string DecodeError::text() const {
  std::string text = command_name(command_id);
  text.append(": ").append(field).append(" at offset ").append(std::to_string(offset));
  text.append(": ").append(what);
  if (limit != 0) text.append(" within ").append(octets(limit));
  return text;
}

std::string EncodeError::text() const {
  std::string text(field);
  text.append(": ").append(what);
  if (limit != 0) text.append(" (at most ").append(std::to_string(limit)).append(")");
  return text;
}

bool conflicting_payload(const Message& message) {
  return !message.short_message.empty() &&
         message.tlvs.find(tag::message_payload).value.data() != nullptr;
}

}  // namespace pulih::smpp
