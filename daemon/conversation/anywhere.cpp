// The words that work in every state: RESET, BATAL, BANTUAN, STATUS, ENGLISH, INDONESIA, BUKAN,
// OPERATOR. While a password is awaited only the bare word counts, since a password may begin with
// one.
#include <algorithm>

#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

bool awaits_password(const State& state) {
  return std::holds_alternative<TypingPassword>(state) ||
         std::holds_alternative<RepeatingPassword>(state);
}

void did_not_understand(Talk& talk) {
  talk.say(phrase(Text::M39, text(Slot::tunggu, awaited(talk.person.state))));
}

// ENGLISH / INDONESIA → same, M48
void speak(Language language, Talk& talk) {
  talk.person.language = language;
  talk.say(phrase(Text::M48));
}

Text word_for(ReportState state) {
  switch (state) {
    case ReportState::with_school:
      return Text::S01;
    case ReportState::being_set:
      return Text::S02;
    case ReportState::waits_for_central:
      return Text::S07;
    case ReportState::done:
      return Text::S03;
    case ReportState::not_set:
      return Text::S04;
    case ReportState::stopped:
      return Text::S06;
  }
  return Text::S05;
}

bool can_be_stopped(const Guard& guard, const Talk& talk) {
  return guard.live_until > talk.now() || guard.pending ||
         (guard.last_reset != Instant{} && talk.now() - guard.last_reset < talk.policy().hold);
}

// BUKAN → HOLD M35, only from a number registered for an account with a live request or a reset
// less than 72 hours old, or from the number that such an account had until now.
bool stop_by_owner(Talk& talk) {
  auto& person = talk.person;
  std::vector<AccountKey> hers;
  for (const auto& account : talk.setting.accounts.by_phone(person.number))
    if (can_be_stopped(talk.guard(account.key), talk)) hers.push_back(account.key);
  if (runs(person.objection.until, talk.policy().hold, talk.now()))
    hers.push_back(person.objection.account);
  if (hers.empty()) return false;

  // Who says it again has said it: the report and its ticket are there.
  const bool again = std::ranges::all_of(hers, [&](AccountKey account) {
    const Guard& guard = talk.guard(account);
    return guard.held(talk.now()) && guard.held_report == person.report.number;
  });
  const auto report = again ? person.report.number : 1000000 + talk.setting.entropy.below(9000000);
  person.report = {report, ReportState::stopped, talk.now()};
  for (const AccountKey account : hers) {
    Guard& guard = talk.guard(account);
    guard.held_until = talk.now() + talk.policy().hold;
    guard.held_report = person.report.number;
    guard.live_until = {};
    // A change of her own is hers to stop as well; its talk hears of it by Settled::failed.
    if (guard.pending) talk.effects.withdrawn.push_back(*guard.pending);
    talk.note(Audit::held_by_owner, account);
  }
  if (talk.policy().offers.school && !again) {
    const auto account = talk.setting.accounts.by_id(hers.front());
    OpenTicket ticket{{},
                      person.report.number,
                      hers.front(),
                      account ? account->id : std::string(),
                      TicketReason::not_me};
    talk.setting.entropy.fill(ticket.operation);
    talk.effects.ticket = ticket;
  }
  talk.say(phrase(Text::M35, number(Slot::lap, person.report.number)));
  if (!std::holds_alternative<Applying>(person.state)) person.state = Idle{};
  return true;
}

// "BUKAN" as the answer to "are you the owner of this account?" means another account.
void not_this_account(Talk& talk) {
  if (auto* here = std::get_if<Identifying>(&talk.person.state)) {
    here->id.clear();
    here->offered.clear();
    return talk.say(phrase(Text::M04));
  }
  did_not_understand(talk);
}

}  // namespace

// STATUS [lap] → same, M23. A report of somebody else is as unknown as one that never was.
void tell_status(std::string_view rest, Talk& talk) {
  const Report& report = talk.person.report;
  const std::uint32_t asked = hear_report(rest).value_or(report.number);
  if (asked == 0) return did_not_understand(talk);
  const bool known = asked == report.number;
  talk.say(phrase(Text::M23, number(Slot::lap, asked),
                  text(Slot::status, known ? word_for(report.state) : Text::S05),
                  day_and_time(known ? report.updated : talk.now())));
}

// BATAL → IDLE M36. A change that is on its way cannot be promised to stop.
void cancel(Talk& talk) {
  if (std::holds_alternative<Applying>(talk.person.state))
    return talk.say(phrase(Text::M40, text(Slot::tunggu, Text::W09)));
  talk.person.state = Idle{};
  talk.say(phrase(Text::M36));
}

bool heard_anywhere(const Said& said, Talk& talk) {
  auto& state = talk.person.state;
  const Command command = hear_command(said.text.reveal());
  if (awaits_password(state) && !command.rest.empty()) return false;
  switch (command.keyword) {
    case Keyword::reset:
      if (std::holds_alternative<Applying>(state)) return false;
      state = begin(talk, command.rest);
      return true;
    case Keyword::cancel:
      cancel(talk);
      return true;
    case Keyword::help:
      talk.say(phrase(Text::M37));
      return true;
    case Keyword::status:
      tell_status(command.rest, talk);
      return true;
    case Keyword::english:
      speak(Language::english, talk);
      return true;
    case Keyword::indonesian:
      speak(Language::indonesian, talk);
      return true;
    case Keyword::not_me:
      if (!stop_by_owner(talk)) not_this_account(talk);
      return true;
    case Keyword::school:
      if (!talk.policy().offers.school || std::holds_alternative<Applying>(state))
        did_not_understand(talk);
      else
        state = open_ticket(claim_of(state), TicketReason::asked_for_help, talk);
      return true;
    case Keyword::none:
    case Keyword::resend:
    case Keyword::change:
      return false;
  }
  return false;
}

}  // namespace pulih::conversation
