// Whether a password is one that somebody who knows the country, the keyboard or the teacher would
// try: judged by how it reads, not by what it is spelt with. Pure; it keeps no copy.
#pragma once
#include <string_view>

#include "daemon/accounts/password.hpp"

namespace pulih::accounts {

// The longest password that is judged; no rule allows more (Google's bound for an account).
inline constexpr std::size_t most_password_octets = 100;

// `password` is printable ASCII of at most most_password_octets.
bool is_guessable(std::string_view password, const OwnWords&);

}  // namespace pulih::accounts
