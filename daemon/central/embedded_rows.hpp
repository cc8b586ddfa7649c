// What an account's sealed part holds, and how a change of contact lies in the feed. One list of
// fields for writing and reading (daemon/conversation/fields.hpp). Sealed parts are of one size, so
// that neither a file nor the time of a look-up tells how long somebody's name is.
#pragma once
#include "daemon/accounts/account.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/central/embedded_schema.hpp"
#include "daemon/conversation/fields.hpp"

namespace pulih::central {

// Zeros fill a sealed part up to a multiple of this, which holds all but the longest addresses.
inline constexpr std::size_t part_octets = 96;

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

inline void give(accounts::Account& account, Contact contact) {
  account.id = std::move(contact.id);
  account.birth_date = contact.birth_date;
  account.phone = contact.phone;
  account.email = std::move(contact.email);
}
// Of the usual size.
inline Contact contact_of_nobody() {
  return {"budi12@guru.sd",
          {},
          accounts::Msisdn::from_value(6281100000000),
          accounts::Secret("budi12@example.org")};
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

// The fields of a row, filled up. `plain` is emptied first and keeps its memory.
template <class Row>
void lay_out(Row& row, accounts::WipedBytes& plain) {
  plain.clear();
  conversation::disk::Writer disk(plain);
  fields(disk, row);
  plain.resize((plain.size() + part_octets - 1) / part_octets * part_octets);
}

template <class Row>
accounts::Blob sealed(Row& row, std::string_view table, std::uint64_t key,
                      const accounts::SiteKeys& keys, accounts::Entropy& entropy) {
  accounts::WipedBytes plain;
  lay_out(row, plain);
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
  if (!disk.good()) return std::nullopt;
  return row;
}

inline accounts::Blob sealed_verifier(const accounts::Verifier& verifier, std::uint64_t key,
                                      const accounts::SiteKeys& keys, accounts::Entropy& entropy) {
  const accounts::WipedBytes plain(verifier.begin(), verifier.end());
  return keys.seal(plain, verifier_seal, key, entropy);
}

}  // namespace pulih::central
