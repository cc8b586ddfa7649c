// At least one PDU of each kind as octets, taken field by field from the tables of SMPP 3.4,
// chapter 4, and not from our own encoder. The notation is that of octets.hpp: hexadecimal digits,
// and text between apostrophes.
#pragma once
#include <array>

namespace pulih::smpp {

struct Golden {
  const char* name;
  const char* octets;
};

// clang-format off
inline constexpr std::array golden_pdus{
    // The example that SMPP 3.4 prints in its chapter 3.
    Golden{"bind_transmitter",
           "0000002F 00000002 00000000 00000001 "    // header
           "'SMPP3TEST' 00 "                         // system_id
           "'secret08' 00 "                          // password
           "'SUBMIT1' 00 "                           // system_type
           "00 01 01 00"},                           // interface_version, TON, NPI, address_range
    Golden{"bind_receiver",
           "00000023 00000001 00000000 00000002 "    // header
           "'pulih' 00 "                             // system_id
           "'abc' 00 "                               // password
           "00 "                                     // system_type
           "34 02 01 '8880' 00"},                    // interface_version, TON, NPI, address_range
    Golden{"bind_transceiver",
           "0000002F 00000009 00000000 00000003 "    // header
           "'pulih' 00 "                             // system_id
           "'a-longer-password' 00 "                 // password
           "'GW' 00 "                                // system_type
           "50 00 00 00"},                           // interface_version, TON, NPI, address_range
    Golden{"bind_transmitter_resp",
           "0000001A 80000002 00000000 00000001 "    // header
           "'SMSC' 00 "                              // system_id
           "0210 0001 34"},                          // sc_interface_version
    Golden{"bind_receiver_resp",
           "00000015 80000001 00000000 00000002 "    // header
           "'SMSC' 00"},                             // system_id
    Golden{"bind_transceiver_resp",
           "0000001A 80000009 00000000 00000003 "    // header
           "'SMSC' 00 "                              // system_id
           "0210 0001 34"},                          // sc_interface_version
    Golden{"bind_transceiver_resp refused", "00000010 80000009 0000000D 00000004"},
    Golden{"outbind",
           "0000001B 0000000B 00000000 00000001 "    // header
           "'SMSC' 00 "                              // system_id
           "'knock' 00"},                            // password
    Golden{"unbind", "00000010 00000006 00000000 00000005"},
    Golden{"unbind_resp", "00000010 80000006 00000000 00000005"},
    Golden{"generic_nack", "00000010 80000000 00000003 00000006"},
    Golden{"enquire_link", "00000010 00000015 00000000 7FFFFFFF"},
    Golden{"enquire_link_resp", "00000010 80000015 00000000 7FFFFFFF"},
    Golden{"submit_sm",
           "0000004D 00000004 00000000 00000007 "    // header
           "00 "                                     // service_type
           "02 01 '8880' 00 "                        // source_addr
           "01 01 '6281100000002' 00 "               // destination_addr
           "00 00 01 "                               // esm_class, protocol_id, priority_flag
           "00 "                                     // schedule_delivery_time
           "'000000001000000R' 00 "                  // validity_period
           "01 00 00 00 "                            // registered_delivery to sm_default_msg_id
           "05 'Pulih' "                             // sm_length, short_message
           "0204 0002 1234"},                        // user_message_reference
    Golden{"submit_sm_resp",
           "00000019 80000004 00000000 00000007 "    // header
           "'0A1B2C3D' 00"},                         // message_id
    Golden{"submit_sm_resp throttled", "00000010 80000004 00000058 00000008"},
    Golden{"submit_sm_resp throttled with a body",
           "00000011 80000004 00000058 00000008 "    // header
           "00"},                                    // message_id
    Golden{"deliver_sm",
           "0000003A 00000005 00000000 00000009 "    // header
           "'CMT' 00 "                               // service_type
           "01 01 '6281100000001' 00 "               // source_addr
           "02 01 '8880' 00 "                        // destination_addr
           "00 00 00 00 00 "                         // esm_class to validity_period
           "00 00 00 00 "                            // registered_delivery to sm_default_msg_id
           "05 'RESET'"},                            // sm_length, short_message
    Golden{"deliver_sm receipt",
           "0000004B 00000005 00000000 0000000A "    // header
           "00 "                                     // service_type
           "01 01 '6281100000001' 00 "               // source_addr
           "02 01 '8880' 00 "                        // destination_addr
           "04 00 00 00 00 "                         // esm_class to validity_period
           "00 00 00 00 "                            // registered_delivery to sm_default_msg_id
           "00 "                                     // sm_length
           "001E 0009 '0A1B2C3D' 00 "                // receipted_message_id
           "0427 0001 02 "                           // message_state
           "0423 0003 030000"},                      // network_error_code
    Golden{"deliver_sm of a USSD dialogue",
           "0000004B 00000005 00000000 0000000B "    // header
           "'USSD' 00 "                              // service_type
           "01 01 '6281100000001' 00 "               // source_addr
           "00 01 '*888#' 00 "                       // destination_addr
           "00 00 00 00 00 "                         // esm_class to validity_period
           "00 00 0F 00 "                            // registered_delivery to sm_default_msg_id
           "01 '1' "                                 // sm_length, short_message
           "0501 0001 12 "                           // ussd_service_op
           "1383 0002 2A01 "                         // its_session_info
           "1501 0004 DEADBEEF"},                    // an unknown tag
    Golden{"deliver_sm_resp",
           "00000011 80000005 00000000 00000009 "    // header
           "00"},                                    // message_id
    Golden{"data_sm",
           "00000034 00000103 00000000 0000000C "    // header
           "00 "                                     // service_type
           "02 01 '8880' 00 "                        // source_addr
           "01 01 '6281100000002' 00 "               // destination_addr
           "00 01 00 "                               // esm_class, registered_delivery, data_coding
           "0424 0005 'Pulih'"},                     // message_payload
    Golden{"data_sm_resp",
           "00000018 80000103 000000FE 0000000C "    // header
           "'77' 00 "                                // message_id
           "0425 0001 01"},                          // delivery_failure_reason
    Golden{"submit_multi",
           "00000040 00000021 00000000 0000000D "    // header
           "00 "                                     // service_type
           "02 01 '8880' 00 "                        // source_addr
           "02 "                                     // number_of_dests
           "01 01 01 '6281100000003' 00 "            // dest_flag 1, an address
           "02 'teachers' 00 "                       // dest_flag 2, a distribution list
           "00 00 00 00 00 "                         // esm_class to validity_period
           "00 00 00 00 "                            // registered_delivery to sm_default_msg_id
           "02 'Hi'"},                               // sm_length, short_message
    Golden{"submit_multi_resp",
           "00000028 80000021 00000000 0000000D "    // header
           "'78' 00 "                                // message_id
           "01 "                                     // no_unsuccess
           "01 01 '6281100000003' 00 0000000B"},     // an address and its status
    Golden{"query_sm",
           "0000001A 00000003 00000000 0000000E "    // header
           "'77' 00 "                                // message_id
           "02 01 '8880' 00"},                       // source_addr
    Golden{"query_sm_resp",
           "00000026 80000003 00000000 0000000E "    // header
           "'77' 00 "                                // message_id
           "'261123162200000+' 00 "                  // final_date
           "02 00"},                                 // message_state, error_code
    Golden{"cancel_sm",
           "0000002B 00000008 00000000 0000000F "    // header
           "00 "                                     // service_type
           "'77' 00 "                                // message_id
           "02 01 '8880' 00 "                        // source_addr
           "01 01 '6281100000002' 00"},              // destination_addr
    Golden{"cancel_sm_resp", "00000010 80000008 00000000 0000000F"},
    Golden{"replace_sm",
           "00000022 00000007 00000000 00000010 "    // header
           "'77' 00 "                                // message_id
           "02 01 '8880' 00 "                        // source_addr
           "00 00 "                                  // schedule_delivery_time, validity_period
           "01 00 "                                  // registered_delivery, sm_default_msg_id
           "03 'new'"},                              // sm_length, short_message
    Golden{"replace_sm_resp", "00000010 80000007 00000000 00000010"},
    Golden{"alert_notification",
           "0000002C 00000102 00000000 00000011 "    // header
           "01 01 '6281100000001' 00 "               // source_addr
           "02 01 '8880' 00 "                        // esme_addr
           "0422 0001 00"},                          // ms_availability_status
    Golden{"a command of a vendor",
           "00000014 00010200 00000000 00000012 "    // header
           "DE AD BE EF"},
};
// clang-format on

}  // namespace pulih::smpp
