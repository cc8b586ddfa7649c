// Step 3, second half: the code comes back. Only the newest code, in its time, in the talk that
// asked for it, opens step 4; an older or late one is recognised and not counted as wrong.
#include <algorithm>
#include <cstdio>

#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

State did_not_understand(AwaitingCode here, Talk& talk) {
  talk.say(phrase(Text::M39, text(Slot::tunggu, Text::W05)));
  return here;
}

// The answer to step 2 that arrives late: eight digits, but not a code.
bool is_late_birth_date(const AwaitingCode& here, std::string_view digits) {
  const auto date = here.claim.birth_date;
  std::array<char, 12> ddmmyyyy{};
  std::snprintf(ddmmyyyy.data(), ddmmyyyy.size(), "%02u%02u%04u", date % 100, date / 100 % 100,
                date / 10000 % 10000);
  const bool late = digits == std::string_view(ddmmyyyy.data(), 8);
  sodium_memzero(ddmmyyyy.data(), ddmmyyyy.size());
  return late;
}

bool is_earlier_code(const AwaitingCode& here, std::string_view digits, const Talk& talk) {
  bool found = false;  // no early way out: the time tells nothing
  for (std::uint32_t back = 0; back < here.earlier.size(); ++back) {
    const auto tag =
        talk.setting.keys.code_tag(talk.person.session, here.generation - 1 - back, digits);
    found |= accounts::same(tag, here.earlier[back]);
  }
  return found;
}

// CODE, wrong (or DECOY): M15, or with none left M20 and a pause for this side of the account.
State wrong_code(AwaitingCode here, Talk& talk) {
  const auto& policy = talk.policy();
  Side& side = talk.guard(here.claim).side(here.claim.own);
  ++here.tries;
  side.misses.add(talk.now());
  talk.note(Audit::code_missed, here.claim.account);
  const auto left = std::min(
      policy.code_tries - std::min(here.tries, policy.code_tries),
      policy.code_tries_total - std::min(side.misses.at(talk.now()), policy.code_tries_total));
  if (left == 0) {
    side.paused_until = talk.now() + policy.pause;
    talk.note(Audit::paused, here.claim.account);
    talk.say(phrase(Text::M20, time_of_day(side.paused_until)));
    return Idle{};
  }
  talk.say(phrase(Text::M15, number(Slot::sisa, left), number(Slot::n, here.generation)));
  return here;
}

State right_code(AwaitingCode here, Talk& talk) {
  const bool late = here.burnt || !lasts(here.sent, here.expires - here.sent, talk.now());
  here.burnt = true;
  if (late) {
    talk.say(phrase(Text::M16, time_of_day(talk.ends())));
    return here;
  }
  talk.note(Audit::code_answered, here.claim.account);
  const Instant until = talk.now() + talk.policy().password_window;
  talk.say(phrase(Text::M24, time_of_day(until)));
  return ChoosingPassword{std::move(here), until};
}

}  // namespace

// The carrier could not deliver the code: M53, at once, with the other ways there are. Only for the
// owner at her own phone: to a stranger it would say that the data were right (invariant 5).
State code_lost(State state, const CodeLost& lost, Talk& talk) {
  const auto* here = std::get_if<AwaitingCode>(&state);
  if (here && here->claim.own && here->channel == Channel::sms && !here->burnt &&
      here->generation == lost.generation && talk.now() < here->expires)
    talk.say(phrase(Text::M53, number(Slot::n, here->generation)));
  return state;
}

State hear(AwaitingCode here, const Said& said, Talk& talk) {
  const std::string_view typed = said.text.reveal();
  if (hear_command(typed).keyword == Keyword::resend) {
    const Channel same = here.channel;
    return send_code(std::move(here), same, talk);
  }
  if (const auto choice = hear_choice(typed)) {
    if (*choice == 1) return send_code(std::move(here), Channel::sms, talk);
    if (*choice == 2 && talk.policy().offers.email)
      return send_code(std::move(here), Channel::email, talk);
    if (*choice == 3 && talk.policy().offers.school)
      return open_ticket(&here.claim, TicketReason::no_contact_works, talk);
    return did_not_understand(std::move(here), talk);
  }
  const auto heard = hear_code(typed);
  if (!heard) return did_not_understand(std::move(here), talk);
  const accounts::Secret digits(*heard);
  if (is_late_birth_date(here, digits.reveal())) {
    talk.say(phrase(Text::M40, text(Slot::tunggu, Text::W05)));
    return here;
  }

  Guard& guard = talk.guard(here.claim);
  if (guard.side(here.claim.own).paused(talk.policy(), talk.now())) {
    talk.say(phrase(Text::M20, time_of_day(guard.side(here.claim.own).paused_until)));
    return Idle{};
  }
  const auto tag =
      talk.setting.keys.code_tag(talk.person.session, here.generation, digits.reveal());
  const bool earlier = is_earlier_code(here, digits.reveal(), talk);
  const bool right = accounts::same(tag, here.code);
  if (earlier && !right) {
    talk.say(phrase(Text::M17, number(Slot::n, here.generation), time_of_day(here.sent)));
    return here;
  }
  if (right && !here.claim.decoy && !guard.held(talk.now()))
    return right_code(std::move(here), talk);
  return wrong_code(std::move(here), talk);
}

}  // namespace pulih::conversation
