// See record.hpp. One `fields` function for each structure lists its members once, in their order
// on disk; a Writer and a Reader walk the same list, so that the two directions cannot differ.
#include "daemon/conversation/record.hpp"

#include <algorithm>

#include "daemon/conversation/fields.hpp"

namespace pulih::conversation {
namespace {

using disk::choice;
using disk::field;
using disk::list;
using disk::Reader;
using disk::which;
using disk::Writer;

// 2: with USSD. 3: texts by their keys. Both before it are still read.
constexpr std::uint8_t version = 3;

// A record is filled up with zeros to a multiple of this, so that most turns rewrite a row in its
// place (one that grows makes the store move its neighbours), and that its length does not tell how
// far a talk has come. Nearly all are one such step long.
constexpr std::size_t person_step = 216;
constexpr std::size_t guard_step = 32;

// ---- the structures, in the order of state.hpp

void fields(auto& disk, Claim& claim) {
  field(disk, claim.account);
  field(disk, claim.id);
  field(disk, claim.birth_date);
  field(disk, claim.own);
  field(disk, claim.decoy);
  field(disk, claim.password_version);
  field(disk, claim.identity_version);
}
void fields(auto&, Idle&) {}
void fields(auto& disk, Identifying& s) {
  field(disk, s.id);
  field(disk, s.birth_date);
  field(disk, s.misses);
  list(disk, s.offered, 16, [&](std::string& id) { field(disk, id); });
}
void fields(auto& disk, Choosing& s) { fields(disk, s.claim); }
void fields(auto& disk, AwaitingCode& s) {
  fields(disk, s.claim);
  choice(disk, s.channel, Channel::email);
  field(disk, s.generation);
  field(disk, s.code);
  field(disk, s.burnt);
  list(disk, s.earlier, 16, [&](accounts::Tag& tag) { field(disk, tag); });
  field(disk, s.sent);
  field(disk, s.expires);
  field(disk, s.tries);
}
void fields(auto& disk, ChoosingPassword& s) {
  fields(disk, s.code);
  field(disk, s.until);
}
void fields(auto& disk, TypingPassword& s) {
  fields(disk, s.code);
  field(disk, s.until);
}
void fields(auto& disk, RepeatingPassword& s) {
  fields(disk, s.code);
  field(disk, s.until);
  field(disk, s.first);
}
void fields(auto& disk, Applying& s) {
  fields(disk, s.claim);
  choice(disk, s.channel, Channel::email);
  field(disk, s.operation);
  field(disk, s.generated);
  field(disk, s.staged);
  field(disk, s.told_waiting);
}
void fields(auto&, Done&) {}

void field(auto& disk, TimeOfDay& value) { field(disk, value.at); }
void field(auto& disk, DayAndTime& value) { field(disk, value.at); }

// A text lies on disk as the number of its key, "U21" as 121, so that new texts move none.
constexpr std::string_view kinds_of_text = "MUSW";
std::uint64_t key_number(Text text) {
  const auto name = name_of(text);
  const auto digit = [&](std::size_t at) { return static_cast<std::uint64_t>(name[at] - '0'); };
  return 100 * kinds_of_text.find(name[0]) + 10 * digit(1) + digit(2);
}
// Before version 3 it was its place among the texts of the time: so many of each kind.
std::uint64_t key_number(std::uint64_t place, std::uint8_t of_version) {
  const std::array<std::uint64_t, 4> counts = {53, of_version == 1 ? 17u : 20u, 6, 9};
  for (std::uint64_t kind = 0; kind < counts.size(); place -= counts[kind], ++kind)
    if (place < counts[kind]) return 100 * kind + place + 1;
  return 0;  // no key's
}
void field(auto& disk, Text& value) {
  auto number = key_number(value);
  field(disk, number);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    if (disk.version() < 3) number = key_number(number, disk.version());
    std::size_t place = 0;
    while (place < text_count && key_number(static_cast<Text>(place)) != number) ++place;
    if (place == text_count) disk.fail(), place = 0;
    value = static_cast<Text>(place);
  }
}
void field(auto& disk, FirstCharacter& value) { choice(disk, value, FirstCharacter::sign); }

void fields(auto& disk, Phrase& phrase) {
  field(disk, phrase.text);
  list(disk, phrase.blanks, 8, [&](Blank& blank) {
    choice(disk, blank.slot, Slot::ussd);
    which(disk, blank.value);
    std::visit([&](auto& value) { field(disk, value); }, blank.value);
  });
}

void fields(auto& disk, Ussd& u) {
  if constexpr (std::decay_t<decltype(disk)>::reading)
    if (disk.version() == 1) return;
  field(disk, u.session);
  field(disk, u.heard);
  field(disk, u.asks);
  field(disk, u.level);
  field(disk, u.role);
  field(disk, u.spoke_last);
  field(disk, u.at);
}

void fields(auto& disk, Person& p) {
  field(disk, p.number);
  field(disk, p.carrier);
  choice(disk, p.language, Language::english);
  field(disk, p.session);
  field(disk, p.began);
  which(disk, p.state);
  std::visit([&](auto& state) { fields(disk, state); }, p.state);
  field(disk, p.report.number);
  choice(disk, p.report.state, ReportState::waits_for_central);
  field(disk, p.report.updated);
  list(disk, p.tried, most_accounts_a_phone, [&](Person::Tried& tried) {
    field(disk, tried.account);
    field(disk, tried.at);
  });
  field(disk, p.objection.account);
  field(disk, p.objection.until);
  field(disk, p.replies_since);
  field(disk, p.replies);
  list(disk, p.recent, most_recent, [&](RecentMessage& recent) {
    field(disk, recent.carrier_id);
    field(disk, recent.text);
    field(disk, recent.at);
  });
  fields(disk, p.last_reply);
  fields(disk, p.ussd);
}

void fields(auto& disk, Side& side) {
  list(disk, side.sends, most_code_sends, [&](Instant& at) { field(disk, at); });
  field(disk, side.misses.first);
  field(disk, side.misses.count);
  field(disk, side.paused_until);
}

void fields(auto& disk, Guard& g) {
  fields(disk, g.own);
  fields(disk, g.strangers);
  field(disk, g.birth_dates.first);
  field(disk, g.birth_dates.count);
  field(disk, g.birth_dates_total);
  field(disk, g.live_until);
  field(disk, g.last_reset);
  field(disk, g.held_until);
  field(disk, g.held_report);
  bool is_pending = g.pending.has_value();
  field(disk, is_pending);
  if (is_pending) {
    if constexpr (std::decay_t<decltype(disk)>::reading) g.pending.emplace();
    field(disk, *g.pending);
  }
  field(disk, g.pending_person);
  field(disk, g.identity_version);
}

template <class Record>
void write_record(const Record& record, std::size_t step, accounts::WipedBytes& out) {
  const auto begin = out.size();
  out.push_back(version);
  Writer disk(out);
  fields(disk, const_cast<Record&>(record));  // a Writer changes nothing; one list serves both ways
  out.resize(begin + (out.size() - begin + step - 1) / step * step);
}

template <class Record>
std::optional<Record> read_record(std::span<const std::uint8_t> in) {
  if (in.empty() || in.front() == 0 || in.front() > version) return std::nullopt;
  Reader disk(in.subspan(1), in.front());
  Record record;
  fields(disk, record);
  if (!disk.only_zeros_left()) return std::nullopt;
  return record;
}

}  // namespace

