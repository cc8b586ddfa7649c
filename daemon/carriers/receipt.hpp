// Delivery receipts (SMPP 3.4, appendix B and 5.3.2.35): what became of a message that a carrier
// took. Carriers write them as they like, so that the parameters go before the text, every field of
// the text may be missing, and ids are compared in each way in which they are known to be written.
#pragma once
#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/accounts/msisdn.hpp"
#include "daemon/engine/occurrence.hpp"
#include "protocols/smpp/tlv.hpp"

namespace pulih::carriers {

struct Receipt {
  enum class Fate : std::uint8_t {
    under_way,      // an intermediate one, or a state that says nothing
    delivered,      // says the carrier; nothing is inferred from it
    undeliverable,  // expired, deleted, rejected or undeliverable
  };
  std::string id;  // as it was written
  Fate fate = Fate::under_way;
};

// Of the message's text, or its payload, and its optional parameters. Nothing: neither names a
// message.
std::optional<Receipt> read_receipt(smpp::Octets text, smpp::Tlvs tlvs);

// The messages of one carrier whose receipts somebody waits for, by the id that the carrier gave
// them; over whichever of its binds the receipt comes. Bounded: the oldest is forgotten.
class AwaitedReceipts {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  struct Message {
    accounts::Msisdn to;
    std::uint32_t code = 0;  // as engine::Outgoing's
  };

  explicit AwaitedReceipts(std::size_t most) : most_(most) {}

  // A submit_sm_resp gave this id. The message, if a receipt that came before said that it cannot
  // be delivered: the two race, over two binds.
  std::optional<Message> taken(std::string_view id, Message message);
  // The message that this receipt tells undeliverable. `from` is the receipt's source address: the
  // number that the message was sent to, which keeps ids of two spellings apart.
  std::optional<Message> heard(const Receipt& receipt, accounts::Msisdn from);

 private:
  std::optional<Message> find(const std::string& id, accounts::Msisdn from);

  const std::size_t most_;
  std::unordered_map<std::string, Message> messages_;  // by the id's normal form
  std::deque<std::string> order_;                      // of messages_, oldest first
  struct Early {
    std::string id;
    accounts::Msisdn from;
  };
  std::deque<Early> early_;  // receipts that no message was there for yet
};

}  // namespace pulih::carriers
