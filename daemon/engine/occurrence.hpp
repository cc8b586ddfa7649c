// What reaches the engine, from whichever side: a message from a carrier, the fate of one sent,
// slow work that is done, the central database's answer, the passing of time. A batch is a list of
// these.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/accounts/secret.hpp"
#include "daemon/conversation/state.hpp"

namespace pulih::engine {

using accounts::Instant;
using OutboundId = std::uint64_t;
// Names a carrier in tables: SiteKeys::carrier_id_tag of its configured name and "".
using CarrierKey = std::uint64_t;

// By which deliver_sm a message came, so that just that one can be answered.
struct Ack {
  std::uint64_t link = 0;      // which bind, and which connection of it
  std::uint32_t sequence = 0;  // of the PDU
  bool data_sm = false;        // it was a data_sm
};

// One MO message from a telephone: an SMS, put together from its parts, or what was typed on the
// screen of a USSD session, or the code that began one.
struct Inbound {
  CarrierKey carrier = 0;
  accounts::Msisdn from;
  accounts::Secret text;
  std::uint64_t carrier_id = 0;  // SiteKeys::carrier_id_tag of the carrier's message id; 0: none
  bool multipart = false;        // of several parts, of which not all came
  Ack ack;
  // Of USSD: how the carriers name the session, another number for each one; 0: an SMS.
  std::uint64_t session = 0;
  bool dialled = false;  // it begins the session; `text` does not count
};

// Names a message that a carrier took: a keyed hash of the carrier, of the number that it went to,
// and of the id that the carrier gave it.
using ReceiptTag = std::uint64_t;

// A code that a carrier took and promised a delivery receipt for.
struct AwaitedReceipt {
  ReceiptTag tag = 0;
  accounts::Msisdn to;
  std::uint32_t code = 0;  // as Outgoing's
  Instant until{};         // after that nobody needs the code, and nobody the receipt
  CarrierKey carrier = 0;  // that took it
};

// What became of an MT message that was handed to a carrier. Until this comes its row stays, and it
// is sent again after a restart.
struct Sent {
  OutboundId id = 0;
  std::optional<AwaitedReceipt> receipt = {};
};

// A delivery receipt: a message did not reach its telephone. It is answered when it is durable, as
// an MO message is.
struct ReceiptOfLoss {
  accounts::Msisdn to;
  // In each way in which the carrier may have written the id when it took the message; 0: none.
  std::array<ReceiptTag, 3> tags{};
  Ack ack;
  CarrierKey carrier = 0;
};

// The carrier refused a code for good.
struct Undelivered {
  accounts::Msisdn to;
  std::uint32_t code = 0;  // as Outgoing's
  CarrierKey carrier = 0;
};

// A carrier that was full or away can take messages again.
struct Room {
  CarrierKey carrier = 0;
};

struct WorkDone {
  std::uint64_t ticket = 0;
  accounts::Secret password;
  accounts::Verifier verifier;
  bool matches = false;
  accounts::Blob sealed;
};

// The central database's answer to one operation, or that there is none.
struct Pushed {
  conversation::OperationId operation{};
  enum class How : std::uint8_t {
    applied,
    superseded,
    refused,
    account_changed,
    failed,
    unreachable,  // it was not asked
    unanswered,   // it was asked, and may have done it
  } how = How::applied;
  // What became of it, for good.
  bool settles() const { return how <= How::failed; }
};

// The central database can be reached again, or no longer, as its own thread found.
struct CentralReached {
  bool reached = false;
};

// An account's contact was changed by another way; the old one is told. `cursor` is kept in the
// same transaction, so that each change is heard once.
struct ContactChange {
  std::uint64_t cursor = 0;
  accounts::AccountKey account = 0;
  std::string id;
  accounts::Msisdn old_phone, new_phone;
};

// Comes every second or so: old operations are given up, old rows forgotten.
struct Tick {};

using Occurrence = std::variant<Inbound, Sent, ReceiptOfLoss, Undelivered, Room, WorkDone, Pushed,
                                CentralReached, ContactChange, Tick>;

}  // namespace pulih::engine
