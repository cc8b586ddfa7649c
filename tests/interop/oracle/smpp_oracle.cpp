// A second reader of SMPP 3.4: for each line of hexadecimal digits on standard input it prints the
// fields that libsmpp34 reads there, or "refused" with the library's reason. Which fields a PDU has
// is told by the library's own frame files, not by us; they call the macros defined below.
#include <charconv>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

// The library's headers ask for <cstdint> and for their own order.
extern "C" {
#include <smpp34.h>
#include <smpp34_structs.h>
// clang-format off
#include <smpp34_params.h>
// clang-format on
}

namespace {

void number(const char* name, std::uint32_t value) { std::cout << ' ' << name << '=' << value; }

void octets(const char* name, const std::uint8_t* value, std::size_t length) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::cout << ' ' << name << '=';
  for (std::size_t i = 0; i < length; ++i)
    std::cout << digits[value[i] >> 4] << digits[value[i] & 15];
}

void c_string(const char* name, const std::uint8_t* value) {
  octets(name, value, std::strlen(reinterpret_cast<const char*>(value)));
}

// The library keeps values of two octets in the machine's order, all others as they came.
void tell(const tlv_t& tlv) {
  const bool is_integer = tlv.tag == TLVID_user_message_reference ||
                          tlv.tag == TLVID_sar_msg_ref_num || tlv.tag == TLVID_its_session_info;
  const std::uint8_t big_endian[] = {static_cast<std::uint8_t>(tlv.value.val16 >> 8),
                                     static_cast<std::uint8_t>(tlv.value.val16)};
  number("tag", tlv.tag);
  octets("value", is_integer ? big_endian : tlv.value.octet, tlv.length);
}

void tell(const dad_t& destination) {
  number("dest_flag", destination.dest_flag);
  if (destination.dest_flag == DFID_Distribution_List_Name)
    return c_string("dl_name", destination.value.dl_name);
  number("dest_addr_ton", destination.value.sme.dest_addr_ton);
  number("dest_addr_npi", destination.value.sme.dest_addr_npi);
  c_string("destination_addr", destination.value.sme.destination_addr);
}

void tell(const udad_t& unsuccessful) {
  number("dest_addr_ton", unsuccessful.dest_addr_ton);
  number("dest_addr_npi", unsuccessful.dest_addr_npi);
  c_string("destination_addr", unsuccessful.destination_addr);
  number("error_status_code", unsuccessful.error_status_code);
}

// The library builds its lists back to front.
template <class Entry>
void list(const Entry* entry) {
  if (entry == nullptr) return;
  list(entry->next);
  tell(*entry);
}

#define instancia pdu.
#define U08(pdu, name, print) number(#name, pdu name)
#define U32(pdu, name, print) number(#name, pdu name)
#define C_OCTET(pdu, name, size) c_string(#name, pdu name)
#define O_C_OCTET(pdu, name, size) c_string(#name, pdu name)
#define OCTET8(pdu, name, size, length) octets(#name, pdu name, length)
#define TLV(pdu, name, print) list(pdu name), destroy_tlv(pdu name)
#define DAD(pdu, name, print) list(pdu name), destroy_dad(pdu name)
#define UDAD(pdu, name, print) list(pdu name), destroy_udad(pdu name)

void fields(const alert_notification_t& pdu) {
#include <def_frame/alert_notification.frame>
}
void fields(const bind_receiver_t& pdu) {
#include <def_frame/bind_receiver.frame>
}
void fields(const bind_receiver_resp_t& pdu) {
#include <def_frame/bind_receiver_resp.frame>
}
void fields(const bind_transceiver_t& pdu) {
#include <def_frame/bind_transceiver.frame>
}
void fields(const bind_transceiver_resp_t& pdu) {
#include <def_frame/bind_transceiver_resp.frame>
}
void fields(const bind_transmitter_t& pdu) {
#include <def_frame/bind_transmitter.frame>
}
void fields(const bind_transmitter_resp_t& pdu) {
#include <def_frame/bind_transmitter_resp.frame>
}
void fields(const cancel_sm_t& pdu) {
#include <def_frame/cancel_sm.frame>
}
void fields(const data_sm_t& pdu) {
#include <def_frame/data_sm.frame>
}
void fields(const data_sm_resp_t& pdu) {
#include <def_frame/data_sm_resp.frame>
}
void fields(const deliver_sm_t& pdu) {
#include <def_frame/deliver_sm.frame>
}
void fields(const deliver_sm_resp_t& pdu) {
#include <def_frame/deliver_sm_resp.frame>
}
void fields(const outbind_t& pdu) {
#include <def_frame/outbind.frame>
}
void fields(const query_sm_t& pdu) {
#include <def_frame/query_sm.frame>
}
void fields(const query_sm_resp_t& pdu) {
#include <def_frame/query_sm_resp.frame>
}
void fields(const replace_sm_t& pdu) {
#include <def_frame/replace_sm.frame>
}
void fields(const submit_multi_t& pdu) {
#include <def_frame/submit_multi.frame>
}
void fields(const submit_multi_resp_t& pdu) {
#include <def_frame/submit_multi_resp.frame>
}
void fields(const submit_sm_t& pdu) {
#include <def_frame/submit_sm.frame>
}
void fields(const submit_sm_resp_t& pdu) {
#include <def_frame/submit_sm_resp.frame>
}

