// The fault plan: what is written is what is drawn, a seed repeats its draws, and what makes no
// sense is refused with words that help.
#include "tests/phone/faults.hpp"

#include <catch2/catch.hpp>
#include <map>

namespace pulih::phone {
namespace {

std::string complaint(const char* text) {
  const auto plan = FaultPlan::read(text, 1);
  return plan ? "none" : plan.error();
}

std::vector<Fault> drawn(FaultPlan plan, Draw what, std::size_t how_many) {
  std::vector<Fault> all;
  for (std::size_t i = 0; i < how_many; ++i) all.push_back(plan.draw(what));
  return all;
}

}  // namespace

TEST_CASE("without faults nothing goes wrong", "[faults]") {
  for (const auto& plan :
       {FaultPlan{}, FaultPlan::read("", 7).value(), FaultPlan::read(" ", 7).value(),
        FaultPlan::read("throttled=0%", 7).value()})
    CHECK(drawn(plan, Draw::answer, 1000) == std::vector(1000, Fault::none));
}

TEST_CASE("each fault comes as often as was written", "[faults]") {
  std::map<Fault, int> seen;
  const auto plan = FaultPlan::read("throttled=5%, cut-after=0.25%,refused=50%", 1).value();
  for (const auto fault : drawn(plan, Draw::answer, 100'000)) ++seen[fault];
  CHECK(seen[Fault::throttled] == Approx(5000).margin(300));
  CHECK(seen[Fault::cut_after] == Approx(250).margin(70));
  CHECK(seen[Fault::refused] == Approx(50'000).margin(700));
  CHECK(seen.size() == 4);
  CHECK(drawn(plan, Draw::receipt, 1000) == std::vector(1000, Fault::none));
  CHECK(drawn(FaultPlan::read("delayed=100%", 1).value(), Draw::brought, 1000) ==
        std::vector(1000, Fault::delayed));
}

TEST_CASE("a seed repeats its draws, and another one has others", "[faults]") {
  const auto of_seed = [](std::uint64_t seed) {
    return drawn(FaultPlan::read("throttled=30%,refused=30%", seed).value(), Draw::answer, 200);
  };
  CHECK(of_seed(1) == of_seed(1));
  CHECK(of_seed(1) != of_seed(2));
}

TEST_CASE("what befalls one kind of message does not change what befalls another", "[faults]") {
  auto alone = FaultPlan::read("throttled=30%", 1).value();
  auto among_others = FaultPlan::read("throttled=30%,receipt-lost=50%,repeated=9%", 1).value();
  for (int i = 0; i < 200; ++i) {
    (void)among_others.draw(Draw::receipt);
    (void)among_others.draw(Draw::brought);
    (void)among_others.lateness(std::chrono::milliseconds{100});
    CHECK(alone.draw(Draw::answer) == among_others.draw(Draw::answer));
  }
}

TEST_CASE("what is late is late by half of the longest time at least", "[faults]") {
  using std::chrono::milliseconds;
  auto plan = FaultPlan::read("receipt-late=100%", 3).value();
  std::map<milliseconds, int> seen;
  for (int i = 0; i < 1000; ++i) ++seen[plan.lateness(milliseconds{20})];
  CHECK(seen.begin()->first == milliseconds{10});
  CHECK(seen.rbegin()->first == milliseconds{20});
  CHECK(plan.lateness(milliseconds{0}) == milliseconds{0});
}

TEST_CASE("a plan that makes no sense is refused, and says what would", "[faults]") {
  CHECK(complaint("throtled=5%").find("\"throtled\" is no fault; the known ones are") == 0);
  CHECK(complaint("throtled=5%").find("hex-receipts") != std::string::npos);
  CHECK(complaint("none=5%").find("\"none\" is no fault") == 0);
  CHECK(complaint("throttled=5%,").find("\"\" is no fault") == 0);
  for (const char* wrong :
       {"throttled", "throttled=", "throttled=5", "throttled=%", "throttled=101%", "throttled=-1%",
        "throttled=nan%", "throttled=inf%", "throttled=5%%", "throttled=five%", "throttled=1e1%"}) {
    INFO(wrong);
    CHECK(complaint(wrong).find("is no rate; write 0% to 100%") != std::string::npos);
  }
  CHECK(complaint("throttled=5%,throttled=1%") == "throttled is named twice; leave one");
  CHECK(complaint("throttled=60%,refused=40.1%").find("with refused more than 100%") == 0);
  CHECK(complaint("throttled=60%,refused=40%,delayed=100%") == "none");
}

TEST_CASE("every fault has a name, and is found by it", "[faults]") {
  for (auto fault = Fault::throttled; fault <= Fault::delayed;
       fault = static_cast<Fault>(static_cast<std::uint8_t>(fault) + 1)) {
    const std::string name(name_of(fault));
    CHECK(known_faults().find("  " + name + " ") != std::string::npos);
    auto plan = FaultPlan::read(name + "=100%", 1).value();
    int times = 0;
    for (const auto what : {Draw::answer, Draw::fate, Draw::id, Draw::receipt, Draw::brought})
      times += plan.draw(what) == fault ? 1 : 0;
    CHECK(times == 1);
  }
}

}  // namespace pulih::phone
