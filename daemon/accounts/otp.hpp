// One-time codes: decimal digits that a person reads on one screen and types on another. They are
// drawn evenly, leading zeros included, and kept only as SiteKeys::code_tag.
#pragma once
#include "daemon/accounts/entropy.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

inline constexpr int most_code_digits = 9;  // what fits into one draw of 32 bits

// `digits` is 1 … most_code_digits: 6 for a code by SMS, 8 for one by e-mail, which lives longer.
Secret new_code(Entropy&, int digits);

}  // namespace pulih::accounts
