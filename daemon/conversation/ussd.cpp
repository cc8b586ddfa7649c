// What is typed on each screen (USSD), in the order in which a teacher meets them: a digit of the
// screen, or the same words as by SMS. Navigation is here; what counts (a date, a code, a password)
// is heard by the states of the talk, so that both channels are one session. What cannot be read is
// asked again and never counted.
#include <algorithm>

#include "daemon/conversation/talk.hpp"
#include "daemon/conversation/words.hpp"

namespace pulih::conversation {
namespace {

using Choice = std::optional<std::uint32_t>;

// The digit of a screen stands for another text in the state's ears.
void hear_as(std::string_view text, const Said& said, Talk& talk) {
  Said other{accounts::Secret(text), said.carrier_id, 0, false, said.session};
  hear_in_state(other, talk);
}

Identifying identifying(Talk& talk) {
  return std::get<Identifying>(std::exchange(talk.person.state, Idle{}));
}

void forget_name(Identifying& here, Talk& talk) {
  here.id.clear();
  talk.person.ussd.level = talk.person.ussd.role = 0;
}

// Back to her own accounts, if she has any, else to this screen.
void back_to_own_accounts(Text otherwise, Talk& talk) {
  const auto mine = talk.setting.accounts.by_phone(talk.person.number, 3);
  Identifying here = identifying(talk);
  forget_name(here, talk);
  const bool none = mine.empty();
  talk.person.state = none ? State(std::move(here)) : ask_whose(std::move(here), mine, talk);
  if (none) ask(otherwise, talk);
}

// Which of these she means: its digit, or the word itself.
std::optional<std::uint32_t> pick(const Said& said, const std::vector<std::string>& names) {
  const auto shown = choices_of(names).size();
  const auto choice = hear_choice(said.text.reveal());
  if (choice) return *choice >= 1 && *choice <= shown ? choice : std::nullopt;
  const auto words = words_of(said.text.reveal());
  const auto found = words.size() == 1 ? std::ranges::find(names, words[0]) : names.end();
  if (found == names.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - names.begin() + 1);
}

// U01, the menu. U20 is the same with less on it. Where nothing is said, she is shown where she
// stands: always with 2, and with 1 while a password is on its way.
void on_menu(Choice choice, Talk& talk) {
  auto& person = talk.person;
  const bool waits = std::holds_alternative<Applying>(person.state);
  const bool nothing_begun =
      std::holds_alternative<Idle>(person.state) || std::holds_alternative<Done>(person.state);
  if (choice == 0u) return ask(Text::U19, talk);
  if (choice == 1u) {
    if (!waits) person.state = begin(talk, {});
  } else if (choice == 2u) {
    if (nothing_begun) ask(Text::U20, talk);
  } else if (choice == 3u) {
    if (person.report.number == 0) return ask(Text::U20, talk);
    tell_status({}, talk);
  } else if (choice == 4u && talk.policy().offers.school && !waits) {
    person.state = open_ticket(claim_of(person.state), TicketReason::asked_for_help, talk);
  } else {
    if (choice == 5u)
      person.language =
          person.language == Language::english ? Language::indonesian : Language::english;
    ask(Text::U01, talk);
  }
}

// U02, "is this your account?" Another account's name will do, or the birth date at once.
void on_own_account(Choice choice, const Said& said, Talk& talk) {
  if (!choice) return hear_in_state(said, talk);
  if (*choice == 1) {
    talk.person.state = ask_or_complete(identifying(talk), talk);
  } else if (*choice == 2) {
    forget_name(std::get<Identifying>(talk.person.state), talk);
    ask(Text::U03, talk);
  } else {
    ask(*choice == 0 ? Text::U01 : Text::U02, talk);
  }
}

// U18, "which of your accounts?"
void on_own_accounts(Choice choice, const Said& said, Talk& talk) {
  auto& here = std::get<Identifying>(talk.person.state);
  if (!choice) return hear_in_state(said, talk);
  if (*choice >= 1 && *choice <= here.offered.size()) {
    here.id = here.offered[*choice - 1];
    talk.person.state = ask_or_complete(identifying(talk), talk);
  } else if (*choice == 9) {
    forget_name(here, talk);
    ask(Text::U03, talk);
  } else {
    ask(*choice == 0 ? Text::U01 : Text::U18, talk);
  }
}

// U03, the level of the school; whoever types the whole name is done with all three.
void on_level(Choice choice, const Said& said, Talk& talk) {
  if (choice == 0u) return back_to_own_accounts(Text::U01, talk);
  const auto picked = pick(said, talk.policy().names.levels);
  if (!picked) return choice ? ask(Text::U03, talk) : hear_in_state(said, talk);
  talk.person.ussd.level = *picked;
  ask(Text::U04, talk);
}

// U04, the role; after the last of them comes "pupil", who has none.
void on_role(Choice choice, const Said& said, Talk& talk) {
  const auto& roles = talk.policy().names.roles;
  auto& ussd = talk.person.ussd;
  if (choice == 0u) {
    ussd.level = 0;
    return ask(Text::U03, talk);
  }
  auto picked = pick(said, roles);
  if (choice && *choice == choices_of(roles).size() + 1)
    picked = static_cast<std::uint32_t>(roles.size() + 1);
  if (!picked) return choice ? ask(Text::U04, talk) : hear_in_state(said, talk);
  ussd.role = *picked;
  ask(Text::U05, talk);
}

// U05, the name before the @: with role and level it is a whole name.
void on_name(Choice choice, const Said& said, Talk& talk) {
  const auto& names = talk.policy().names;
  auto& ussd = talk.person.ussd;
  if (choice == 0u) {
    ussd.role = 0;
    return ask(Text::U04, talk);
  }
  const auto heard = hear_identity(said.text.reveal(), names, talk.year()).name;
  if (heard == NameHeard::understood || heard == NameHeard::excluded)
    return hear_in_state(said, talk);
  std::string whole(said.text.reveal());
  // The configuration may have changed since she chose.
  if (ussd.role >= 1 && ussd.role <= names.roles.size()) whole += " " + names.roles[ussd.role - 1];
  if (ussd.level >= 1 && ussd.level <= names.levels.size())
    whole += " " + names.levels[ussd.level - 1];
  hear_as(whole, said, talk);
}

// U06, the birth date.
void on_birth_date(Choice choice, const Said& said, Talk& talk) {
  if (choice != 0u) return hear_in_state(said, talk);
  if (talk.person.ussd.role == 0) return back_to_own_accounts(Text::U03, talk);
  std::get<Identifying>(talk.person.state).id.clear();
  ask(Text::U05, talk);
}

// U09, the code. One digit is none, and must not send another.
void on_code(Choice choice, const Said& said, Talk& talk) {
  if (!choice) return hear_in_state(said, talk);
  ask(*choice == 0 ? Text::U01 : Text::U09, talk);
}

// U13, a wrong date or code: try again, which shows where she stands, ask the school, or leave.
void on_miss(Choice choice, Talk& talk) {
  auto& state = talk.person.state;
  if (choice == 2u && talk.policy().offers.school)
    state = open_ticket(claim_of(state), TicketReason::asked_for_help, talk);
  else if (choice == 0u)
    ask(Text::U19, talk);
}

// U14 and U15, the password did not do: another one, or one that is made for her.
void on_refused_password(Choice choice, const Said& said, Talk& talk) {
  if (choice == 0u) return cancel(talk);
  if (choice == 2u) return hear_as("1", said, talk);
  ask(choice == 1u ? Text::U11 : talk.person.ussd.asks, talk);
}

}  // namespace

// What comes from a screen that stands no more is not applied: whatever it answered, she has been
// asked something else since.
bool reached_screen(const Said& said, Talk& talk) {
  const auto& ussd = talk.person.ussd;
  if (said.session == ussd.session) return said.carrier_id == 0 || said.carrier_id != ussd.heard;
  talk.effects.screen = Screen{said.session, talk.person.language, phrase(Text::U17), true};
  return false;
}

void hear_on_screen(const Said& said, Talk& talk) {
  // Meanwhile the talk went on by SMS: she is shown where it stands now.
  if (!fits(talk.person.ussd.asks, talk.person.state)) return;
  const Choice choice = hear_choice(said.text.reveal());
  switch (talk.person.ussd.asks) {
    case Text::U02:
      return on_own_account(choice, said, talk);
    case Text::U18:
      return on_own_accounts(choice, said, talk);
    case Text::U03:
      return on_level(choice, said, talk);
    case Text::U04:
      return on_role(choice, said, talk);
    case Text::U05:
      return on_name(choice, said, talk);
    case Text::U06:
      return on_birth_date(choice, said, talk);
    case Text::U09:
      return on_code(choice, said, talk);
    case Text::U13:
      return on_miss(choice, talk);
    case Text::U14:
    case Text::U15:
      return on_refused_password(choice, said, talk);
    case Text::U07:
    case Text::U10:
    case Text::U11:
    case Text::U12:
      return choice == 0u ? cancel(talk) : hear_in_state(said, talk);
    default:
      return on_menu(choice, talk);
  }
}

}  // namespace pulih::conversation
