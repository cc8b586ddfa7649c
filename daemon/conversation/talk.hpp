// One turn while it is being taken: the person, what surrounds her, and the effects gathered so
// far. The states' functions (identify.cpp … apply.cpp) read in the order in which a teacher meets
// them; each takes the state it stands in and returns the next one.
#pragma once
#include <string>
#include <utility>

#include "daemon/conversation/turn.hpp"

namespace pulih::conversation {

struct Talk {
  Person person;
  const Setting& setting;
  Effects effects = {};
  std::optional<PasswordWork> work = {};
  bool on_screen = false;  // she spoke by USSD, and what is said becomes a screen

  const Policy& policy() const { return setting.policy; }
  Instant now() const { return setting.now; }
  Instant ends() const { return person.began + setting.policy.session_life; }
  bool over() const { return !lasts(person.began, setting.policy.session_life, now()); }
  Guard& guard(AccountKey account) const;
  Guard& guard(const Claim& claim) const { return guard(claim.account); }
  std::uint32_t year() const;

  // To the person who spoke, by the way that she spoke; a secret goes by SMS always. A text with a
  // secret in it is not kept for a repetition: say instead what a repetition shall hear.
  void say(Phrase phrase);
  void say_secret(Phrase phrase, Instant expires, Phrase when_repeated, std::uint32_t code = 0);
  // To another number; an empty one is a decoy's.
  void tell(accounts::Msisdn to, Phrase phrase, Instant expires);
  void note(Audit what, AccountKey account) { effects.audit.push_back({what, account}); }
};

template <class... Blanks>
Phrase phrase(Text text, Blanks&&... blanks) {
  Phrase made{text, {}};
  made.blanks.reserve(sizeof...(blanks));
  (made.blanks.push_back(std::forward<Blanks>(blanks)), ...);
  return made;
}
inline Blank number(Slot slot, std::uint32_t value) { return {slot, std::int64_t{value}}; }
inline Blank words(Slot slot, std::string value) { return {slot, std::move(value)}; }
inline Blank text(Slot slot, Text value) { return {slot, value}; }
inline Blank time_of_day(Instant at) { return {Slot::jam, TimeOfDay{at}}; }
inline Blank day_and_time(Instant at) { return {Slot::tj, DayAndTime{at}}; }
inline Blank secret(Slot slot, accounts::Secret value) { return {slot, std::move(value)}; }

// What the person is expected to send in this state (W01 … W09).
Text awaited(const State&);

// Whose account the talk is about, or nullptr before id and birth date are complete.
const Claim* claim_of(const State&);

// ---- every state ------------------------------------------------------------------------------
// The words that work anywhere (BATAL, BANTUAN, STATUS, BUKAN …): true when the message was one.
bool heard_anywhere(const Said&, Talk&);
void tell_status(std::string_view rest, Talk&);
void cancel(Talk&);
// What is none of them is heard by the state in which the talk stands.
void hear_in_state(const Said&, Talk&);

// ---- step 1 and 2: who are you? ----------------------------------------------------------------
State begin(Talk&, std::string_view rest);
State ask_whose(Identifying, const std::vector<accounts::Account>& mine, Talk&);
State ask_or_complete(Identifying, Talk&);
State hear(Idle, const Said&, Talk&);
State hear(Identifying, const Said&, Talk&);

// ---- step 3: where shall the code go, and what was it? ------------------------------------------
State hear(Choosing, const Said&, Talk&);
State hear(AwaitingCode, const Said&, Talk&);
State send_code(AwaitingCode, Channel, Talk&);
State code_lost(State, const CodeLost&, Talk&);
State open_ticket(const Claim*, TicketReason, Talk&);

// ---- step 4: the new password
State hear(ChoosingPassword, const Said&, Talk&);
State hear(TypingPassword, const Said&, Talk&);
State hear(RepeatingPassword, const Said&, Talk&);
State prepared(State, Prepared&, Talk&);

// ---- the central database's answer
State hear(Applying, const Said&, Talk&);
State hear(Done, const Said&, Talk&);
State settled(State, const Settled&, Talk&);
State waiting(State, const Waiting&, Talk&);

// ---- the same on screens -----------------------------------------------------------------------
// True: it is an answer to the screen that stands, and was not heard before.
bool reached_screen(const Said&, Talk&);
void hear_on_screen(const Said&, Talk&);
// The next screen, and what it asks.
void ask(Text screen, Talk&);
// At the end of a turn: what was said becomes a screen; if nothing was, she sees where she stands.
void draw(Talk&);
bool fits(Text screen, const State&);
// The first of these that a screen has room for, one digit each.
std::vector<std::string> choices_of(const std::vector<std::string>& all);

}  // namespace pulih::conversation
