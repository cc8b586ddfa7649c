// An account's sealed part in the replica. All that a look-up tells lies in it, so that whatever is
// altered on disk is found by the seal: the part says the row's version again, and is bound to the
// key that the row is looked up by.
#pragma once
#include "daemon/central/central.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/replica_schema.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

struct ReplicaPart {
  std::uint64_t row_version = 0;
  std::uint32_t password_version = 0, identity_version = 0;
  bool activated = false, locked = false;
  accounts::Instant contact_changed{};
  Contact contact;
};
inline void fields(auto& disk, ReplicaPart& part) {
  using conversation::disk::field;
  field(disk, part.row_version);
  field(disk, part.password_version);
  field(disk, part.identity_version);
  field(disk, part.activated);
  field(disk, part.locked);
  field(disk, part.contact_changed);
  fields(disk, part.contact);
}

// A row that does not open: its part or its columns were altered.
struct DamagedRow {
  std::uint64_t number = 0;
};

// The part of a row (number, key, phone, row_ver, part) of the account with that key. Throws
// DamagedRow.
inline ReplicaPart part_of(const Use& row, accounts::AccountKey key,
                           const accounts::SiteKeys& keys) {
  auto part = opened<ReplicaPart>(row.octets(4), replica_seal, key, keys);
  if (!part || part->row_version != row.number(3)) throw DamagedRow{row.number(0)};
  return std::move(*part);
}

}  // namespace pulih::central
