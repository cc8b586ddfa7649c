// How a person and a guard lie in the store: a compact record, one version octet in front, numbers
// in little-endian order. The store seals it; here it is plain and therefore in memory that is
// wiped.
#pragma once
#include <optional>
#include <span>

#include "daemon/accounts/secret.hpp"
#include "daemon/conversation/effect.hpp"
#include "daemon/conversation/guard.hpp"
#include "daemon/conversation/state.hpp"

namespace pulih::conversation {

void write(const Person&, accounts::WipedBytes& out);
void write(const Guard&, accounts::WipedBytes& out);

// Nothing: the octets are no record of this version or an earlier one. Never reads outside them,
// whatever they hold.
std::optional<Person> read_person(std::span<const std::uint8_t>);
std::optional<Guard> read_guard(std::span<const std::uint8_t>);

// Is there nothing in it that anybody would miss? Then the row can go.
bool forgettable(const Person&, Instant now, const Policy&);
bool forgettable(const Guard&, Instant now, const Policy&);

}  // namespace pulih::conversation
