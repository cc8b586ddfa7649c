// Step 4: made for her or chosen, typed once, typed again. What was typed leaves memory only as an
// argon2id verifier: the first typing is turned into one, the second is compared with it, and that
// same verifier goes to the central account database.
#include <algorithm>

#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

using Purpose = PasswordWork::Purpose;

// PW*, any, window over: back to CODE with a burnt code, M50.
State window_over(AwaitingCode code, Talk& talk) {
  talk.say(phrase(Text::M50, time_of_day(talk.ends())));
  return code;
}

// The owner said BUKAN while somebody was at step 4 (the code was right, so this is no secret).
State stopped_by_owner(const Guard& guard, Talk& talk) {
  talk.say(phrase(Text::M49, number(Slot::lap, guard.held_report)));
  return Idle{};
}

// What must be true in each state of step 4 before anything is heard.
std::optional<State> shut(AwaitingCode& code, Instant until, Talk& talk) {
  const Guard& guard = talk.guard(code.claim);
  if (guard.held(talk.now())) return stopped_by_owner(guard, talk);
  if (!runs(until, talk.policy().password_window, talk.now()))
    return window_over(std::move(code), talk);
  return std::nullopt;
}

// Asks for the slow work; a change that comes of it has its id from here on (invariant 3).
void ask_for_work(Purpose purpose, accounts::Secret password, accounts::Verifier against,
                  const Claim& claim, Talk& talk) {
  PasswordWork work{purpose, std::move(password), std::move(against), {}, claim.id};
  talk.setting.entropy.fill(work.operation);
  talk.work = std::move(work);
}
void make_one(const Claim& claim, Talk& talk) {
  ask_for_work(Purpose::generated, accounts::generate(talk.setting.entropy), {}, claim, talk);
}

// PW1, text: M28, M29, M30, or nothing said when it may be used.
bool refused(const accounts::Secret& password, const Claim& claim, Talk& talk) {
  const auto& rules = talk.policy().passwords;
  const auto length = static_cast<std::uint32_t>(password.size());
  switch (accounts::check(password, rules, {claim.id, claim.birth_date})) {
    case accounts::PasswordFault::none:
      return false;
    case accounts::PasswordFault::too_short:
      talk.say(phrase(Text::M28, number(Slot::jml, length), number(Slot::min, rules.shortest)));
      return true;
    case accounts::PasswordFault::guessable:
      talk.say(phrase(Text::M29));
      return true;
    case accounts::PasswordFault::characters:
      talk.say(phrase(Text::M30));
      return true;
  }
  return true;
}

FirstCharacter first_of(const accounts::Secret& password) {
  const char c = password.reveal().front();
  if (c >= 'A' && c <= 'Z') return FirstCharacter::upper;
  if (c >= 'a' && c <= 'z') return FirstCharacter::lower;
  if (c >= '0' && c <= '9') return FirstCharacter::digit;
  return FirstCharacter::sign;
}

// → APPLY, M31 (M41, M54: upstream away): the one place where a password change is born (invariant
// 2: only from a state that a right code opened), with the id it keeps for good (invariant 3).
State stage(const AwaitingCode& code, Prepared& work, accounts::Verifier verifier,
            accounts::Secret generated, Talk& talk) {
  Guard& guard = talk.guard(code.claim);
  Applying next;
  next.claim = code.claim;
  next.channel = code.channel;
  next.staged = talk.now();
  next.operation = work.operation;
  StagePassword change{next.operation,
                       code.claim.account,
                       code.claim.id,
                       code.claim.password_version,
                       code.claim.identity_version,
                       std::move(verifier),
                       !generated.empty(),
                       {},
                       std::move(work.sealed)};
  if (change.change_at_login)
    change.change_before = talk.now() + talk.policy().temporary_password_life;
  talk.effects.password = std::move(change);
  next.generated = std::move(generated);
  guard.pending = next.operation;
  guard.pending_person = talk.setting.keys.person(talk.person.number);
  const bool waits = talk.setting.upstream != Upstream::near;
  const auto report = 1000000 + talk.setting.entropy.below(9000000);
  talk.person.report = {report, waits ? ReportState::waits_for_central : ReportState::being_set,
                        talk.now()};
  talk.note(Audit::password_staged, code.claim.account);
  // Said now, and not again by `waiting`.
  next.told_waiting = waits;
  if (waits)
    talk.say(phrase(talk.setting.upstream == Upstream::stale ? Text::M54 : Text::M41,
                    number(Slot::lap, report)));
  else
    talk.say(phrase(Text::M31));
  return next;
}

}  // namespace

