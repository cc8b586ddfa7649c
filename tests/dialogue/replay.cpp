// See replay.hpp. Codes, generated passwords and report numbers are shown and typed as {kode},
// {kode-lama}, {sandi} and {lap}, so that a transcript does not change with the draw.
#include "tests/dialogue/replay.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "config/catalogue.hpp"
#include "tests/simulation/around_a_turn.hpp"
#include "tests/simulation/central.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::dialogue {

using accounts::Msisdn;
using conversation::ContactChanged;
using conversation::Event;
using conversation::Instant;
using conversation::Language;
using conversation::Message;
using conversation::Offers;
using conversation::OperationId;
using conversation::Person;
using conversation::Phrase;
using conversation::Phrasebook;
using conversation::Policy;
using conversation::Said;
using conversation::Setting;
using conversation::Settled;
using conversation::Slot;
using conversation::Upstream;
using conversation::Waiting;
using conversation::write;

namespace {

constexpr const char* state_names[] = {"IDLE", "IDENT", "CHOOSE", "CODE", "PWMODE",
                                       "PW1",  "PW2",   "APPLY",  "DONE"};
const std::string said_mark = " → ";
const std::string heard_mark = " ← ";
const std::string screen_begins = "⌊", screen_ends = "⌋";
const std::string ussd_code = "*888#";

std::array<std::uint8_t, 32> site_key() {
  std::array<std::uint8_t, 32> key{};
  simulation::Seeded(7).fill(key);
  return key;
}

Phrasebook book(const char* file, const Offers& offers) {
  auto read = config::read_catalogue(
      std::string(PULIH_SOURCE_DIR "/config/dialogue/") + file,
      {"belajar.example", "Sen-Jum 09.00-17.00", "tarif SMS biasa", ussd_code}, offers, {});
  if (!read) throw std::runtime_error(read.error().front().text());
  return std::move(*read);
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return;
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::uint32_t number_in(std::string_view digits) {
  std::uint32_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size())
    throw std::runtime_error("no number: " + std::string(digits));
  return number;
}

std::uint32_t date_of(const std::string& ddmmyyyy) {
  const auto number = number_in(ddmmyyyy);
  return number % 10000 * 10000 + number / 10000 % 100 * 100 + number / 1000000;
}

class Replay {
 public:
  explicit Replay(const Offers& offers)
      : id_(book("id.yaml", offers)), en_(book("en.yaml", offers)) {
    policy_.offers = offers;
  }

  // One line that stays as it is; what it causes is written after it.
  void take(const std::string& line) {
    out_ += line + "\n";
    std::istringstream words(line);
    std::string first;
    if (line.empty() || line[0] == '#' || !(words >> first) || first == "offers") return;
    if (first == "phone") return add_phone(words);
    if (first == "account") return add_account(words);
    if (first == "==") {
      words >> first >> day_;
      return;
    }
    hour_and_minute_ = first;
    now_ = Instant(std::chrono::seconds(midnight + (day_ - 1) * 86400) +
                   std::chrono::hours(number_in(first.substr(0, 2))) +
                   std::chrono::minutes(number_in(first.substr(3))));
    words >> first;
    if (first == "central:") return central(words);
    if (first == "carrier:") return carrier(words);
    const auto mark = line.find(said_mark);
    if (mark == line.npos) throw std::runtime_error("no event: " + line);
    type(first, line.substr(mark + said_mark.size()));
  }
  Replayed result() { return {std::move(out_), std::move(pairs_)}; }

 private:
  static constexpr std::int64_t midnight = 1772384400;  // 2 March 2026, 00.00 WIB

  void add_phone(std::istream& words) {
    std::string name;
    std::uint64_t number = 0;
    words >> name >> number;
    const auto msisdn = Msisdn::from_value(number);
    phones_.emplace(name, msisdn);
    names_.emplace(number, name);
    Person person;
    person.number = msisdn;
    people_.emplace(number, std::move(person));
  }

  void add_account(std::istream& words) {
    std::string id, word, value;
    words >> id;
    auto& row = central_.add(id, 0, {});
    while (words >> word) {
      if (word == "inactive") row.activated = false;
      if (word == "locked") row.locked = true;
      if (word != "born" && word != "phone" && word != "email") continue;
      words >> value;
      if (word == "born") row.birth_date = date_of(value);
      if (word == "phone") row.phone = phones_.at(value);
      if (word == "email") row.email = value;
    }
  }

