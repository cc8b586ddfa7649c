// How a waiting MT message, a waiting operation and an awaited receipt lie in the store: sealed
// whole, number and text and verifier alike, so that a copy of the disk tells nobody who asked for
// what.
#pragma once
#include <optional>

#include "daemon/engine/ports.hpp"

namespace pulih::engine {

struct WaitingOperation {
  accounts::Msisdn person;  // who is told of the result; empty for a ticket
  Instant created{};
  Operation operation;
};

struct AwaitedCode {
  std::uint32_t code = 0;  // as AwaitedReceipt's
  Instant until{};
};

accounts::Blob seal(const AwaitedCode&, ReceiptTag, const accounts::SiteKeys&, accounts::Entropy&);
std::optional<AwaitedCode> open_awaited(Store::Octets row, ReceiptTag, const accounts::SiteKeys&);

accounts::Blob seal(const Outgoing&, const accounts::SiteKeys&, accounts::Entropy&);
std::optional<Outgoing> open(const Store::OutboundRow&, const accounts::SiteKeys&);

accounts::Blob seal(const WaitingOperation&, const conversation::OperationId&,
                    const accounts::SiteKeys&, accounts::Entropy&);
std::optional<WaitingOperation> open(const Store::OperationRow&, const accounts::SiteKeys&);

}  // namespace pulih::engine
