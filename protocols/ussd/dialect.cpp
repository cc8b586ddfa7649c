// See dialect.hpp. Gathered from the source code and the forums of other gateways, where carriers'
// papers are not public; what is inferred is said so. A paper of the carrier goes before any row.
#include "protocols/ussd/dialect.hpp"

#include <algorithm>
#include <array>

#include "protocols/smpp/tlv.hpp"

namespace pulih::ussd {
namespace {

constexpr std::array<Dialect, 9> dialects{{
    // SMPP 3.4, 5.3.2.43 and 5.3.2.44, as they are written.
    {.name = "spec34", .session = SessionId::its_octet, .end_bit = true},
    // The session's number is opaque but for the last bit, and every answer is a request.
    {.name = "tata",
     .session = SessionId::its_upper,
     .also_answer = 0x02,
     .tell = 0x02,
     .end_bit = true},
    // The closing operation is inferred: the one program that speaks it writes decimal 17.
    {.name = "sixdee", .session = SessionId::its_upper, .end = 0, .end_bit = true},
    {.name = "mica", .session = SessionId::reference, .end = 0},
    {.name = "its-echo", .session = SessionId::its, .also_answer = 0x02, .service_type = "USSD"},
    {.name = "its-4-octet",
     .session = SessionId::tlv,
     .session_tag = smpp::tag::its_session_info,
     .session_octets = 4,
     .also_answer = 0x02},
    // The tag is probably that of Comverse's SMPP+ (inferred).
    {.name = "session-tlv",
     .session = SessionId::tlv,
     .session_tag = 0x1501,
     .session_octets = 4,
     .also_answer = 0x02},
    // Each message comes with the same operation: the code begins, anything else answers.
    {.name = "msisdn-keyed",
     .session = SessionId::none,
     .answer = 0x01,
     .end = 0,
     .service_type = "P2"},
    {.name = "service-type-letters",
     .session = SessionId::none,
     .operations = Operations::service_type,
     .begin = 'B',
     .answer = 'C',
     .end = 'E',
     .abort = 'A',
     .ask = 'C' << 8 | 'R',
     .tell = 'E' << 8 | 'F',
     .push_notify = 'B' << 8 | 'N',
     .push_request = 'B' << 8 | 'R',
     .push_done = 0},
}};

}  // namespace

std::span<const Dialect> known_dialects() { return dialects; }

std::optional<Dialect> dialect_named(std::string_view name) {
  const auto found = std::ranges::find(dialects, name, &Dialect::name);
  if (found == dialects.end()) return std::nullopt;
  return *found;
}

std::string contradiction(const Dialect& dialect) {
  const bool its = dialect.session == SessionId::its_upper ||
                   dialect.session == SessionId::its_octet || dialect.session == SessionId::its;
  const std::uint16_t most = dialect.operations == Operations::service_op ? 0xFF : 0xFFFF;
  if (dialect.end_bit && !its)
    return "the end bit is a bit of its_session_info, and the session is told by something else";
  if (dialect.tell == dialect.ask && !dialect.end_bit)
    return "a last screen looks like any other: ask and tell are the same, and there is no end bit";
  if (std::max({dialect.ask, dialect.tell, dialect.push_notify, dialect.push_request}) > most)
    return "an operation of one octet is above 0xFF";
  if (dialect.session == SessionId::tlv &&
      (dialect.session_tag == 0 || dialect.session_octets == 0))
    return "the session is told by a parameter, and its tag or its length is missing";
  if (dialect.operations == Operations::service_type && !dialect.service_type.empty())
    return "service_type tells the operation, and cannot be set";
  if (dialect.longest < 40 || dialect.longest > 254) return "a screen has 40 to 254 characters";
  return "";
}

}  // namespace pulih::ussd