  // applied, superseded, refused, failed, unreachable; or "ID moves to PHONE", "ID unlocked"; or
  // how the way to it stands: near, away, stale
  void central(std::istream& words) {
    std::string word, phone;
    words >> word;
    if (word.find('@') != word.npos) {
      auto& row = central_.row(keys_.account(word));
      words >> phone;
      if (phone == "unlocked") {
        ++row.identity_version;
        return;
      }
      words >> phone >> phone;
      const auto change = central_.move(row.key, phones_.at(phone), now_);
      return turn(change.old_phone, ContactChanged{change.account, change.id, change.new_phone});
    }
    static const std::map<std::string, Upstream> ways = {
        {"near", Upstream::near}, {"away", Upstream::away}, {"stale", Upstream::stale}};
    if (const auto way = ways.find(word); way != ways.end()) {
      upstream_ = way->second;
      return;
    }
    if (asked_by_.empty()) return;  // a talk went wrong before, and what was told there shows it
    if (word == "unreachable") return turn(asked_by_, Waiting{operation_});
    static const std::map<std::string, Settled::How> hows = {
        {"applied", Settled::How::applied},
        {"superseded", Settled::How::superseded},
        {"refused", Settled::How::refused},
        {"changed", Settled::How::account_changed},
        {"failed", Settled::How::failed}};
    turn(asked_by_, Settled{operation_, hows.at(word)});
  }

  // "code 1 of ibu lost"
  void carrier(std::istream& words) {
    std::string word, generation, who;
    words >> word >> generation >> word >> who;
    turn(phones_.at(who), conversation::CodeLost{number_in(generation)});
  }

  // "*888#" dials; "⌊1⌋" is typed on the screen that this opened. "[parts] …" came in several,
  // "[again] …" is the carrier's repetition of the message before.
  void type(const std::string& who, std::string text) {
    Said said;
    said.multipart = text.starts_with("[parts] ");
    const bool again = text.starts_with("[again] ");
    if (said.multipart || again) text.erase(0, 8);
    replace(text, "{kode}", code_);
    replace(text, "{kode-lama}", earlier_code_);
    replace(text, "{lap}", report_);
    const auto number = phones_.at(who);
    said.carrier_id = again ? carrier_id_ : ++carrier_id_;
    if (text == ussd_code) {
      sessions_[who] = said.carrier_id;
      return turn(number, conversation::Dialled{said.carrier_id, said.carrier_id});
    }
    if (text.starts_with(screen_begins) && text.ends_with(screen_ends)) {
      text = text.substr(screen_begins.size(),
                         text.size() - screen_begins.size() - screen_ends.size());
      said.session = sessions_[who];
      const auto& ussd = people_.at(number.value()).ussd;
      const bool digit = text.size() == 1 && text[0] >= '0' && text[0] <= '9';
      if (said.session == ussd.session)
        pairs_.insert(std::string(name_of(ussd.asks)) + " " + (digit ? text : "text"));
    } else {
      said.text_tag = keys_.text_tag(keys_.person(number), text);
    }
    said.text = accounts::Secret(text);
    turn(number, std::move(said));
  }

  void turn(Msisdn number, Event event) {
    auto& person = people_.at(number.value());
    const std::string state = state_names[person.state.index()];
    const Setting setting{policy_, keys_, central_, guards_, entropy_, now_, upstream_};
    const auto* said = std::get_if<Said>(&event);
    Said asks;  // for slow work, if any
    if (said) asks = {{}, said->carrier_id, said->text_tag, said->multipart, said->session};
    auto outcome = take_turn(std::move(person), std::move(event), setting);
    if (outcome.work) {
      auto prepared = simulation::done(std::move(*outcome.work), std::move(asks));
      outcome = take_turn(std::move(outcome.person), std::move(prepared), setting);
    }
    accounts::WipedBytes record;
    write(outcome.person, record);
    people_.at(number.value()) = conversation::read_person(record).value();
    guards_.through_the_store();
    if (outcome.person.report.number != 0) report_ = std::to_string(outcome.person.report.number);
    if (outcome.effects.password) {
      operation_ = outcome.effects.password->operation;
      asked_by_ = number;
    }
    if (outcome.effects.screen) show(state, names_.at(number.value()), *outcome.effects.screen);
    for (const auto& message : outcome.effects.messages) show(state, message);
    if (const auto& call = outcome.effects.call_back)
      for (const auto* phrase : {&call->tells, &call->asks})
        show_called_back(state, names_.at(number.value()), *phrase, call->language);
    for (const auto& email : outcome.effects.emails)
      show(state, email.account == 0 ? "nobody's email" : "email", email.phrase, email.language);
    if (outcome.effects.ticket) out_ += hour_and_minute_ + " (a ticket is opened)\n";
    for (const auto& id : outcome.effects.withdrawn)
      turn(asked_by_, Settled{id, Settled::How::failed});
  }

