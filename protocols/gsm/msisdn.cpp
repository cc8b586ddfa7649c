// See msisdn.hpp. The prefixes say more than the type of number, which carriers get wrong: "+" and
// "00" are international, one "0" is national, whatever TON claims.
#include "protocols/gsm/msisdn.hpp"

#include <utility>

namespace pulih::gsm {
namespace {

// SMPP 3.4, 5.2.5.
constexpr std::uint8_t ton_international = 1;
constexpr std::uint8_t ton_national = 2;
constexpr std::uint8_t ton_alphanumeric = 5;

constexpr std::size_t fewest_digits = 8, most_digits = 15;  // E.164, 6.2: at most 15

struct Dialled {
  bool plus = false;
  std::string digits;
};
// Nothing: a character that no number has.
std::optional<Dialled> dialled(std::string_view as_carried) {
  Dialled read;
  for (const char c : as_carried) {
    if (c >= '0' && c <= '9') {
      read.digits += c;
    } else if (c == '+' && read.digits.empty() && !read.plus) {
      read.plus = true;
    } else if (std::string_view(" -.()").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  return read;
}

std::string international(const Dialled& read, std::uint8_t ton, std::string_view country) {
  const std::string_view digits = read.digits;
  if (read.plus) return read.digits;
  if (digits.starts_with("00")) return std::string(digits.substr(2));
  if (digits.starts_with('0')) return std::string(country).append(digits.substr(1));
  if (ton == ton_national && !digits.starts_with(country))
    return std::string(country).append(digits);
  return read.digits;
}

}  // namespace

Address read_address(std::string_view as_carried, std::uint8_t ton, std::string_view country) {
  if (as_carried.empty()) return {};
  Address name{AddressKind::name, std::string(as_carried)};
  const auto read = dialled(as_carried);
  if (!read || read->digits.empty() || ton == ton_alphanumeric) return name;
  const bool claims_country = read->plus || read->digits.front() == '0' || ton == ton_international;
  if (!claims_country && read->digits.size() < fewest_digits)
    return {AddressKind::short_code, read->digits};
  const std::string number = international(*read, ton, country);
  if (number.empty() || number.size() > most_digits || number.front() == '0') return name;
  // What is too short for a number in spite of its prefix is dialled as it stands.
  if (number.size() < fewest_digits) return {AddressKind::short_code, read->digits};
  return {AddressKind::number, number};
}

std::optional<std::string> normal_form(std::string_view as_carried, std::uint8_t ton,
                                       std::string_view country) {
  auto address = read_address(as_carried, ton, country);
  if (address.kind != AddressKind::number) return std::nullopt;
  return std::move(address.normal);
}

}  // namespace pulih::gsm
