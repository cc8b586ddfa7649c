// The end: the central account database has answered, or has not. The result goes to the contact
// that the code went to; every other contact of the account is told that its password changed.
#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

void report_is(ReportState state, Talk& talk) {
  if (talk.person.report.number != 0) talk.person.report.state = state;
  talk.person.report.updated = talk.now();
}

// She whose last step was on a screen is called back to one. Only the owner at her own telephone:
// nobody else is told what became of an account.
void call_back(const Claim& claim, Phrase tells, Phrase asks, Talk& talk) {
  if (claim.own && talk.person.ussd.spoke_last)
    talk.effects.call_back = CallBack{talk.person.language, std::move(tells), std::move(asks)};
}

// M32, or M33 with the password that was made for her.
Phrase success(const Applying& here, Talk& talk) {
  const Instant before = here.staged + talk.policy().temporary_password_life;
  if (!here.generated.empty())
    return phrase(Text::M33, secret(Slot::sandi, here.generated.duplicate()), day_and_time(before));
  return phrase(Text::M32, words(Slot::akun, masked_id(here.claim.id)), day_and_time(talk.now()));
}

// APPLY, upstream ok → DONE: M32 or M33 to the code's contact only, M34 to all others.
State applied(const Applying& here, Talk& talk) {
  const Claim& claim = here.claim;
  Guard& guard = talk.guard(claim);
  guard.last_reset = talk.now();
  guard.side(claim.own).misses = {};
  if (claim.own) guard.birth_dates = {}, guard.birth_dates_total = 0;
  report_is(ReportState::done, talk);
  talk.note(Audit::password_applied, claim.account);

  const auto changed = [&](Text text) {
    return phrase(text, words(Slot::akun, masked_id(claim.id)));
  };
  call_back(claim, changed(Text::U22), changed(Text::U24), talk);
  const Instant life = talk.now() + talk.policy().message_life;
  const auto notice = [&] {
    return phrase(Text::M34, words(Slot::akun, masked_id(claim.id)), day_and_time(talk.now()));
  };
  const auto account = talk.setting.accounts.by_id(claim.account);
  const auto owner = account ? account->phone : accounts::Msisdn{};
  if (here.channel == Channel::email) {
    talk.effects.emails.push_back(
        {claim.account, talk.policy().language, success(here, talk), life});
    if (!owner.empty()) talk.tell(owner, notice(), life);
    return Done{};
  }
  if (talk.policy().offers.email)
    talk.effects.emails.push_back({claim.account, talk.policy().language, notice(), life});
  if (!claim.own) {
    // A contact that was registered since did not see the code: nothing secret goes there.
    const bool same_contact = account && account->identity_version == claim.identity_version;
    talk.tell(owner, same_contact ? success(here, talk) : notice(), life);
  } else if (here.generated.empty()) {
    talk.say(success(here, talk));
  } else {
    talk.say_secret(success(here, talk), life, notice());
  }
  return Done{};
}

State not_applied(Text why, ReportState report, const Applying& here, Talk& talk) {
  report_is(report, talk);
  talk.note(Audit::password_not_applied, here.claim.account);
  if (why == Text::M51)
    talk.say(phrase(why, words(Slot::akun, masked_id(here.claim.id))));
  else
    talk.say(phrase(why, number(Slot::lap, talk.person.report.number)));
  return Idle{};
}

// APPLY, upstream 4xx policy → PW1, M29, with a window of its own: she did what was asked in time.
State refused_upstream(Applying here, Talk& talk) {
  report_is(ReportState::not_set, talk);
  talk.note(Audit::password_not_applied, here.claim.account);
  talk.say(phrase(Text::M29));
  call_back(here.claim, phrase(Text::U23), phrase(Text::U25), talk);
  AwaitingCode code;
  code.claim = std::move(here.claim);
  code.channel = here.channel;
  code.burnt = true;
  return TypingPassword{std::move(code), talk.now() + talk.policy().password_window};
}

}  // namespace

// APPLY, whatever she says meanwhile: it is on its way.
State hear(Applying here, const Said&, Talk& talk) {
  talk.say(phrase(Text::M40, text(Slot::tunggu, Text::W09)));
  return here;
}

// DONE, a late password or code: M40, discarded unread. A talk of a day ago is forgotten.
State hear(Done, const Said& said, Talk& talk) {
  if (talk.over()) return hear(Idle{}, said, talk);
  talk.say(phrase(Text::M40, text(Slot::tunggu, Text::W01)));
  return Done{};
}

State settled(State state, const Settled& result, Talk& talk) {
  auto* here = std::get_if<Applying>(&state);
  if (!here || here->operation != result.operation)
    return state;  // an answer that was heard before
  Guard& guard = talk.guard(here->claim);
  if (guard.pending == here->operation) guard.pending.reset();
  const bool stopped = guard.held(talk.now());
  switch (result.how) {
    case Settled::How::applied:
      return applied(*here, talk);
    case Settled::How::superseded:
      return not_applied(Text::M51, ReportState::not_set, *here, talk);
    case Settled::How::account_changed:
      return not_applied(Text::M55, ReportState::not_set, *here, talk);
    case Settled::How::failed:
      return not_applied(Text::M42, stopped ? ReportState::stopped : ReportState::not_set, *here,
                         talk);
    case Settled::How::refused:
      return refused_upstream(std::move(*here), talk);
  }
  return state;
}

// APPLY, upstream down: M41, once.
State waiting(State state, const Waiting& event, Talk& talk) {
  auto* here = std::get_if<Applying>(&state);
  if (!here || here->operation != event.operation || here->told_waiting) return state;
  here->told_waiting = true;
  report_is(ReportState::waits_for_central, talk);
  talk.say(phrase(Text::M41, number(Slot::lap, talk.person.report.number)));
  return state;
}

}  // namespace pulih::conversation
