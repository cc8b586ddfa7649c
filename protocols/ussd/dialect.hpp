// How carriers carry USSD over SMPP. There is no standard that they keep: the same parameters mean
// something else to each. A dialect is data, so that a new carrier is a configuration; those that
// are known stand in dialect.cpp under their names.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pulih::ussd {

// Where the number of a session stands. The person's own number always belongs to it, too.
enum class SessionId : std::uint8_t {
  none,       // one session a person
  its,        // its_session_info, both octets, as they came (SMPP 3.4, 5.3.2.43)
  its_upper,  // its_session_info without the last bit, which tells the end
  its_octet,  // the first octet of its_session_info; the second counts our messages
  reference,  // user_message_reference
  tlv,        // a parameter of the carrier's own
};

enum class Operations : std::uint8_t {
  service_op,    // ussd_service_op, one octet (5.3.2.44)
  service_type,  // two letters; of those that come only the first counts
};

// Whether a network opens a screen by itself when we ask it to: never, one that only tells, or one
// that can be answered.
enum class Push : std::uint8_t { no, notify, request };

struct Dialect {
  std::string_view name = "";
  SessionId session = SessionId::its_octet;
  std::uint16_t session_tag = 0;    // of SessionId::tlv, and of its_session_info where it is long
  std::uint8_t session_octets = 2;  // what it has to be long
  Operations operations = Operations::service_op;
  // What comes; 0: never.
  std::uint16_t begin = 0x01, answer = 0x12, also_answer = 0, end = 0x11, abort = 0x81;
  // What we send: a screen that is answered, and one that ends the session.
  std::uint16_t ask = 0x02, tell = 0x11;
  // What opens a session from our side (Push), and what confirms that it was shown; 0: there is
  // none.
  std::uint16_t push_notify = 0x03, push_request = 0x02, push_done = 0x13;
  bool end_bit = false;              // the last bit of its_session_info ends the session as well
  bool code_in_destination = false;  // the code that was dialled is the destination_addr
  bool payload = false;              // the text is in message_payload
  bool data_sm = false;              // we answer by data_sm instead of submit_sm
  std::string_view service_type = "";
  std::uint8_t data_coding = 0x0F;  // of GSM 7 bit text, unpacked
  std::uint16_t longest = 182;      // characters of a screen (3GPP TS 23.038, 5)
};

std::span<const Dialect> known_dialects();
std::optional<Dialect> dialect_named(std::string_view name);
// What in a dialect contradicts itself, for whoever configured it; empty: nothing.
std::string contradiction(const Dialect& dialect);

}  // namespace pulih::ussd
