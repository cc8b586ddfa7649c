// See responses.hpp. What is asked of any response is asked of the PDU at hand at compile time.
#include "protocols/smpp/responses.hpp"

#include "protocols/smpp/status.hpp"

namespace pulih::smpp {

std::string_view message_id_of(const Body& response) {
  return std::visit(
      [](const auto& pdu) -> std::string_view {
        if constexpr (requires { pdu.message_id; }) return pdu.message_id;
        return {};
      },
      response);
}

Tlvs tlvs_of(const Body& response) {
  return std::visit(
      [](const auto& pdu) -> Tlvs {
        if constexpr (requires { pdu.tlvs; }) return pdu.tlvs;
        return {};
      },
      response);
}

std::uint32_t status_of(const Pdu& response) {
  const bool says_no = std::holds_alternative<GenericNack>(response.body) ||
                       std::holds_alternative<Unknown>(response.body);
  return says_no && response.status == ESME_ROK ? ESME_RUNKNOWNERR : response.status;
}

Body response_to(CommandId request, std::string_view message_id) {
  switch (request) {
    case CommandId::bind_receiver:
      return BindResp{.mode = BindMode::receiver};
    case CommandId::bind_transmitter:
      return BindResp{.mode = BindMode::transmitter};
    case CommandId::bind_transceiver:
      return BindResp{.mode = BindMode::transceiver};
    case CommandId::unbind:
      return UnbindResp{};
    case CommandId::enquire_link:
      return EnquireLinkResp{};
    case CommandId::submit_sm:
      return SubmitSmResp{.message_id = message_id};
    case CommandId::deliver_sm:
      return DeliverSmResp{.message_id = message_id};
    case CommandId::data_sm:
      return DataSmResp{.message_id = message_id};
    case CommandId::submit_multi:
      return SubmitMultiResp{.message_id = message_id};
    case CommandId::query_sm:
      return QuerySmResp{.message_id = message_id};
    case CommandId::cancel_sm:
      return CancelSmResp{};
    case CommandId::replace_sm:
      return ReplaceSmResp{};
    default:
      return GenericNack{};
  }
}

}  // namespace pulih::smpp
