// A turn from the outside in: first what makes a message no new message (a repetition, too much,
// too long, too old), then the words that work anywhere, then the state the talk stands in.
#include "daemon/conversation/turn.hpp"

#include <algorithm>

#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

bool under_way(const State& state) {
  return !std::holds_alternative<Idle>(state) && !std::holds_alternative<Done>(state) &&
         !std::holds_alternative<Applying>(state);
}

// A repetition by the carrier's own id is the carrier's: it was answered. One by its text is the
// person's, who waits for an answer that she may not have got. A password typed twice is no
// repetition.
enum class Again { no, by_carrier, by_person };
Again comes_again(const Said& said, const Talk& talk) {
  const auto& recent = talk.person.recent;
  if (said.carrier_id != 0 &&
      std::any_of(recent.begin(), recent.end(),
                  [&](const RecentMessage& r) { return r.carrier_id == said.carrier_id; }))
    return Again::by_carrier;
  if (std::holds_alternative<RepeatingPassword>(talk.person.state)) return Again::no;
  const auto same = [&](const RecentMessage& r) {
    return r.text == said.text_tag && lasts(r.at, talk.policy().duplicate_window, talk.now());
  };
  // What she answered on a screen since then made this the answer to something else.
  if (!talk.person.ussd.spoke_last && !recent.empty() && same(recent.front()))
    return Again::by_person;
  // A late copy of the first message must not throw away what followed it. Where nothing is under
  // way she may well begin again.
  const bool starts = hear_command(said.text.reveal()).keyword == Keyword::reset;
  if (starts && under_way(talk.person.state) && std::any_of(recent.begin(), recent.end(), same))
    return Again::by_person;
  return Again::no;
}

void remember(const Said& said, Talk& talk) {
  talk.person.ussd.spoke_last = said.session != 0;
  if (said.session != 0) {
    talk.person.ussd.heard = said.carrier_id;
    return;
  }
  auto& recent = talk.person.recent;
  recent.insert(recent.begin(), {said.carrier_id, said.text_tag, talk.now()});
  if (recent.size() > most_recent) recent.pop_back();
}

// Each answer costs the ministry a message: a machine that answers our answers is met with silence,
// or with the end of its USSD session.
bool answered_enough(Talk& talk) {
  auto& person = talk.person;
  if (!lasts(person.replies_since, hours{24}, talk.now())) {
    person.replies_since = talk.now();
    person.replies = 0;
  }
  const auto count = ++person.replies;
  if (count < talk.policy().replies_a_phone) return false;
  if (count == talk.policy().replies_a_phone || talk.on_screen)
    talk.say(phrase(Text::M43, time_of_day(person.replies_since + hours{24})));
  return true;
}

bool rested_too_long(const Talk& talk) { return under_way(talk.person.state) && talk.over(); }

void hear_new(const Said& said, Talk& talk) {
  const std::size_t longest = 160;
  const Command command = hear_command(said.text.reveal());
  if (command.keyword != Keyword::not_me && answered_enough(talk)) {
    remember(said, talk);
    return;
  }
  if (rested_too_long(talk)) {
    talk.person.state = Idle{};
    // Whoever stops somebody else's talk need not begin one of her own first.
    if (command.keyword != Keyword::reset && command.keyword != Keyword::not_me) {
      remember(said, talk);
      return talk.say(phrase(Text::M38));
    }
  }
  if (said.multipart || said.text.size() > longest) {
    talk.say(phrase(Text::M44, text(Slot::tunggu, awaited(talk.person.state))));
  } else if (!heard_anywhere(said, talk)) {
    if (talk.on_screen)
      hear_on_screen(said, talk);
    else
      hear_in_state(said, talk);
  }
  if (!talk.work) remember(said, talk);
}

void hear_said(const Said& said, Talk& talk) {
  if (said.session != 0) {
    talk.on_screen = reached_screen(said, talk);
    if (talk.on_screen) hear_new(said, talk);
    return;
  }
  switch (comes_again(said, talk)) {
    case Again::by_carrier:
      return;
    case Again::by_person:
      if (!answered_enough(talk)) talk.say(std::exchange(talk.person.last_reply, {}));
      return;
    case Again::no:
      return hear_new(said, talk);
  }
}

// Dialled again she begins at the menu, and the menu leads to where she stood.
void hear_dialled(const Dialled& dialled, Talk& talk) {
  auto& ussd = talk.person.ussd;
  const bool again = dialled.session == ussd.session && dialled.carrier_id != 0 &&
                     dialled.carrier_id == ussd.heard;
  if (again) return;
  ussd.session = dialled.session;
  ussd.heard = dialled.carrier_id;
  talk.on_screen = true;
  if (answered_enough(talk)) return;
  if (rested_too_long(talk)) talk.person.state = Idle{};
  ask(Text::U01, talk);
}

// Whose screen was closed meanwhile hears of it by SMS.
void hear_prepared(Prepared& work, Talk& talk) {
  talk.on_screen = work.said.session != 0 && work.said.session == talk.person.ussd.session;
  State here = std::exchange(talk.person.state, Idle{});
  talk.person.state = prepared(std::move(here), work, talk);
  remember(work.said, talk);
}

