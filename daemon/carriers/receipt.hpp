// Delivery receipts (SMPP 3.4, appendix B and 5.3.2.35): what became of a message that a carrier
// took. Carriers write them as they like, so that the parameters go before the text, every field of
// the text may be missing, and ids are compared in each way in which they are known to be written.
#pragma once
#include <array>
#include <optional>
#include <string>

#include "daemon/accounts/keys.hpp"
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

// What names a message of this carrier to this number, which keeps ids of two spellings apart:
// from the id in the response that took the message, …
engine::ReceiptTag receipt_tag(std::string_view id, std::string_view carrier, accounts::Msisdn to,
                               const accounts::SiteKeys& keys);
// … and, from the id in a receipt, all that it may be.
std::array<engine::ReceiptTag, 3> receipt_tags(std::string_view id, std::string_view carrier,
                                               accounts::Msisdn to, const accounts::SiteKeys& keys);

}  // namespace pulih::carriers
