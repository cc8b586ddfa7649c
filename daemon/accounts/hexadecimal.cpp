// See hexadecimal.hpp. libsodium's take the same time whatever the digits are: a site key is read
// so.
#include "daemon/accounts/hexadecimal.hpp"

#include <sodium.h>

namespace pulih::accounts {

bool read_hex(std::string_view digits, std::span<std::uint8_t> into) {
  return digits.size() == 2 * into.size() &&
         sodium_hex2bin(into.data(), into.size(), digits.data(), digits.size(), nullptr, nullptr,
                        nullptr) == 0;
}

std::string in_hex(std::span<const std::uint8_t> octets) {
  std::string digits(2 * octets.size() + 1, '\0');
  sodium_bin2hex(digits.data(), digits.size(), octets.data(), octets.size());
  digits.pop_back();  // its NUL
  return digits;
}

}  // namespace pulih::accounts
