// The PDUs of SMPP 3.4 as plain structures of views. A decoded PDU looks into the buffer it was
// decoded from and is valid as long as that buffer is; a PDU to be encoded looks into storage of
// the caller. Who keeps a value longer copies it. Every PDU may end with optional parameters: newer
// versions add them to any, and an older peer has to ignore them (SMPP 3.4, 3.3).
#pragma once
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/smpp/tlv.hpp"

namespace pulih::smpp {

// SMPP 3.4, 5.1.2.1. Other values are carried as they are and answered by generic_nack.
enum class CommandId : std::uint32_t {
  generic_nack = 0x80000000,
  bind_receiver = 0x00000001,
  bind_receiver_resp = 0x80000001,
  bind_transmitter = 0x00000002,
  bind_transmitter_resp = 0x80000002,
  query_sm = 0x00000003,
  query_sm_resp = 0x80000003,
  submit_sm = 0x00000004,
  submit_sm_resp = 0x80000004,
  deliver_sm = 0x00000005,
  deliver_sm_resp = 0x80000005,
  unbind = 0x00000006,
  unbind_resp = 0x80000006,
  replace_sm = 0x00000007,
  replace_sm_resp = 0x80000007,
  cancel_sm = 0x00000008,
  cancel_sm_resp = 0x80000008,
  bind_transceiver = 0x00000009,
  bind_transceiver_resp = 0x80000009,
  outbind = 0x0000000B,
  enquire_link = 0x00000015,
  enquire_link_resp = 0x80000015,
  submit_multi = 0x00000021,
  submit_multi_resp = 0x80000021,
  alert_notification = 0x00000102,
  data_sm = 0x00000103,
  data_sm_resp = 0x80000103,
};

// SMPP 3.4, 5.2.5–5.2.8: an address with its type of number and numbering plan.
struct Address {
  std::uint8_t ton = 0;
  std::uint8_t npi = 0;
  std::string_view digits{};  // at most 20 octets in a PDU of messages (64 in data_sm)
  friend bool operator==(const Address&, const Address&) = default;
};

// ---- 4.1 bind, unbind, outbind ----------------------------------------------------------------
enum class BindMode : std::uint8_t { receiver, transmitter, transceiver };

struct Bind {  // 4.1.1, 4.1.3, 4.1.5
  BindMode mode = BindMode::transceiver;
  std::string_view system_id{};    // at most 15
  std::string_view password{};     // at most 8 by the text; up to 64 is carried, carriers use more
  std::string_view system_type{};  // at most 12
  std::uint8_t interface_version = 0x34;
  std::uint8_t addr_ton = 0;
  std::uint8_t addr_npi = 0;
  std::string_view address_range{};  // at most 40
  Tlvs tlvs{};
};
struct BindResp {  // 4.1.2, 4.1.4, 4.1.6
  BindMode mode = BindMode::transceiver;
  std::string_view system_id{};
  Tlvs tlvs{};
};
struct Unbind {  // 4.2.1
  Tlvs tlvs{};
};
struct UnbindResp {  // 4.2.2
  Tlvs tlvs{};
};
struct Outbind {  // 4.1.7
  std::string_view system_id{};
  std::string_view password{};
  Tlvs tlvs{};
};

// ---- 4.3 generic_nack, 4.11 enquire_link ------------------------------------------------------
struct GenericNack {
  Tlvs tlvs{};
};
struct EnquireLink {
  Tlvs tlvs{};
};
struct EnquireLinkResp {
  Tlvs tlvs{};
};

// ---- 4.4, 4.6: submit_sm and deliver_sm have one layout ---------------------------------------
struct Message {
  std::string_view service_type{};  // at most 5
  Address source{};
  Address destination{};
  std::uint8_t esm_class = 0;
  std::uint8_t protocol_id = 0;
  std::uint8_t priority_flag = 0;
  std::string_view schedule_delivery_time{};  // empty or 16
  std::string_view validity_period{};         // empty or 16
  std::uint8_t registered_delivery = 0;
  std::uint8_t replace_if_present_flag = 0;
  std::uint8_t data_coding = 0;
  std::uint8_t sm_default_msg_id = 0;
  Octets short_message{};  // 0–254 by the text, 255 is tolerated
  Tlvs tlvs{};
};
struct SubmitSm : Message {};
struct DeliverSm : Message {};
// SMPP 3.4, 5.3.2.32: text in short_message and in message_payload at once contradict each other.
bool conflicting_payload(const Message& message);

struct SubmitSmResp {  // 4.4.2; message_id is absent (empty) when the status is not 0
  std::string_view message_id{};
  Tlvs tlvs{};
};
struct DeliverSmResp {  // 4.6.2
  std::string_view message_id{};
  Tlvs tlvs{};
};

// ---- 4.7 data_sm ------------------------------------------------------------------------------
struct DataSm {
  std::string_view service_type{};
  Address source{};
  Address destination{};
  std::uint8_t esm_class = 0;
  std::uint8_t registered_delivery = 0;
  std::uint8_t data_coding = 0;
  Tlvs tlvs{};
};
struct DataSmResp {
  std::string_view message_id{};
  Tlvs tlvs{};
};

// ---- 4.5 submit_multi -------------------------------------------------------------------------
struct SubmitMulti {
  std::string_view service_type{};
  Address source{};
  // Each is an address (dest_flag 1) or the name of a distribution list (dest_flag 2); at most 254.
  struct Destination {
    bool is_list = false;
    Address address{};             // with is_list false
    std::string_view list_name{};  // with is_list true, at most 20
  };
  std::vector<Destination> destinations{};
  std::uint8_t esm_class = 0;
  std::uint8_t protocol_id = 0;
  std::uint8_t priority_flag = 0;
  std::string_view schedule_delivery_time{};
  std::string_view validity_period{};
  std::uint8_t registered_delivery = 0;
  std::uint8_t replace_if_present_flag = 0;
  std::uint8_t data_coding = 0;
  std::uint8_t sm_default_msg_id = 0;
  Octets short_message{};
  Tlvs tlvs{};
};
struct SubmitMultiResp {
  std::string_view message_id{};
  struct Unsuccessful {
    Address address{};
    std::uint32_t status = 0;
  };
  std::vector<Unsuccessful> unsuccessful{};
  Tlvs tlvs{};
};

// ---- 4.8 query_sm, 4.9 cancel_sm, 4.10 replace_sm, 4.12 alert_notification --------------------
struct QuerySm {
  std::string_view message_id{};
  Address source{};
  Tlvs tlvs{};
};
struct QuerySmResp {
  std::string_view message_id{};
  std::string_view final_date{};
  std::uint8_t message_state = 0;
  std::uint8_t error_code = 0;
  Tlvs tlvs{};
};
struct CancelSm {
  std::string_view service_type{};
  std::string_view message_id{};
  Address source{};
  Address destination{};
  Tlvs tlvs{};
};
struct CancelSmResp {
  Tlvs tlvs{};
};
struct ReplaceSm {
  std::string_view message_id{};
  Address source{};
  std::string_view schedule_delivery_time{};
  std::string_view validity_period{};
  std::uint8_t registered_delivery = 0;
  std::uint8_t sm_default_msg_id = 0;
  Octets short_message{};
  Tlvs tlvs{};
};
struct ReplaceSmResp {
  Tlvs tlvs{};
};
struct AlertNotification {
  Address source{};
  Address esme{};
  Tlvs tlvs{};
};

// A PDU whose command_id this program does not know: kept raw, answered by generic_nack.
struct Unknown {
  std::uint32_t command_id = 0;
  Octets body{};
};

using Body =
    std::variant<Unknown, GenericNack, Bind, BindResp, Unbind, UnbindResp, Outbind, EnquireLink,
                 EnquireLinkResp, SubmitSm, SubmitSmResp, DeliverSm, DeliverSmResp, DataSm,
                 DataSmResp, SubmitMulti, SubmitMultiResp, QuerySm, QuerySmResp, CancelSm,
                 CancelSmResp, ReplaceSm, ReplaceSmResp, AlertNotification>;

// SMPP 3.4, 3.2: the header's length is not kept (it follows from the body).
struct Pdu {
  std::uint32_t status = 0;
  std::uint32_t sequence = 0;
  Body body;
};

}  // namespace pulih::smpp
