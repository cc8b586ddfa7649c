// What can happen to a talk: a message from the person, a dialled code, slow work that is done, the
// central database's answer, a change of contact. Everything that an event needs is in it; nothing
// is asked back.
#pragma once
#include <cstdint>
#include <variant>

#include "daemon/accounts/password.hpp"
#include "daemon/accounts/secret.hpp"
#include "daemon/conversation/state.hpp"

namespace pulih::conversation {

struct Said {
  accounts::Secret text;
  std::uint64_t carrier_id =
      0;  // SiteKeys::carrier_id_tag of the carrier's message id; 0: none given
  std::uint64_t text_tag = 0;  // SiteKeys::text_tag
  bool multipart = false;      // of several parts, of which not all came
  std::uint64_t session = 0;   // of USSD, on whose screen it was typed; 0: it came by SMS
};

// She dialled the code: a USSD session begins, with nothing said yet.
struct Dialled {
  std::uint64_t session = 0;
  std::uint64_t carrier_id = 0;  // as Said's
};

// Work on a password takes too long for a turn (argon2id). The turn asks for it, nothing is saved,
// and the message comes back as Prepared, still unacknowledged: a crash in between loses nothing.
struct PasswordWork {
  enum class Purpose : std::uint8_t {
    typed,        // make a verifier of what was typed first
    typed_twice,  // the same, and one message held it twice
    repeated,     // compare what was typed now with the verifier of the first
    generated,    // make a verifier of a password made for her
  };
  Purpose purpose = Purpose::typed;
  accounts::Secret password;
  accounts::Verifier against;  // for `repeated`
  // The change that comes of it, if it comes to one, and whose password it changes.
  OperationId operation{};
  std::string account_id;
};
struct Prepared {
  Said said;
  PasswordWork::Purpose purpose = PasswordWork::Purpose::typed;
  accounts::Secret password;
  accounts::Verifier verifier;  // of `password`, empty for `repeated`
  bool matches = false;         // for `repeated`
  OperationId operation{};      // as the work's
  accounts::Blob sealed;        // the password as the target's own key seals it; empty: not needed
};

// The central database's answer to a password change, as far as the teacher is concerned.
struct Settled {
  OperationId operation{};
  enum class How : std::uint8_t {
    applied,
    superseded,  // the password was changed by another way meanwhile
    refused,     // by the central side's own password policy
    // Contact or birth date are others than were known here, or it was locked, moved or deleted.
    account_changed,
    failed,  // the wait was too long, or the owner stopped it: erased
  } how = How::applied;
};
// The central database cannot be reached; the change is kept and tried again.
struct Waiting {
  OperationId operation{};
};

// The message with this code did not reach her number, says the carrier.
struct CodeLost {
  std::uint32_t generation = 0;
};

// The contact of an account was changed by another way; this person had the old one.
struct ContactChanged {
  AccountKey account = 0;
  std::string id;
  accounts::Msisdn new_phone;
};

using Event = std::variant<Said, Dialled, Prepared, Settled, Waiting, CodeLost, ContactChanged>;

}  // namespace pulih::conversation
