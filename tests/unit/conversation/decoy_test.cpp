// Invariant 5: from a telephone that is not registered for the account, a match, a wrong birth date
// and an id that does not exist are the same in words, screens, counters and records, turn by turn.
#include <catch2/catch.hpp>

#include "tests/simulation/around_a_turn.hpp"
#include "tests/simulation/central.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::conversation {
namespace {

// A stranger's talk about one account, and what can be seen of each turn from outside.
class StrangersTalk {
 public:
  StrangersTalk(std::uint64_t seed, const accounts::SiteKeys& keys,
                const accounts::AccountLookup& accounts)
      : keys_(keys), accounts_(accounts), entropy_(seed) {
    person_.number = accounts::Msisdn::from_value(6281100009999);
  }

  std::string hear(const std::string& typed) {
    return take(Said{accounts::Secret(typed), 0, keys_.text_tag(1, typed), false});
  }
  // Dials first, if no screen is open.
  std::string hear_on_screen(const std::string& typed) {
    if (person_.ussd.session == 0) return take(Dialled{++last_session_, 0});
    return take(Said{accounts::Secret(typed), 0, 0, false, last_session_});
  }
  void pass(std::int64_t seconds) { now_ += seconds; }

 private:
  std::string take(Event event) {
    const Setting setting{policy_, keys_,    accounts_,
                          guards_, entropy_, Instant(std::chrono::seconds(now_))};
    auto outcome = take_turn(std::move(person_), std::move(event), setting);
    person_ = std::move(outcome.person);
    std::string seen;
    if (const auto& screen = outcome.effects.screen) {
      seen += std::string(name_of(screen->phrase.text)) + (screen->last ? " last" : " asks");
      for (const auto& blank : screen->phrase.blanks)
        if (const auto* number = std::get_if<std::int64_t>(&blank.value))
          seen += " " + std::to_string(*number);
      seen += "; ";
    }
    for (const auto& message : outcome.effects.messages) {
      seen += std::string(name_of(message.phrase.text));
      seen += message.to == person_.number ? " to her" : " to another";
      for (const auto& blank : message.phrase.blanks) {
        seen += " " + std::string(name_of(blank.slot));
        if (const auto* number = std::get_if<std::int64_t>(&blank.value))
          seen += std::to_string(*number);
      }
      seen += " until " + std::to_string(message.expires.time_since_epoch().count()) + "; ";
    }
    for (const auto& line : outcome.effects.audit)
      seen += std::to_string(static_cast<int>(line.what)) + ",";
    accounts::WipedBytes record;
    write(person_, record);
    seen += " person " + std::to_string(person_.state.index());
    for (const auto& [account, guard] : guards_.all()) {
      accounts::WipedBytes octets;
      write(guard, octets);
      seen += " guard " + std::string(octets.begin(), octets.end());
    }
    return seen;
  }

  const accounts::SiteKeys& keys_;
  const accounts::AccountLookup& accounts_;
  simulation::Seeded entropy_;
  simulation::Guards guards_;
  Policy policy_;
  Person person_;
  std::int64_t now_ = 1'800'000'000;
  std::uint64_t last_session_ = 0;
};

// The same talk three times, turn by turn: about an account with its birth date, with a wrong one,
// and about an id that nobody has.
class ThreeTalks {
 public:
  ThreeTalks(std::uint64_t seed, const accounts::SiteKeys& keys,
             const accounts::AccountLookup& accounts)
      : match_(seed, keys, accounts),
        wrong_date_(seed, keys, accounts),
        nobody_(seed, keys, accounts) {}

  using Way = std::string (StrangersTalk::*)(const std::string&);
  void hear(Way way, const std::string& match, const std::string& wrong_date,
            const std::string& nobody) {
    const auto seen = (match_.*way)(match);
    INFO("typed " << match);
    REQUIRE((wrong_date_.*way)(wrong_date) == seen);
    REQUIRE((nobody_.*way)(nobody) == seen);
  }
  void hear(Way way, const std::string& typed) { hear(way, typed, typed, typed); }
  // Mostly codes, no two alike, and none of them the right one but by a chance of one in a million.
  void hear_anything(Way way, simulation::Seeded& chance) {
    static const char* const typed[] = {"0",      "1",     "2",      "3",    "ULANG",
                                        "000000", "BATAL", "STATUS", "halo", "OPERATOR"};
    const auto pick = chance.next() % (std::size(typed) + 4);
    hear(way,
         pick < std::size(typed) ? typed[pick] : std::to_string(chance.between(100000, 999999)));
  }
  void pass(std::int64_t seconds) {
    for (auto* talk : {&match_, &wrong_date_, &nobody_}) talk->pass(seconds);
  }

 private:
  StrangersTalk match_, wrong_date_, nobody_;
};

constexpr int trios = 2000;

struct OneAccount {
  OneAccount() {
    central.add("budi12@guru.sd", 19850817, accounts::Msisdn::from_value(6281100000012));
  }
  static std::array<std::uint8_t, 32> site_key() {
    std::array<std::uint8_t, 32> key{};
    simulation::Seeded(7).fill(key);
    return key;
  }
  const accounts::SiteKeys keys{site_key()};
  simulation::SimulatedCentral central{keys};
};

}  // namespace

TEST_CASE("a stranger cannot tell a match from a mismatch or from nobody", "[conversation]") {
  const OneAccount site;
  for (std::uint64_t seed = 1; seed <= trios; ++seed) {
    INFO("seed " << seed);
    ThreeTalks talks(seed, site.keys, site.central);
    simulation::Seeded chance(seed);
    talks.hear(&StrangersTalk::hear, "RESET budi12 guru sd 17081985",
               "RESET budi12 guru sd 18081985", "RESET budi13 guru sd 17081985");
    for (int turn = 0; turn < 12; ++turn) {
      talks.pass(chance.between(1, 1500));
      talks.hear_anything(&StrangersTalk::hear, chance);
    }
  }
}

TEST_CASE("a stranger cannot tell them on screens, nor on screens and by SMS together",
          "[conversation]") {
  const OneAccount site;
  constexpr auto screen = &StrangersTalk::hear_on_screen;
  for (std::uint64_t seed = 1; seed <= trios; ++seed) {
    INFO("seed " << seed);
    ThreeTalks talks(seed, site.keys, site.central);
    simulation::Seeded chance(seed);
    for (const char* typed : {"dials", "1", "2", "1"}) talks.hear(screen, typed);
    talks.hear(screen, "budi12", "budi12", "budi13");
    talks.hear(screen, "17081985", "18081985", "17081985");
    for (int turn = 0; turn < 24; ++turn) {
      talks.pass(chance.between(1, 700));
      talks.hear_anything(chance.chance(800) ? screen : &StrangersTalk::hear, chance);
    }
  }
}

}  // namespace pulih::conversation