  void show(const std::string& state, const Message& message) {
    show(state, message.to.empty() ? "nobody" : names_.at(message.to.value()), message.phrase,
         message.language);
  }
  // Its lines side by side, and whether it is the last one of its session.
  void show(const std::string& state, const std::string& who, const conversation::Screen& screen) {
    pairs_.insert(state + " " + std::string(name_of(screen.phrase.text)));
    std::string text(book_in(screen.language).render(screen.phrase).reveal());
    replace(text, "\n", " | ");
    replace(text, report_, "{lap}");
    out_ += hour_and_minute_ + " " + who + heard_mark + screen_begins + text + screen_ends +
            (screen.last ? " (closed)\n" : "\n");
  }
  // Where her carrier opens screens by itself: one that is only read, and one that she answers.
  void show_called_back(const std::string& state, const std::string& who, const Phrase& phrase,
                        Language language) {
    pairs_.insert(state + " " + std::string(name_of(phrase.text)));
    std::string text(book_in(language).render(phrase).reveal());
    const bool answered = text.find('\n') != text.npos;
    replace(text, "\n", " | ");
    out_ += hour_and_minute_ + " " + who + heard_mark + screen_begins + text + screen_ends +
            (answered ? " (or pushed, to answer)\n" : " (pushed, to read)\n");
  }
  void show(const std::string& state, const std::string& who, const Phrase& phrase,
            Language language) {
    pairs_.insert(state + " " + std::string(name_of(phrase.text)));
    std::string sandi;
    for (const auto& blank : phrase.blanks) {
      const auto* secret = std::get_if<accounts::Secret>(&blank.value);
      if (secret && blank.slot == Slot::kode)
        earlier_code_ = std::exchange(code_, std::string(secret->reveal()));
      if (secret && blank.slot == Slot::sandi) sandi = secret->reveal();
    }
    std::string text(book_in(language).render(phrase).reveal());
    replace(text, code_, "{kode}");
    replace(text, sandi, "{sandi}");
    replace(text, report_, "{lap}");
    out_ += hour_and_minute_ + " " + who + heard_mark + text + "\n";
  }

  const Phrasebook& book_in(Language language) const {
    return language == Language::english ? en_ : id_;
  }

  const accounts::SiteKeys keys_{site_key()};
  const Phrasebook id_, en_;
  Policy policy_;
  simulation::SimulatedCentral central_{keys_};
  Upstream upstream_ = Upstream::near;
  simulation::Guards guards_;
  simulation::Seeded entropy_{1};
  std::map<std::string, Msisdn> phones_;
  std::map<std::uint64_t, std::string> names_;
  std::map<std::uint64_t, Person> people_;

  int day_ = 1;
  Instant now_{};
  std::string hour_and_minute_;
  std::string code_, earlier_code_, report_;
  OperationId operation_{};
  Msisdn asked_by_;
  std::uint64_t carrier_id_ = 0;
  std::map<std::string, std::uint64_t> sessions_;  // of USSD, the last of each telephone
  std::string out_;
  std::set<std::string> pairs_;
};

}  // namespace

Replayed replay(const std::filesystem::path& transcript) {
  std::ifstream stream(transcript);
  std::vector<std::string> lines;
  Offers offers;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("offers")) {
      offers.email = line.find("email") != line.npos;
      offers.school = line.find("school") != line.npos;
    }
    if (line.find(heard_mark) == line.npos && line.find(" (a ticket") == line.npos)
      lines.push_back(line);
  }
  Replay replay(offers);
  for (const auto& line : lines) replay.take(line);
  return replay.result();
}

}  // namespace pulih::dialogue