// PWMODE: 1 = made for her, 2 = her own.
State hear(ChoosingPassword here, const Said& said, Talk& talk) {
  if (auto closed = shut(here.code, here.until, talk)) return std::move(*closed);
  const auto choice = hear_choice(said.text.reveal());
  if (choice == 1u) {
    make_one(here.code.claim, talk);
    return here;
  }
  if (choice == 2u) {
    talk.say(phrase(Text::M25, number(Slot::min, talk.policy().passwords.shortest)));
    return TypingPassword{std::move(here.code), here.until};
  }
  talk.say(phrase(Text::M39, text(Slot::tunggu, Text::W06)));
  return here;
}

// PW1: 1 = made for her after all, else the password, once or twice in one message.
State hear(TypingPassword here, const Said& said, Talk& talk) {
  if (auto closed = shut(here.code, here.until, talk)) return std::move(*closed);
  if (hear_choice(said.text.reveal()) == 1u) {
    make_one(here.code.claim, talk);
    return here;
  }
  const PasswordHeard heard = hear_password(said.text.reveal());
  accounts::Secret password(heard.password);
  if (refused(password, here.code.claim, talk)) return here;
  ask_for_work(heard.twice ? Purpose::typed_twice : Purpose::typed, std::move(password), {},
               here.code.claim, talk);
  return here;
}

// PW2: UBAH, 1, or the same password again.
State hear(RepeatingPassword here, const Said& said, Talk& talk) {
  if (auto closed = shut(here.code, here.until, talk)) return std::move(*closed);
  const std::string_view typed = said.text.reveal();
  if (hear_command(typed).keyword == Keyword::change) {
    talk.say(phrase(Text::M25, number(Slot::min, talk.policy().passwords.shortest)));
    return TypingPassword{std::move(here.code), here.until};
  }
  if (hear_choice(typed) == 1u) {
    make_one(here.code.claim, talk);
    return here;
  }
  ask_for_work(Purpose::repeated, accounts::Secret(hear_password(typed).password), here.first,
               here.code.claim, talk);
  return here;
}

// The slow work is done, and the message that asked for it is heard to its end. Whoever has left
// step 4 meanwhile is told that the message came late.
State prepared(State state, Prepared& work, Talk& talk) {
  AwaitingCode* code = nullptr;
  Instant until{};
  std::visit(
      [&](auto& here) {
        if constexpr (requires {
                        here.code.claim;
                        here.until;
                      }) {
          code = &here.code;
          until = here.until;
        }
      },
      state);
  auto* repeating = std::get_if<RepeatingPassword>(&state);
  if (!code || (work.purpose == Purpose::repeated && !repeating)) {
    talk.say(phrase(Text::M40, text(Slot::tunggu, awaited(state))));
    return state;
  }
  if (auto closed = shut(*code, until, talk)) return std::move(*closed);

  switch (work.purpose) {
    case Purpose::generated:
      return stage(*code, work, std::move(work.verifier), std::move(work.password), talk);
    case Purpose::typed_twice:
      return stage(*code, work, std::move(work.verifier), {}, talk);
    case Purpose::typed:
      talk.say(phrase(Text::M26,
                      number(Slot::jml, static_cast<std::uint32_t>(work.password.size())),
                      Blank{Slot::awal, first_of(work.password)}));
      return RepeatingPassword{std::move(*code), until, std::move(work.verifier)};
    case Purpose::repeated:
      if (work.matches) return stage(*code, work, std::move(repeating->first), {}, talk);
      talk.say(phrase(Text::M27));
      return TypingPassword{std::move(*code), until};
  }
  return state;
}

}  // namespace pulih::conversation