void write(const Person& person, accounts::WipedBytes& out) {
  write_record(person, person_step, out);
}
void write(const Guard& guard, accounts::WipedBytes& out) { write_record(guard, guard_step, out); }
std::optional<Person> read_person(std::span<const std::uint8_t> in) {
  return read_record<Person>(in);
}
std::optional<Guard> read_guard(std::span<const std::uint8_t> in) { return read_record<Guard>(in); }

bool forgettable(const Person& person, Instant now, const Policy& policy) {
  const auto long_ago = [&](Instant at) { return now - at > policy.session_life + hours{24}; };
  const bool quiet =
      (person.recent.empty() || long_ago(person.recent.front().at)) && long_ago(person.ussd.at);
  return quiet && !std::holds_alternative<Applying>(person.state) &&
         now >= person.objection.until && now - person.report.updated > hours{30 * 24} &&
         person.language == policy.language;
}

bool forgettable(const Guard& guard, Instant now, const Policy& policy) {
  // What lies ahead is kept: perhaps it is the clock that is wrong just now.
  const auto long_ago = [&](Instant at) { return now - at > hours{24}; };
  const auto quiet = [&](const Side& side) {
    return std::all_of(side.sends.begin(), side.sends.end(), long_ago) &&
           long_ago(side.misses.first) && now >= side.paused_until;
  };
  return quiet(guard.own) && quiet(guard.strangers) && guard.birth_dates_total == 0 &&
         !guard.pending && !guard.held(now) && now - guard.last_reset > policy.hold &&
         guard.live_until < now;
}

}  // namespace pulih::conversation
