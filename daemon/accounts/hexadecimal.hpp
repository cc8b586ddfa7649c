// Octets as hexadecimal digits, two for each, for files and databases. Digits of either case are
// read, and nothing else between or behind them.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pulih::accounts {

// False: these are not the digits of exactly so many octets.
bool read_hex(std::string_view digits, std::span<std::uint8_t> into);
std::string in_hex(std::span<const std::uint8_t> octets);

}  // namespace pulih::accounts
