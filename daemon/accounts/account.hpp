// An account as the central account database tells it to this gateway, and the port through which a
// turn looks accounts up. Contact data is here only in memory, for the length of a turn.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

// Wall-clock time: seconds since 1970-01-01 UTC.
using Instant = std::chrono::sys_seconds;

struct Account {
  AccountKey key = 0;
  std::string id;    // "budi12@guru.sd": normal form, without the account domain
  Tag birth_date{};  // SiteKeys::birth_date_tag
  Msisdn phone;      // empty: none registered
  Secret email;      // empty: none registered
  bool activated = true;
  bool locked = false;                 // by the central side: no reset at all
  Instant contact_changed{};           // when phone or e-mail last changed
  std::uint32_t password_version = 0;  // pw_ver: the version the teacher saw
  std::uint32_t identity_version = 0;  // id_ver: birth date, phone, e-mail, status
};

// Looks into this gateway's replica of the accounts. Both methods do the same work for what exists
// and what does not, so that the time of an answer tells a stranger nothing.
class AccountLookup {
 public:
  virtual ~AccountLookup() = default;
  virtual std::optional<Account> by_id(AccountKey id) const = 0;
  // The accounts for which this number is registered, at most `most`, by id.
  virtual std::vector<Account> by_phone(Msisdn phone, std::size_t most = 4) const = 0;
  // Before a batch: until the next call all look-ups may show the accounts of one moment, not
  // earlier than this one.
  virtual void look_anew() const {}
  // When this replica last agreed with the central database; nothing: it is that database.
  virtual std::optional<Instant> as_of() const { return std::nullopt; }
};

}  // namespace pulih::accounts
