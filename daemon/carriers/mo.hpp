// From a deliver_sm or data_sm to one Inbound event: who, what text, the carrier's id of it
// (DESIGN, section 1, step 1). Text goes straight into memory that is wiped; what is no text at all
// is a message that says nothing, and is answered as one that was not understood.
#pragma once
#include <optional>

#include "daemon/accounts/keys.hpp"
#include "daemon/carriers/profile.hpp"
#include "daemon/carriers/receipt.hpp"
#include "daemon/engine/occurrence.hpp"

namespace pulih::carriers {

enum class MoKind : std::uint8_t {
  message,   // hand it to the engine
  receipt,   // a delivery receipt: success is never inferred from it
  part,      // the second or a later part of a message: its first part stands for the whole
  no_number  // from a name or a short code: there is nobody to answer
};
struct Mo {
  MoKind kind = MoKind::message;
  engine::Inbound inbound;         // with kind message; its ack is the caller's
  accounts::Msisdn from;           // with kind receipt: whose message it is about, …
  std::optional<Receipt> receipt;  // … and what it says; nothing: it names none
};
// Nothing: the PDU carries no message.
std::optional<Mo> read_mo(const smpp::Body& body, const Profile& carrier,
                          const accounts::SiteKeys& keys);

}  // namespace pulih::carriers
