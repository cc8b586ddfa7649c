// What a turn wants done: messages, a password change, a ticket, an e-mail, audit lines. Effects
// are data; the engine makes them durable in the same transaction as the talk's new state.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/conversation/event.hpp"
#include "daemon/conversation/state.hpp"

namespace pulih::conversation {

struct Message {
  accounts::Msisdn to;  // empty: a decoy's message, stored and sent to nobody
  Language language = Language::indonesian;
  Phrase phrase;
  Instant expires{};       // not sent after this: a code lives as long as it can be answered
  std::uint32_t code = 0;  // generation of the code in it, if it is for the person herself
};

// What stands next on her telephone, in the USSD session that she spoke in. It lives for seconds
// and is kept nowhere.
struct Screen {
  std::uint64_t session = 0;
  Language language = Language::indonesian;
  Phrase phrase;
  bool last = false;  // the session ends with it
};

// A screen that the network opens by itself, where her carrier does so: it only tells, or it can be
// answered, which is as good as dialling. Whether it is seen nobody knows; the SMS says the same.
struct CallBack {
  Language language = Language::indonesian;
  Phrase tells, asks;
};

struct StagePassword {
  OperationId operation{};
  AccountKey account = 0;
  std::string id;  // of the account, normal form
  std::uint32_t password_version = 0;
  std::uint32_t identity_version = 0;
  accounts::Verifier verifier;
  bool change_at_login = false;
  Instant change_before{};
  accounts::Blob sealed;  // the password itself, which only the target's hub can open; or empty
};

enum class TicketReason : std::uint8_t {
  no_contact_works,
  asked_for_help,
  contact_changed,
  not_me
};

struct OpenTicket {
  OperationId operation{};
  std::uint32_t report = 0;
  AccountKey account = 0;  // 0: a decoy's; stored like a real one and discarded
  std::string id;          // of the account, normal form
  TicketReason reason = TicketReason::asked_for_help;
};

struct SendEmail {
  AccountKey account = 0;  // 0: a decoy's
  Language language = Language::indonesian;
  Phrase phrase;
  Instant expires{};
};

// For the audit table: what happened, to which account, from which number (as keyed hashes).
enum class Audit : std::uint8_t {
  talk_begun = 1,
  identified = 2,  // id and birth date complete (right or decoy: the row is the same)
  birth_date_missed = 3,
  code_sent = 4,
  code_missed = 5,
  code_answered = 6,
  paused = 7,
  password_staged = 8,
  password_applied = 9,
  password_not_applied = 10,
  held_by_owner = 11,
  ticket_opened = 12,
  contact_changed = 13,
};
struct AuditLine {
  Audit what{};
  AccountKey account = 0;
};

struct Effects {
  std::vector<Message> messages;
  std::optional<Screen> screen;
  std::optional<CallBack> call_back;
  std::vector<SendEmail> emails;
  std::optional<StagePassword> password;
  std::vector<OperationId> withdrawn;  // password changes that the owner stopped
  std::optional<OpenTicket> ticket;
  std::vector<AuditLine> audit;
};

// What a turn comes to: the talk as it is now and what to do; or only slow work to be done first.
struct Outcome {
  Person person;
  Effects effects;
  std::optional<PasswordWork> work;
};

}  // namespace pulih::conversation
