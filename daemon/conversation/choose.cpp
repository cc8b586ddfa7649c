// Step 3, first half: where shall the code go? And the sending of it, for the first time or again.
// What a decoy's request costs in counters, rows and words is what a real one costs.
#include <algorithm>

#include "daemon/accounts/otp.hpp"
#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

constexpr std::size_t most_earlier_codes = 3;

// A report that is stored for nobody looks like one that is stored for somebody.
std::uint32_t new_report(Talk& talk) {
  talk.person.report = {1000000 + talk.setting.entropy.below(9000000), ReportState::with_school,
                        talk.now()};
  return talk.person.report.number;
}

// The words for the code by SMS. From the registered phone the code itself is the answer; from
// another phone the owner is warned and asked to pass it on by hand, and the sender hears that it
// was sent.
void deliver_by_sms(const AwaitingCode& here, accounts::Secret code,
                    const accounts::Account* account, bool sent_at_all, Talk& talk) {
  const Claim& claim = here.claim;
  if (claim.own)
    return talk.say_secret(phrase(Text::M11, number(Slot::n, here.generation),
                                  secret(Slot::kode, std::move(code)), time_of_day(here.expires)),
                           here.expires, phrase(Text::M13), here.generation);
  // First the sender: her answer must not come later where the owner gets a message too.
  talk.say(phrase(Text::M13));
  const auto owner = sent_at_all && account ? account->phone : accounts::Msisdn{};
  talk.tell(owner,
            phrase(Text::M12, words(Slot::hp3, talk.person.number.last_three()),
                   words(Slot::akun, masked_id(claim.id)), secret(Slot::kode, std::move(code)),
                   time_of_day(here.expires)),
            here.expires);
}

void deliver_by_email(const AwaitingCode& here, accounts::Secret code, bool sent_at_all,
                      Talk& talk) {
  talk.effects.emails.push_back(
      {sent_at_all ? here.claim.account : 0, talk.policy().language,
       phrase(Text::M11, number(Slot::n, here.generation), secret(Slot::kode, std::move(code)),
              time_of_day(here.expires)),
       here.expires});
  talk.say(phrase(Text::M14));
}

AwaitingCode awaiting(Claim claim) {
  AwaitingCode here;
  here.claim = std::move(claim);
  return here;
}

void make_code(AwaitingCode& here, Channel channel, const accounts::Secret& code, Talk& talk) {
  if (here.generation > 0) {
    here.earlier.insert(here.earlier.begin(), here.code);
    if (here.earlier.size() > most_earlier_codes) here.earlier.pop_back();
  }
  ++here.generation;
  here.channel = channel;
  here.code = talk.setting.keys.code_tag(talk.person.session, here.generation, code.reveal());
  here.burnt = false;
  here.tries = 0;
  here.sent = talk.now();
  here.expires = talk.now() + (channel == Channel::sms ? talk.policy().code_life
                                                       : talk.policy().email_code_life);
}

}  // namespace

// CHOOSE, 1 / 2, and CODE, ULANG: rows M11–M14, M18, M19.
State send_code(AwaitingCode here, Channel channel, Talk& talk) {
  Guard& guard = talk.guard(here.claim);
  Side& side = guard.side(here.claim.own);
  const bool first = here.generation == 0;
  const auto leave = may_send(side, talk.policy(), talk.now());
  if (leave.kind == SendLeave::Kind::none_left) {
    talk.say(phrase(Text::M19, time_of_day(leave.again)));
    // A code that was sent before can still be answered.
    return first ? State(Idle{}) : State(std::move(here));
  }
  if (leave.kind == SendLeave::Kind::wait) {
    const auto minutes_left = std::chrono::ceil<minutes>(leave.again - talk.now()).count();
    talk.say(phrase(Text::M18, number(Slot::mnt, static_cast<std::uint32_t>(minutes_left))));
    if (first) return Choosing{std::move(here.claim)};
    return here;
  }

  const auto account = talk.setting.accounts.by_id(here.claim.account);
  auto code = accounts::new_code(talk.setting.entropy, channel == Channel::sms ? 6 : 8);
  make_code(here, channel, code, talk);
  count_send(side, talk.now());
  guard.live_until = std::max(guard.live_until, here.expires);
  talk.note(Audit::code_sent, here.claim.account);
  // A contact that was registered after the talk began sees no code of it (invariant 2).
  if (!here.claim.own && account && account->identity_version != here.claim.identity_version)
    here.claim.decoy = true;
  const bool sent_at_all = !here.claim.decoy && !guard.held(talk.now());
  if (channel == Channel::sms)
    deliver_by_sms(here, std::move(code), account ? &*account : nullptr, sent_at_all, talk);
  else
    deliver_by_email(here, std::move(code), sent_at_all, talk);
  return here;
}

// CHOOSE: 1, 2 or 3; ULANG stands for 1, since that is what it says in M18.
State hear(Choosing here, const Said& said, Talk& talk) {
  const auto choice = hear_choice(said.text.reveal());
  const bool again = hear_command(said.text.reveal()).keyword == Keyword::resend;
  if (choice == 1u || again) return send_code(awaiting(std::move(here.claim)), Channel::sms, talk);
  if (choice == 2u && talk.policy().offers.email)
    return send_code(awaiting(std::move(here.claim)), Channel::email, talk);
  if (choice == 3u && talk.policy().offers.school)
    return open_ticket(&here.claim, TicketReason::no_contact_works, talk);
  talk.say(phrase(Text::M39, text(Slot::tunggu, Text::W04)));
  return here;
}

// CHOOSE 3 and OPERATOR: M22. A decoy gets a number too.
State open_ticket(const Claim* claim, TicketReason reason, Talk& talk) {
  OpenTicket ticket{{}, new_report(talk), 0, {}, reason};
  if (!claim) {
    const auto mine = talk.setting.accounts.by_phone(talk.person.number, 2);
    if (mine.size() == 1) ticket.account = mine.front().key, ticket.id = mine.front().id;
  } else {
    if (!claim->decoy) ticket.account = claim->account;
    ticket.id = claim->id;
  }
  talk.setting.entropy.fill(ticket.operation);
  talk.effects.ticket = ticket;
  talk.note(Audit::ticket_opened, claim ? claim->account : ticket.account);
  talk.say(phrase(Text::M22, number(Slot::lap, ticket.report)));
  return Idle{};
}

}  // namespace pulih::conversation
