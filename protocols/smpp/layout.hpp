// The wire description of every PDU: its fields in wire order, once. A "wire" is whoever walks
// along a description: the decoder fills the fields in, the encoder measures and writes them, the
// printer names them masked. What a wire must offer is seen here: octet, integer, c_string, secret,
// address, text, list, dest_flag, tlvs and unread.
#pragma once
#include <type_traits>

#include "protocols/smpp/fields.hpp"
#include "protocols/smpp/pdu.hpp"

namespace pulih::smpp {

// The PDU as this wire sees it: only the decoder may change it.
template <class Wire, class T>
using Seen = std::conditional_t<Wire::fills, T, const T>;

// ---- parts that several PDUs share ------------------------------------------------------------
template <class Wire>
void source_address(Wire& wire, Seen<Wire, Address>& address,
                    const Field& digits = field::source_addr) {
  wire.octet("source_addr_ton", address.ton);  // 5.2.5
  wire.octet("source_addr_npi", address.npi);  // 5.2.6
  wire.address(digits, address.digits);        // 5.2.8
}

template <class Wire>
void destination_address(Wire& wire, Seen<Wire, Address>& address,
                         const Field& digits = field::destination_addr) {
  wire.octet("dest_addr_ton", address.ton);
  wire.octet("dest_addr_npi", address.npi);
  wire.address(digits, address.digits);  // 5.2.9
}

// From esm_class to the end: the same in submit_sm, deliver_sm and submit_multi.
template <class Wire, class T>
void delivery_and_text(Wire& wire, T& pdu) {
  wire.octet("esm_class", pdu.esm_class);                                    // 5.2.12
  wire.octet("protocol_id", pdu.protocol_id);                                // 5.2.13
  wire.octet("priority_flag", pdu.priority_flag);                            // 5.2.14
  wire.c_string(field::schedule_delivery_time, pdu.schedule_delivery_time);  // 5.2.15
  wire.c_string(field::validity_period, pdu.validity_period);                // 5.2.16
  wire.octet("registered_delivery", pdu.registered_delivery);                // 5.2.17
  wire.octet("replace_if_present_flag", pdu.replace_if_present_flag);        // 5.2.18
  wire.octet("data_coding", pdu.data_coding);                                // 5.2.19
  wire.octet("sm_default_msg_id", pdu.sm_default_msg_id);                    // 5.2.20
  wire.text("sm_length", "short_message", pdu.short_message);                // 5.2.21, 5.2.22
  wire.tlvs(pdu.tlvs);
}

// The responses that hold a message_id and no more.
template <class Wire, class T>
void message_id_only(Wire& wire, T& pdu) {
  wire.c_string(field::message_id, pdu.message_id);  // 5.2.23
  wire.tlvs(pdu.tlvs);
}

// ---- 4.1 bind, outbind ------------------------------------------------------------------------
template <class Wire>  // 4.1.1, 4.1.3, 4.1.5
void layout(Wire& wire, Seen<Wire, Bind>& pdu) {
  wire.c_string(field::system_id, pdu.system_id);
  wire.secret(field::password, pdu.password);
  wire.c_string(field::system_type, pdu.system_type);
  wire.octet("interface_version", pdu.interface_version);
  wire.octet("addr_ton", pdu.addr_ton);
  wire.octet("addr_npi", pdu.addr_npi);
  wire.address(field::address_range, pdu.address_range);
  wire.tlvs(pdu.tlvs);
}

template <class Wire>  // 4.1.2, 4.1.4, 4.1.6
void layout(Wire& wire, Seen<Wire, BindResp>& pdu) {
  wire.c_string(field::system_id, pdu.system_id);
  wire.tlvs(pdu.tlvs);
}

template <class Wire>  // 4.1.7.1
void layout(Wire& wire, Seen<Wire, Outbind>& pdu) {
  wire.c_string(field::system_id, pdu.system_id);
  wire.secret(field::password, pdu.password);
  wire.tlvs(pdu.tlvs);
}

// ---- PDUs that are a header and no more -------------------------------------------------------
// 4.2.1, 4.2.2, 4.3.1, 4.9.2, 4.10.2, 4.11.1, 4.11.2
template <class T, class... Others>
concept OneOf = (std::is_same_v<std::remove_const_t<T>, Others> || ...);

template <class Wire, OneOf<Unbind, UnbindResp, GenericNack, CancelSmResp, ReplaceSmResp,
                            EnquireLink, EnquireLinkResp>
                          HeaderOnly>
void layout(Wire& wire, HeaderOnly& pdu) {
  wire.tlvs(pdu.tlvs);
}

// ---- 4.4 submit_sm, 4.6 deliver_sm, 4.7 data_sm -----------------------------------------------
template <class Wire>  // 4.4.1, 4.6.1
void layout(Wire& wire, Seen<Wire, Message>& pdu) {
  wire.c_string(field::service_type, pdu.service_type);  // 5.2.11
  source_address(wire, pdu.source);
  destination_address(wire, pdu.destination);
  delivery_and_text(wire, pdu);
}
template <class Wire>  // 4.4.2
void layout(Wire& wire, Seen<Wire, SubmitSmResp>& pdu) {
  message_id_only(wire, pdu);
}
template <class Wire>  // 4.6.2: the message_id is unused there, a NUL
void layout(Wire& wire, Seen<Wire, DeliverSmResp>& pdu) {
  message_id_only(wire, pdu);
}

template <class Wire>  // 4.7.1
void layout(Wire& wire, Seen<Wire, DataSm>& pdu) {
  wire.c_string(field::service_type, pdu.service_type);
  source_address(wire, pdu.source, field::long_source_addr);
  destination_address(wire, pdu.destination, field::long_destination_addr);
  wire.octet("esm_class", pdu.esm_class);
  wire.octet("registered_delivery", pdu.registered_delivery);
  wire.octet("data_coding", pdu.data_coding);
  wire.tlvs(pdu.tlvs);
}
template <class Wire>  // 4.7.2
void layout(Wire& wire, Seen<Wire, DataSmResp>& pdu) {
  message_id_only(wire, pdu);
}

// ---- 4.5 submit_multi -------------------------------------------------------------------------
template <class Wire>  // 4.5.1.1
void layout(Wire& wire, Seen<Wire, SubmitMulti::Destination>& destination) {
  wire.dest_flag(destination.is_list);  // 5.2.25
  if (destination.is_list)
    wire.c_string(field::dl_name, destination.list_name);  // 5.2.27
  else
    destination_address(wire, destination.address);
}

template <class Wire>  // 4.5.1
void layout(Wire& wire, Seen<Wire, SubmitMulti>& pdu) {
  wire.c_string(field::service_type, pdu.service_type);
  source_address(wire, pdu.source);
  wire.list(field::number_of_dests, pdu.destinations);  // 5.2.24
  delivery_and_text(wire, pdu);
}

template <class Wire>  // 4.5.2.1
void layout(Wire& wire, Seen<Wire, SubmitMultiResp::Unsuccessful>& unsuccessful) {
  destination_address(wire, unsuccessful.address);
  wire.integer("error_status_code", unsuccessful.status);
}

template <class Wire>  // 4.5.2
void layout(Wire& wire, Seen<Wire, SubmitMultiResp>& pdu) {
  wire.c_string(field::message_id, pdu.message_id);
  wire.list(field::no_unsuccess, pdu.unsuccessful);  // 5.2.26
  wire.tlvs(pdu.tlvs);
}

// ---- 4.8 query_sm, 4.9 cancel_sm, 4.10 replace_sm, 4.12 alert_notification --------------------
template <class Wire>  // 4.8.1
void layout(Wire& wire, Seen<Wire, QuerySm>& pdu) {
  wire.c_string(field::message_id, pdu.message_id);
  source_address(wire, pdu.source);
  wire.tlvs(pdu.tlvs);
}

template <class Wire>  // 4.8.2
void layout(Wire& wire, Seen<Wire, QuerySmResp>& pdu) {
  wire.c_string(field::message_id, pdu.message_id);
  wire.c_string(field::final_date, pdu.final_date);
  wire.octet("message_state", pdu.message_state);  // 5.2.28
  wire.octet("error_code", pdu.error_code);
  wire.tlvs(pdu.tlvs);
}

template <class Wire>  // 4.9.1
void layout(Wire& wire, Seen<Wire, CancelSm>& pdu) {
  wire.c_string(field::service_type, pdu.service_type);
  wire.c_string(field::message_id, pdu.message_id);
  source_address(wire, pdu.source);
  destination_address(wire, pdu.destination);
  wire.tlvs(pdu.tlvs);
}

template <class Wire>  // 4.10.1
void layout(Wire& wire, Seen<Wire, ReplaceSm>& pdu) {
  wire.c_string(field::message_id, pdu.message_id);
  source_address(wire, pdu.source);
  wire.c_string(field::schedule_delivery_time, pdu.schedule_delivery_time);
  wire.c_string(field::validity_period, pdu.validity_period);
  wire.octet("registered_delivery", pdu.registered_delivery);
  wire.octet("sm_default_msg_id", pdu.sm_default_msg_id);
  wire.text("sm_length", "short_message", pdu.short_message);
  wire.tlvs(pdu.tlvs);
}

template <class Wire>  // 4.12.1
void layout(Wire& wire, Seen<Wire, AlertNotification>& pdu) {
  source_address(wire, pdu.source, field::long_source_addr);
  wire.octet("esme_addr_ton", pdu.esme.ton);
  wire.octet("esme_addr_npi", pdu.esme.npi);
  wire.address(field::esme_addr, pdu.esme.digits);  // 5.2.10
  wire.tlvs(pdu.tlvs);
}

// A PDU this program does not know has no fields that it could name.
template <class Wire>
void layout(Wire& wire, Seen<Wire, Unknown>& pdu) {
  wire.unread(pdu.body);
}

}  // namespace pulih::smpp
