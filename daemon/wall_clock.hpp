// The time of day, read where the parts of a program are put together and nowhere else: each room
// is told what time it is, so that a test can say so too.
#pragma once
#include <chrono>

#include "daemon/accounts/account.hpp"

namespace pulih {

inline accounts::Instant wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace pulih
