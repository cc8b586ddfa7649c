// The port to the central account database: what the gateway asks of it, whatever engine it runs
// on. Password changes carry an id from birth and the versions that the teacher saw; a driver
// applies an id once, stores its result, and answers a repetition with the stored result.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/password.hpp"

namespace pulih::central {

using OperationId = std::array<std::uint8_t, 16>;

struct PasswordChange {
  OperationId id{};
  accounts::AccountKey account = 0;
  std::uint32_t base_password_version = 0;
  std::uint32_t base_identity_version = 0;
  accounts::Verifier verifier;
  bool change_at_login = false;       // a generated password must be changed at the next login …
  accounts::Instant change_before{};  // … before this
};

enum class Verdict : std::uint8_t {
  applied,
  superseded,        // the password version is no longer the one the teacher saw: central wins
  identity_changed,  // birth date, phone, e-mail or status changed meanwhile
  refused,           // the target's own policy refuses this password
  unknown_account,   // deleted or moved
  altered,           // the same id came before with another content: nothing was done
};

struct Ticket {
  OperationId id{};
  std::uint32_t report = 0;  // seven digits, as the teacher knows it
  accounts::AccountKey account = 0;
  std::uint8_t reason = 0;  // conversation::TicketReason
  accounts::Instant at{};
};

// A contact of an account was changed; the old one is told.
struct ContactChange {
  std::uint64_t cursor = 0;  // position in the feed, rising
  accounts::AccountKey account = 0;
  std::string id;
  accounts::Msisdn old_phone;  // empty: there was none
  accounts::Secret old_email;
  accounts::Msisdn new_phone;
};

// The link or the database failed; nothing is known of the call's effect: repeat it.
struct Unavailable {
  std::string why;  // for the journal: what, where, hint
};

class Central {
 public:
  virtual ~Central() = default;
  virtual tl::expected<Verdict, Unavailable> apply_password(const PasswordChange&,
                                                            accounts::Instant now) = 0;
  virtual tl::expected<void, Unavailable> open_ticket(const Ticket&) = 0;
  // Contact changes after `cursor`, oldest first, at most `most`.
  virtual tl::expected<std::vector<ContactChange>, Unavailable> changes(std::uint64_t cursor,
                                                                        std::size_t most) = 0;
};

}  // namespace pulih::central