void hear_contact_changed(const ContactChanged& change, Talk& talk) {
  talk.person.objection = {change.account, talk.now() + talk.policy().hold};
  talk.note(Audit::contact_changed, change.account);
  // It answers nothing: who repeats her last message still hears the answer to that.
  auto answer = std::exchange(talk.person.last_reply, {});
  talk.say(
      phrase(Text::M47, words(Slot::akun, masked_id(change.id)),
             words(Slot::hp3, change.new_phone.empty() ? "-" : change.new_phone.last_three())));
  talk.person.last_reply = std::move(answer);
}

}  // namespace

Outcome take_turn(Person person, Event event, const Setting& setting) {
  Talk talk{std::move(person), setting};
  if (auto* said = std::get_if<Said>(&event)) {
    hear_said(*said, talk);
  } else if (const auto* dialled = std::get_if<Dialled>(&event)) {
    hear_dialled(*dialled, talk);
  } else if (auto* work = std::get_if<Prepared>(&event)) {
    hear_prepared(*work, talk);
  } else if (auto* change = std::get_if<ContactChanged>(&event)) {
    hear_contact_changed(*change, talk);
  } else {
    State here = std::exchange(talk.person.state, Idle{});
    if (const auto* lost = std::get_if<CodeLost>(&event))
      talk.person.state = code_lost(std::move(here), *lost, talk);
    else if (const auto* answer = std::get_if<Settled>(&event))
      talk.person.state = settled(std::move(here), *answer, talk);
    else
      talk.person.state = waiting(std::move(here), std::get<Waiting>(event), talk);
  }
  if (talk.on_screen && !talk.work) draw(talk);
  return {std::move(talk.person), std::move(talk.effects), std::move(talk.work)};
}

void hear_in_state(const Said& said, Talk& talk) {
  State here = std::exchange(talk.person.state, Idle{});
  talk.person.state =
      std::visit([&](auto& state) { return hear(std::move(state), said, talk); }, here);
}

// ---- Talk ---------------------------------------------------------------------------------------

// In Indonesia's westernmost time: near enough to tell a year.
std::uint32_t Talk::year() const {
  const auto day = std::chrono::floor<std::chrono::days>(now() + hours{7});
  return static_cast<std::uint32_t>(static_cast<int>(std::chrono::year_month_day(day).year()));
}

namespace {
Phrase copy_of(const Phrase& original) {
  Phrase copy{original.text, {}};
  copy.blanks.reserve(original.blanks.size());
  for (const Blank& blank : original.blanks)
    copy.blanks.push_back(std::visit(
        [&](const auto& value) -> Blank {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, accounts::Secret>)
            return {blank.slot, std::string()};  // never reached: say() is given no secret
          else
            return {blank.slot, value};
        },
        blank.value));
  return copy;
}
}  // namespace

Guard& Talk::guard(AccountKey account) const {
  Guard& guard = setting.ledger.guard(account);
  // Held while the clock was ahead, it stays held, but no longer than if it had been now.
  guard.held_until = std::min(guard.held_until, now() + policy().hold);
  return guard;
}

void Talk::say(Phrase phrase) {
  person.last_reply = copy_of(phrase);
  if (on_screen)
    effects.screen = Screen{0, person.language, std::move(phrase)};
  else
    effects.messages.push_back(
        {person.number, person.language, std::move(phrase), now() + policy().message_life});
}

void Talk::say_secret(Phrase phrase, Instant expires, Phrase when_repeated, std::uint32_t code) {
  if (on_screen) effects.screen = Screen{0, person.language, copy_of(when_repeated)};
  person.last_reply = std::move(when_repeated);
  effects.messages.push_back({person.number, person.language, std::move(phrase), expires, code});
}

void Talk::tell(accounts::Msisdn to, Phrase phrase, Instant expires) {
  effects.messages.push_back({to, policy().language, std::move(phrase), expires});
}

Text awaited(const State& state) {
  struct {
    Text operator()(const Idle&) { return Text::W01; }
    Text operator()(const Identifying& s) { return s.id.empty() ? Text::W02 : Text::W03; }
    Text operator()(const Choosing&) { return Text::W04; }
    Text operator()(const AwaitingCode&) { return Text::W05; }
    Text operator()(const ChoosingPassword&) { return Text::W06; }
    Text operator()(const TypingPassword&) { return Text::W07; }
    Text operator()(const RepeatingPassword&) { return Text::W08; }
    Text operator()(const Applying&) { return Text::W09; }
    Text operator()(const Done&) { return Text::W01; }
  } what;
  return std::visit(what, state);
}

const Claim* claim_of(const State& state) {
  struct {
    const Claim* operator()(const Idle&) { return nullptr; }
    const Claim* operator()(const Identifying&) { return nullptr; }
    const Claim* operator()(const Choosing& s) { return &s.claim; }
    const Claim* operator()(const AwaitingCode& s) { return &s.claim; }
    const Claim* operator()(const ChoosingPassword& s) { return &s.code.claim; }
    const Claim* operator()(const TypingPassword& s) { return &s.code.claim; }
    const Claim* operator()(const RepeatingPassword& s) { return &s.code.claim; }
    const Claim* operator()(const Applying& s) { return &s.claim; }
    const Claim* operator()(const Done&) { return nullptr; }
  } whose;
  return std::visit(whose, state);
}

}  // namespace pulih::conversation
