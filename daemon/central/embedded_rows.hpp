// What an account's sealed part holds, and how a change of contact lies in the feed. One list of
// fields for writing and reading (daemon/conversation/fields.hpp).
#pragma once
#include "daemon/accounts/account.hpp"
#include "daemon/conversation/fields.hpp"

namespace pulih::central {

struct Contact {
  std::string id;
  accounts::Tag birth_date{};
  accounts::Msisdn phone;
  accounts::Secret email;
};
inline void fields(auto& disk, Contact& contact) {
  using conversation::disk::field;
  field(disk, contact.id);
  field(disk, contact.birth_date);
  field(disk, contact.phone);
  field(disk, contact.email);
}

struct SealedChange {
  std::string id;
  accounts::Msisdn old_phone, new_phone;
  accounts::Secret old_email;
};
inline void fields(auto& disk, SealedChange& change) {
  using conversation::disk::field;
  field(disk, change.id);
  field(disk, change.old_phone);
  field(disk, change.new_phone);
  field(disk, change.old_email);
}

template <class Row>
accounts::Blob sealed(Row& row, std::string_view table, std::uint64_t key,
                      const accounts::SiteKeys& keys, accounts::Entropy& entropy) {
  accounts::WipedBytes plain;
  conversation::disk::Writer disk(plain);
  fields(disk, row);
  return keys.seal(plain, table, key, entropy);
}

template <class Row>
std::optional<Row> opened(std::span<const std::uint8_t> blob, std::string_view table,
                          std::uint64_t key, const accounts::SiteKeys& keys) {
  const auto plain = keys.open(blob, table, key);
  if (!plain) return std::nullopt;
  conversation::disk::Reader disk{std::span<const std::uint8_t>(*plain)};
  Row row;
  fields(disk, row);
  if (!disk.whole()) return std::nullopt;
  return row;
}

}  // namespace pulih::central
