// Invariant 5: from a telephone that is not registered for the account, a match, a wrong birth date
// and an id that does not exist are the same in words, counters and records, turn by turn.
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
    const Setting setting{policy_, keys_,    accounts_,
                          guards_, entropy_, Instant(std::chrono::seconds(now_))};
    Said said{accounts::Secret(typed), 0, keys_.text_tag(1, typed), false};
    auto outcome = take_turn(std::move(person_), std::move(said), setting);
    person_ = std::move(outcome.person);
    std::string seen;
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
  void pass(std::int64_t seconds) { now_ += seconds; }

 private:
  const accounts::SiteKeys& keys_;
  const accounts::AccountLookup& accounts_;
  simulation::Seeded entropy_;
  simulation::Guards guards_;
  Policy policy_;
  Person person_;
  std::int64_t now_ = 1'800'000'000;
};

}  // namespace

TEST_CASE("a stranger cannot tell a match from a mismatch or from nobody", "[conversation]") {
  std::array<std::uint8_t, 32> site_key{};
  simulation::Seeded(7).fill(site_key);
  const accounts::SiteKeys keys(site_key);
  simulation::SimulatedCentral central(keys);
  central.add("budi12@guru.sd", 19850817, accounts::Msisdn::from_value(6281100000012));

  constexpr int pairs = 2000;
  for (std::uint64_t seed = 1; seed <= pairs; ++seed) {
    StrangersTalk match(seed, keys, central), wrong_date(seed, keys, central),
        nobody(seed, keys, central);
    simulation::Seeded chance(seed);
    const auto all_hear = [&](const std::string& to_match, const std::string& to_wrong,
                              const std::string& to_nobody) {
      const auto seen = match.hear(to_match);
      INFO("seed " << seed << ", typed " << to_match);
      REQUIRE(wrong_date.hear(to_wrong) == seen);
      REQUIRE(nobody.hear(to_nobody) == seen);
    };
    all_hear("RESET budi12 guru sd 17081985", "RESET budi12 guru sd 18081985",
             "RESET budi13 guru sd 17081985");
    for (int turn = 0; turn < 12; ++turn) {
      const auto pause = chance.between(1, 1500);
      for (auto* talk : {&match, &wrong_date, &nobody}) talk->pass(pause);
      static const char* const typed[] = {"1",     "2",      "3",    "ULANG",   "000000",
                                          "BATAL", "STATUS", "halo", "OPERATOR"};
      const auto pick = chance.next() % (std::size(typed) + 4);
      // Mostly codes, no two alike, and none of them the right one but by a chance of one in a
      // million.
      const std::string text =
          pick < std::size(typed) ? typed[pick] : std::to_string(chance.between(100000, 999999));
      all_hear(text, text, text);
    }
  }
}

}  // namespace pulih::conversation
