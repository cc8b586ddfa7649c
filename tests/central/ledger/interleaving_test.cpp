// Two desks at once, each with a directory and a ledger that fail at any call, while an import
// looks on: of two changes of one account one is in force at the end, put once, and every answer to
// it was the same.
#include <charconv>
#include <set>

#include "tests/central/ledger/hub_with_directory.hpp"

namespace pulih::central {
namespace {

using Fault = FakeDriver::Fault;

// SplitMix64: the same faults for the same seed, whatever the threads do.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

struct Storm : HubWithDirectory {
  Storm() {
    script("INSERT INTO pulih.gateway (site, region) VALUES ('timika', 'papua')");
    auto its = unmet("timika");
    got(timika.meet(*its));
    desk();
  }
  Meetings timika;

  static std::string handle_of(std::uint64_t seed) { return "uid=guru" + std::to_string(seed); }
  static std::string password_of(std::uint8_t operation) {
    return "Perahu-ke-hulu-" + std::to_string(operation);
  }
  std::uint32_t identity_version(const std::string& id) {
    const auto text = sql("SELECT identity_version FROM pulih.account WHERE id = '" + id + "'");
    std::uint32_t version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
  }
  PasswordChange change(std::uint64_t seed, std::uint8_t operation) {
    auto made = change_to("", operation);
    for (std::size_t i = 0; i < 8; ++i) made.id[i] = static_cast<std::uint8_t>(seed >> (8 * i));
    made.account_id = "guru" + std::to_string(seed) + "@guru.sd";
    made.base_identity_version = identity_version(made.account_id);
    made.sealed = accounts::seal_password(accounts::Secret(password_of(operation)), made.id,
                                          made.account_id, accounts::sealing_key(opening_key()));
    return made;
  }

  // A gateway that repeats its change until it is answered, and then once more; its desk may lose
  // the database, and be another one from then on.
  std::set<Verdict> repeated(const std::string& site, const Meetings& meetings,
                             const PasswordChange& change, std::uint64_t seed) {
    Draw draw(seed);
    std::unique_ptr<DirectoryCentral> central;
    int faults = 12;
    const auto fault = [&](std::string_view call) {
      if (faults == 0 || draw.below(3) != 0) return Fault::none;
      --faults;
      if (call == "written") return central->database().interrupt(), Fault::none;
      return draw.below(2) == 0 ? Fault::away : Fault::answer_lost;
    };
    std::set<Verdict> heard;
    for (int answers = 0, tries = 0; answers < 3; ++tries) {
      if (tries > 100) throw std::runtime_error("it is never answered");
      if (!central) {
        central = unmet(site, fault);
        got(central->hello({meetings.checkpoint, meetings.fence}));
      }
      const auto verdict = central->apply_passwords({&change, 1}, {});
      if (verdict) {
        heard.insert(verdict->front());
        ++answers;
      } else if (draw.below(2) == 0 || verdict.error().why.find("directory") == std::string::npos) {
        central.reset();
      }
    }
    return heard;
  }
};

TEST_CASE_METHOD(Storm, "whatever is lost between two desks, one change is in force, once",
                 "[directory][postgresql]") {
  directory.can_tell = GENERATE(true, false);
  const bool one_operation = GENERATE(false, true);
  constexpr std::uint64_t seeds = 50;  // times four
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    directory.add(handle_of(seed), {"guru" + std::to_string(seed) + "@guru.sd"});
  REQUIRE(import.list_changes());
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    INFO("seed " << seed);
    const auto one = change(seed, 1);
    // A gateway whose connection broke comes to another desk with the same change.
    const auto two = one_operation ? one : change(seed, 2);
    std::set<Verdict> of_one, of_two;
    std::thread first([&] { of_one = repeated("nabire", nabire, one, 2 * seed); });
    std::thread second([&] {
      of_two = one_operation ? repeated("nabire", nabire, two, 2 * seed + 1)
                             : repeated("timika", timika, two, 2 * seed + 1);
    });
    if (seed % 2 == 0) (void)import.list_changes();
    first.join();
    second.join();
    REQUIRE(import.list_changes());

    const auto entry = directory.entry(handle_of(seed));
    CHECK(entry.passwords_put == 1);
    CHECK(of_one.size() == 1);
    CHECK(of_two.size() == 1);
    for (const auto& heard : {of_one, of_two})
      CHECK((heard.contains(Verdict::applied) || heard.contains(Verdict::superseded)));
    if (of_one.contains(Verdict::applied)) CHECK(entry.password == password_of(1));
    if (of_two.contains(Verdict::applied))
      CHECK(entry.password == password_of(one_operation ? 1 : 2));
    // Who can be asked leaves nobody in doubt.
    const auto applied = of_one.count(Verdict::applied) + of_two.count(Verdict::applied);
    if (directory.can_tell) CHECK(applied == (one_operation ? 2 : 1));
    CHECK(sql("SELECT password_version FROM pulih.account WHERE id = '" + one.account_id + "'") ==
          "2");
    CHECK(ledger_agrees(handle_of(seed)));
  }
}

}  // namespace
}  // namespace pulih::central
