// See rows.hpp; the fields are listed once for both directions (daemon/conversation/fields.hpp).
#include "daemon/engine/rows.hpp"

#include "daemon/conversation/fields.hpp"

namespace pulih::engine {
namespace {

using conversation::disk::choice;
using conversation::disk::field;
using conversation::disk::list;

constexpr std::uint8_t version = 2;  // rows of version 1 know nothing of later_fields()
constexpr std::size_t most_sealed = 1024;

void fields(auto& disk, Outgoing& message) {
  field(disk, message.to);
  field(disk, message.expires);
  field(disk, message.text);
  field(disk, message.code);
}

void fields(auto& disk, WaitingOperation& waiting) {
  field(disk, waiting.person);
  field(disk, waiting.created);
  choice(disk, waiting.operation.kind, Operation::Kind::ticket);
  if (waiting.operation.kind == Operation::Kind::password) {
    auto& change = waiting.operation.password;
    field(disk, change.operation);
    field(disk, change.account);
    field(disk, change.id);
    field(disk, change.password_version);
    field(disk, change.identity_version);
    field(disk, change.verifier);
    field(disk, change.change_at_login);
    field(disk, change.change_before);
    list(disk, change.sealed, most_sealed, [&](std::uint8_t& octet) { field(disk, octet); });
  } else {
    auto& ticket = waiting.operation.ticket;
    field(disk, ticket.operation);
    field(disk, ticket.report);
    field(disk, ticket.account);
    field(disk, ticket.id);
    choice(disk, ticket.reason, conversation::TicketReason::not_me);
  }
}

void fields(auto& disk, AwaitedCode& awaited) {
  field(disk, awaited.code);
  field(disk, awaited.until);
}

void later_fields(auto&, auto&) {}
void later_fields(auto& disk, WaitingOperation& waiting) {
  field(disk, waiting.operation.withdrawn);
}

// An operation's row is bound to its id by the id's first eight octets.
std::uint64_t row_of(const conversation::OperationId& id) {
  std::uint64_t row = 0;
  for (std::size_t i = 0; i < 8; ++i) row = row << 8 | id[i];
  return row;
}

template <class Row>
accounts::Blob sealed(const Row& row, std::string_view table, std::uint64_t key,
                      const accounts::SiteKeys& keys, accounts::Entropy& entropy) {
  accounts::WipedBytes plain{version};
  conversation::disk::Writer disk(plain);
  fields(disk, const_cast<Row&>(row));  // a Writer changes nothing
  later_fields(disk, const_cast<Row&>(row));
  return keys.seal(plain, table, key, entropy);
}

template <class Row>
std::optional<Row> opened(std::span<const std::uint8_t> row, std::string_view table,
                          std::uint64_t key, const accounts::SiteKeys& keys) {
  const auto plain = keys.open(row, table, key);
  if (!plain || plain->empty()) return std::nullopt;
  const auto its_version = plain->front();
  if (its_version == 0 || its_version > version) return std::nullopt;
  conversation::disk::Reader disk(std::span<const std::uint8_t>(*plain).subspan(1));
  Row made;
  fields(disk, made);
  if (its_version > 1) later_fields(disk, made);
  if (!disk.whole()) return std::nullopt;
  return made;
}

}  // namespace

accounts::Blob seal(const AwaitedCode& awaited, ReceiptTag tag, const accounts::SiteKeys& keys,
                    accounts::Entropy& entropy) {
  return sealed(awaited, "receipt", tag, keys, entropy);
}

std::optional<AwaitedCode> open_awaited(Store::Octets row, ReceiptTag tag,
                                        const accounts::SiteKeys& keys) {
  return opened<AwaitedCode>(row, "receipt", tag, keys);
}

accounts::Blob seal(const Outgoing& message, const accounts::SiteKeys& keys,
                    accounts::Entropy& entropy) {
  return sealed(message, "outbound", message.id, keys, entropy);
}

std::optional<Outgoing> open(const Store::OutboundRow& row, const accounts::SiteKeys& keys) {
  auto message = opened<Outgoing>(row.message, "outbound", row.id, keys);
  if (message) {
    message->id = row.id;
    message->carrier = row.carrier;
  }
  return message;
}

accounts::Blob seal(const WaitingOperation& waiting, const conversation::OperationId& id,
                    const accounts::SiteKeys& keys, accounts::Entropy& entropy) {
  return sealed(waiting, "operation", row_of(id), keys, entropy);
}

std::optional<WaitingOperation> open(const Store::OperationRow& row,
                                     const accounts::SiteKeys& keys) {
  return opened<WaitingOperation>(row.operation, "operation", row_of(row.id), keys);
}

}  // namespace pulih::engine
