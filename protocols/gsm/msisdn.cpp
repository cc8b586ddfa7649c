// See msisdn.hpp.
#include "protocols/gsm/msisdn.hpp"

namespace pulih::gsm {

std::optional<std::string> normal_form(std::string_view as_carried, std::uint8_t ton,
                                       std::string_view country) {
  constexpr std::uint8_t ton_national = 2;
  constexpr std::uint8_t ton_alphanumeric = 5;
  if (ton == ton_alphanumeric) return std::nullopt;
  std::string digits;
  bool plus = false;
  for (const char c : as_carried) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (c != ' ' && c != '-' && c != '.') {
      return std::nullopt;
    }
  }
  const std::string in_country(country);
  if (!plus && digits.starts_with("00")) {
    digits.erase(0, 2);
  } else if (!plus && digits.starts_with('0')) {
    digits.replace(0, 1, in_country);
  } else if (!plus && ton == ton_national && !digits.starts_with(country)) {
    digits.insert(0, in_country);
  }
  if (digits.size() < 8 || digits.size() > 15 || digits.front() == '0') return std::nullopt;
  return digits;
}

}  // namespace pulih::gsm
