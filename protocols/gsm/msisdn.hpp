// A sender's address as a carrier writes it, brought to the international form that E.164 gives it:
// "+62 811…", "62811…" and "0811…" are one number. What is a short code or a name is no number.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pulih::gsm {

// Digits of the international form without '+', 8 to 15 of them; nothing: not a telephone number.
// `ton` as in SMPP 3.4, 5.2.5 (1 international, 2 national, 5 alphanumeric …).
std::optional<std::string> normal_form(std::string_view as_carried, std::uint8_t ton,
                                       std::string_view country = "62");

}  // namespace pulih::gsm