// Room for any PDU of the library, empty as it wants it.
union AnyPdu {
  struct {
#undef U32
#define U32(pdu, name, print) std::uint32_t name
#include <def_frame/header.frame>
  } header;
  alert_notification_t alert_notification;
  bind_receiver_t bind_receiver;
  bind_receiver_resp_t bind_receiver_resp;
  bind_transceiver_t bind_transceiver;
  bind_transceiver_resp_t bind_transceiver_resp;
  bind_transmitter_t bind_transmitter;
  bind_transmitter_resp_t bind_transmitter_resp;
  cancel_sm_t cancel_sm;
  data_sm_t data_sm;
  data_sm_resp_t data_sm_resp;
  deliver_sm_t deliver_sm;
  deliver_sm_resp_t deliver_sm_resp;
  outbind_t outbind;
  query_sm_t query_sm;
  query_sm_resp_t query_sm_resp;
  replace_sm_t replace_sm;
  submit_multi_t submit_multi;
  submit_multi_resp_t submit_multi_resp;
  submit_sm_t submit_sm;
  submit_sm_resp_t submit_sm_resp;
};

void fields_of(const AnyPdu& pdu) {
  switch (pdu.header.command_id) {
    case ALERT_NOTIFICATION:
      return fields(pdu.alert_notification);
    case BIND_RECEIVER:
      return fields(pdu.bind_receiver);
    case BIND_RECEIVER_RESP:
      return fields(pdu.bind_receiver_resp);
    case BIND_TRANSCEIVER:
      return fields(pdu.bind_transceiver);
    case BIND_TRANSCEIVER_RESP:
      return fields(pdu.bind_transceiver_resp);
    case BIND_TRANSMITTER:
      return fields(pdu.bind_transmitter);
    case BIND_TRANSMITTER_RESP:
      return fields(pdu.bind_transmitter_resp);
    case CANCEL_SM:
      return fields(pdu.cancel_sm);
    case DATA_SM:
      return fields(pdu.data_sm);
    case DATA_SM_RESP:
      return fields(pdu.data_sm_resp);
    case DELIVER_SM:
      return fields(pdu.deliver_sm);
    case DELIVER_SM_RESP:
      return fields(pdu.deliver_sm_resp);
    case OUTBIND:
      return fields(pdu.outbind);
    case QUERY_SM:
      return fields(pdu.query_sm);
    case QUERY_SM_RESP:
      return fields(pdu.query_sm_resp);
    case REPLACE_SM:
      return fields(pdu.replace_sm);
    case SUBMIT_MULTI:
      return fields(pdu.submit_multi);
    case SUBMIT_MULTI_RESP:
      return fields(pdu.submit_multi_resp);
    case SUBMIT_SM:
      return fields(pdu.submit_sm);
    case SUBMIT_SM_RESP:
      return fields(pdu.submit_sm_resp);
    default:
      return;  // a header and no more
  }
}

std::vector<std::uint8_t> read_hexadecimal(std::string_view digits) {
  std::vector<std::uint8_t> read(digits.size() / 2);
  for (std::size_t i = 0; i < read.size(); ++i)
    std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, read[i], 16);
  return read;
}

void answer(const std::string& line) {
  const std::vector<std::uint8_t> wire = read_hexadecimal(line);
  AnyPdu pdu;
  std::memset(&pdu, 0, sizeof pdu);
  if (smpp34_unpack2(&pdu, wire.data(), static_cast<int>(wire.size())) != 0) {
    std::cout << "refused: " << std::string_view(smpp34_strerror).substr(0, 200) << '\n';
    return;
  }
  std::cout << "command_id=" << pdu.header.command_id;
  number("command_status", pdu.header.command_status);
  number("sequence_number", pdu.header.sequence_number);
  fields_of(pdu);
  std::cout << '\n';
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line); std::cout.flush()) answer(line);
}
