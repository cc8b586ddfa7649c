// What a deliver_sm or data_sm brings: a whole message as an Inbound event (who, what text, the
// carrier's id of it; DESIGN, section 1, step 1), a part of one, or a receipt. Text goes straight
// into memory that is wiped; what is no text at all is a message that says nothing, and is answered
// as one that was not understood.
#pragma once
#include <optional>

#include "daemon/accounts/keys.hpp"
#include "daemon/carriers/profile.hpp"
#include "daemon/carriers/receipt.hpp"
#include "daemon/engine/occurrence.hpp"
#include "protocols/gsm/coding.hpp"
#include "protocols/gsm/header.hpp"

namespace pulih::carriers {

enum class MoKind : std::uint8_t {
  message,   // hand it to the engine
  receipt,   // a delivery receipt: success is never inferred from it
  part,      // of a message of several
  no_number  // from a name or a short code: there is nobody to answer
};
// Looks into the PDU.
struct MoPart {
  engine::CarrierKey carrier = 0;
  accounts::Msisdn from;
  gsm::Part part;
  gsm::Encoding encoding;
  smpp::Octets octets;           // behind the header
  std::uint64_t carrier_id = 0;  // as Inbound's
};
struct Mo {
  MoKind kind = MoKind::message;
  engine::Inbound inbound;         // with kind message; its ack is the caller's
  MoPart part;                     // with kind part
  accounts::Msisdn from;           // with kind receipt: whose message it is about, …
  std::optional<Receipt> receipt;  // … and what it says; nothing: it names none
};
// Nothing: the PDU carries no message.
std::optional<Mo> read_mo(const smpp::Body& body, const Profile& carrier,
                          const accounts::SiteKeys& keys);

}  // namespace pulih::carriers
