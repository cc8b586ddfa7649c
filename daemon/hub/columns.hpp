// Rows of accounts as columns, so that what is alike lies side by side and compresses well: numbers
// as distances or as planes of their octets, whichever is smaller, ids and e-mail addresses apart
// from their domains, an address by what it shares with its id. Reading gives back what was
// written, or says that the octets are none of this kind.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "daemon/central/central.hpp"
#include "daemon/hub/octets.hpp"

namespace pulih::hub {

inline constexpr std::size_t most_rows = 4'096;  // in one message

// `count` is known to the reader from elsewhere.
void put_numbers(Writer& out, std::span<const std::uint64_t> values);
std::vector<std::uint64_t> get_numbers(Reader& in, std::size_t count);

// At most most_rows.
void put_rows(Writer& out, std::span<const central::Row> rows);
std::vector<central::Row> get_rows(Reader& in);

}  // namespace pulih::hub
