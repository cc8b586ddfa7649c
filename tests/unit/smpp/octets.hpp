// Octets as a reader likes them in a test: hexadecimal digits, spaces where they help, and text
// between apostrophes. What has no meaning in this notation throws, so that a test cannot lie by a
// typing error.
#pragma once
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smpp/pdu.hpp"

namespace pulih::smpp {

inline std::vector<std::uint8_t> octets(std::string_view notation) {
  std::vector<std::uint8_t> read;
  while (!notation.empty()) {
    if (notation[0] == ' ') {
      notation.remove_prefix(1);
    } else if (notation[0] == '\'') {
      const std::size_t end = notation.find('\'', 1);
      if (end == notation.npos) throw std::invalid_argument("an apostrophe without its other");
      for (const char letter : notation.substr(1, end - 1))
        read.push_back(static_cast<std::uint8_t>(letter));
      notation.remove_prefix(end + 1);
    } else {
      const std::string_view digits = notation.substr(0, 2);
      std::uint8_t octet = 0;
      const auto [rest, wrong] = std::from_chars(digits.begin(), digits.end(), octet, 16);
      if (wrong != std::errc{} || digits.size() != 2 || rest != digits.end())
        throw std::invalid_argument("not hexadecimal: " + std::string(digits));
      read.push_back(octet);
      notation.remove_prefix(2);
    }
  }
  return read;
}

inline std::string hexadecimal(Octets octets) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t octet : octets) {
    text.push_back(digits[octet >> 4]);
    text.push_back(digits[octet & 15]);
  }
  return text;
}

inline std::string_view text_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

inline Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Puts the right command_length in front of `rest`, which begins with the command_id.
inline std::vector<std::uint8_t> framed(std::string_view rest) {
  std::vector<std::uint8_t> pdu = octets(rest);
  const std::size_t length = pdu.size() + 4;
  pdu.insert(pdu.begin(),
             {static_cast<std::uint8_t>(length >> 24), static_cast<std::uint8_t>(length >> 16),
              static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  return pdu;
}

}  // namespace pulih::smpp
