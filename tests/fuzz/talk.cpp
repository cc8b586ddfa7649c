// Whatever a person types, line by line, on the owner's telephone: each line is heard by every
// ear of the dialogue and is then a turn of a talk: "*888#" dials, a line that begins with '>' is
// typed on the screen, any other comes by SMS. Nothing that is heard lies outside the line, a
// record is read as it was written, no password is staged before a code was right, and what is
// typed on an open screen leads to one screen without a secret.
#include <cstdlib>

#include "tests/simulation/around_a_turn.hpp"
#include "tests/simulation/central.hpp"
#include "tests/simulation/seeded.hpp"

namespace {

namespace conversation = pulih::conversation;
using pulih::accounts::Msisdn;
using pulih::accounts::Secret;

void require(bool holds) {
  if (!holds) std::abort();
}

bool within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void hear(std::string_view line) {
  require(within(conversation::hear_command(line).rest, line));
  const auto identity = conversation::hear_identity(line, {}, 2026);
  require((identity.name == conversation::NameHeard::understood) == !identity.id.empty());
  if (identity.date == conversation::DateHeard::understood) {
    require(identity.birth_date / 10000 >= 1926 && identity.birth_date / 10000 <= 2021);
    require(identity.birth_date / 100 % 100 >= 1 && identity.birth_date / 100 % 100 <= 12);
    require(identity.birth_date % 100 >= 1 && identity.birth_date % 100 <= 31);
  }
  const auto code = conversation::hear_code(line);
  require(!code || code->size() == 6 || code->size() == 8);
  const auto choice = conversation::hear_choice(line);
  require(!choice || *choice <= 9);
  (void)conversation::hear_report(line);
  require(within(conversation::hear_password(line).password, line));
  require(conversation::masked_id(line).size() <= std::max<std::size_t>(17, line.size() + 3));
}

class Talk {
 public:
  Talk() {
    person_.number = Msisdn::from_value(6281100000001);
    central_.add("budi12@guru.sd", 19850817, person_.number);
  }

  // "{kode}" is the code that came last, as in the transcripts.
  void turn(std::string_view line) {
    now_ += std::chrono::seconds{30};
    ++messages_;
    const bool by_screen = line.starts_with('>');
    const bool open = person_.ussd.session != 0;
    const auto before = person_.state.index();
    if (line == "*888#") {
      take(conversation::Dialled{++sessions_, messages_});
    } else {
      if (by_screen) line.remove_prefix(1);
      const bool asks = line == "{kode}" && !code_.empty();
      conversation::Said said{Secret(asks ? code_ : line), messages_, 0, false};
      said.session = by_screen ? sessions_ : 0;
      said.text_tag = by_screen ? 0 : keys_.text_tag(1, said.text.reveal());
      take(std::move(said));
    }
    const auto session = by_screen ? sessions_ : 0;
    if (work_) take(pulih::simulation::done(std::move(*work_), {{}, messages_, 0, false, session}));
    // PWMODE, PW1 and PW2 (state.hpp): a right code opened them.
    if (staged_) require(before >= 4 && before <= 6);
    if (by_screen && open) require(screen_.has_value());
  }

 private:
  void take(conversation::Event event) {
    const conversation::Setting setting{policy_, keys_,    central_,
                                        guards_, entropy_, pulih::accounts::Instant{now_}};
    auto outcome = conversation::take_turn(std::move(person_), std::move(event), setting);
    work_ = std::move(outcome.work);
    staged_ = outcome.effects.password.has_value();
    screen_ = std::move(outcome.effects.screen);
    if (screen_) {
      require(screen_->session == sessions_);
      require(screen_->last == (outcome.person.ussd.session == 0));
      for (const auto& blank : screen_->phrase.blanks)
        require(!std::holds_alternative<Secret>(blank.value));
    }
    for (const auto& message : outcome.effects.messages)
      for (const auto& blank : message.phrase.blanks)
        if (const auto* secret = std::get_if<Secret>(&blank.value))
          if (blank.slot == conversation::Slot::kode) code_ = secret->reveal();
    pulih::accounts::WipedBytes record, again;
    conversation::write(outcome.person, record);
    auto read = conversation::read_person(record);
    require(read.has_value());
    conversation::write(*read, again);
    require(record == again);
    person_ = std::move(*read);
  }

  static pulih::accounts::SiteKeys keys() {
    return pulih::accounts::SiteKeys(std::array<std::uint8_t, 32>{7});
  }
  const pulih::accounts::SiteKeys keys_ = keys();
  pulih::simulation::SimulatedCentral central_{keys_};
  conversation::Policy policy_;
  pulih::simulation::Guards guards_;
  pulih::simulation::Seeded entropy_{1};
  conversation::Person person_;
  std::optional<conversation::PasswordWork> work_;
  bool staged_ = false;
  std::optional<conversation::Screen> screen_;
  std::uint64_t sessions_ = 0;
  std::string code_;
  std::chrono::seconds now_{1'800'000'000};
  std::uint64_t messages_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Talk talk;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    // Storage of exactly this size, so that a read beyond it is seen.
    const std::vector<char> line(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end));
    hear({line.data(), line.size()});
    talk.turn({line.data(), line.size()});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return 0;
}
