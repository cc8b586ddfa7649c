// Where a talk stands: one structure for each state of the dialogue, in the order in which a
// teacher meets them, and around it what is kept about one telephone number. PAUSE, HOLD and TICKET
// of the transition table are no states of a talk: they are facts about an account (guard.hpp) or a
// report.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/conversation/texts.hpp"

namespace pulih::conversation {

using accounts::AccountKey;
using accounts::Instant;
using OperationId = std::array<std::uint8_t, 16>;

// Whose account a talk is about, once id and birth date are complete. A decoy is an account that
// does not exist, a birth date that is wrong, or an account on hold: it is treated alike in
// everything that the sender can see, and its code is never sent and never right.
struct Claim {
  AccountKey account = 0;
  std::string id;                // "budi12@guru.sd", as given
  std::uint32_t birth_date = 0;  // as given
  bool own = false;              // the sender's number is the one registered for the account
  bool decoy = false;
  std::uint32_t password_version =
      0;  // what the teacher saw: the change holds for these versions only
  std::uint32_t identity_version = 0;
};

enum class Channel : std::uint8_t { sms, email };

struct Idle {};

struct Identifying {
  std::string id;                    // empty: not given yet
  std::uint32_t birth_date = 0;      // 0: not given yet
  std::uint32_t misses = 0;          // wrong birth dates in this talk
  std::vector<std::string> offered;  // the list that M03 showed, in its order
};

struct Choosing {
  Claim claim;
};

struct AwaitingCode {
  Claim claim;
  Channel channel = Channel::sms;
  std::uint32_t generation = 0;
  accounts::Tag code{};
  bool burnt = false;                  // used, expired or its password window is over
  std::vector<accounts::Tag> earlier;  // the codes sent before this one, newest first
  Instant sent{};
  Instant expires{};
  std::uint32_t tries = 0;  // wrong answers to this code
};

// A right answer opens the window in which a password can be set. The code it came from stays with
// it, burnt, so that ULANG can follow when the window closes.
struct ChoosingPassword {
  AwaitingCode code;
  Instant until{};
};
struct TypingPassword {
  AwaitingCode code;
  Instant until{};
};
struct RepeatingPassword {
  AwaitingCode code;
  Instant until{};
  accounts::Verifier first;  // of what was typed first; the text itself is gone
};

struct Applying {
  Claim claim;
  Channel channel = Channel::sms;  // the code's contact hears the result
  OperationId operation{};
  accounts::Secret generated;  // empty: she chose her own
  Instant staged{};
  bool told_waiting = false;
};

struct Done {};

using State = std::variant<Idle, Identifying, Choosing, AwaitingCode, ChoosingPassword,
                           TypingPassword, RepeatingPassword, Applying, Done>;

enum class ReportState : std::uint8_t {
  with_school,
  being_set,
  done,
  not_set,
  stopped,
  waits_for_central,
};

struct Report {
  std::uint32_t number = 0;  // seven digits; 0: none
  ReportState state = ReportState::with_school;
  Instant updated{};
};

// The last messages of a number, to recognise one that comes again.
struct RecentMessage {
  std::uint64_t carrier_id = 0;  // SiteKeys::carrier_id_tag; 0: the carrier gave none
  std::uint64_t text = 0;        // SiteKeys::text_tag
  Instant at{};
};

// Her USSD session. The talk's state is the same for SMS and USSD; this is only which screen stands
// on her telephone, and what she chose on the way to an account's name.
struct Ussd {
  std::uint64_t session = 0;          // as the carriers name it; 0: no screen is open
  std::uint64_t heard = 0;            // carrier_id of the last message in it
  Text asks = Text::U01;              // the screen that stands
  std::uint32_t level = 0, role = 0;  // choices of U03 and U04, from 1
  bool spoke_last = false;            // on a screen, after her last SMS
  Instant at{};                       // when she last used a screen
};

// All that is kept about one telephone number.
struct Person {
  accounts::Msisdn number;
  std::uint64_t carrier = 0;  // by which she last wrote
  Language language = Language::indonesian;
  std::uint64_t session = 0;  // of this talk; codes are bound to it
  Instant began{};
  State state = Idle{};
  Report report;

  struct Tried {
    AccountKey account = 0;
    Instant at{};
  };
  std::vector<Tried> tried;  // accounts asked for in the last 24 h
  struct Objection {         // may say BUKAN about this account although not its number any more
    AccountKey account = 0;
    Instant until{};
  } objection;
  Instant replies_since{};
  std::uint32_t replies = 0;

  std::vector<RecentMessage> recent;  // by SMS, newest first, at most most_recent
  Phrase last_reply{Text::M01, {}};   // never one with a secret in it
  Ussd ussd;
};
// More than the longest ordinary talk: a carrier that was told to try later may bring a copy of her
// first message when she types her password.
inline constexpr std::size_t most_recent = 12;

}  // namespace pulih::conversation
