// One turn of the dialogue: who spoke, what is known, what was said → how the talk stands now and
// what to do. A function of its arguments: no clock, no random device, no database, no thread.
#pragma once
#include "daemon/accounts/account.hpp"
#include "daemon/accounts/entropy.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/conversation/effect.hpp"
#include "daemon/conversation/event.hpp"
#include "daemon/conversation/guard.hpp"
#include "daemon/conversation/policy.hpp"
#include "daemon/conversation/state.hpp"

namespace pulih::conversation {

// The guards of the accounts that a turn names, as they stand in this batch; a turn may change
// them.
class Ledger {
 public:
  virtual ~Ledger() = default;
  virtual Guard& guard(AccountKey account) = 0;
};

// The way to the central account database, as far as it is known.
enum class Upstream : std::uint8_t {
  near,   // what is confirmed now is applied in moments
  away,   // it cannot be reached: what is confirmed is kept until it can
  stale,  // and not for so long that the account may be another one there: nothing is promised
};

// Everything around a turn.
struct Setting {
  const Policy& policy;
  const accounts::SiteKeys& keys;
  const accounts::AccountLookup& accounts;
  Ledger& ledger;
  accounts::Entropy& entropy;
  Instant now;
  Upstream upstream = Upstream::near;
};

// Pure: the same arguments give the same outcome, byte for byte. With `work` in the outcome nothing
// else counts: person and guards are as they were.
Outcome take_turn(Person person, Event event, const Setting& setting);

}  // namespace pulih::conversation
