// An address as a carrier writes it (SMPP 3.4, 4.6.1): a telephone number brought to the
// international form that E.164 gives it, so that "+62 811…", "62811…" and "0811…" are one number;
// or a short code or a name, which are no numbers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pulih::gsm {

enum class AddressKind : std::uint8_t { absent, number, short_code, name };

struct Address {
  AddressKind kind = AddressKind::absent;
  std::string normal;  // a number's international form, a short code's digits, a name as it came
};

// `ton` as in SMPP 3.4, 5.2.5; the numbering plan is not asked for, since carriers set it at will.
// `country` is the code put in front of a national number. Blanks, '-', '.' and brackets do not
// matter. A number has 8 to 15 digits; fewer are a short code, more a name.
Address read_address(std::string_view as_carried, std::uint8_t ton,
                     std::string_view country = "62");

// Digits of the international form without '+'; nothing: not a telephone number.
std::optional<std::string> normal_form(std::string_view as_carried, std::uint8_t ton,
                                       std::string_view country = "62");

}  // namespace pulih::gsm
