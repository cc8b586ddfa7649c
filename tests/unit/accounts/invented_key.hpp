// Keys for tests, whose octets are all one: two are the same where these are.
#pragma once
#include "daemon/accounts/keys.hpp"

namespace pulih::accounts {

inline SiteKey invented_key(std::uint8_t octet) {
  SiteKey key;
  key.fill(octet);
  return key;
}

}  // namespace pulih::accounts
