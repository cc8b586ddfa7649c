// Whatever happens on the way, in the end the copy is what the central database has and every
// operation was applied once: links cut before and after a call took effect, kills, a database that
// is restored, and teachers who go on meanwhile. A failing seed replays.
#include <catch2/catch.hpp>

#include "tests/unit/central/invented_gateway.hpp"

namespace pulih::central {
namespace {

struct Story {
  explicit Story(std::uint64_t seed) : chance(seed), central(seed + 1), gateway(central, seed + 2) {
    gateway.pace.page = static_cast<std::size_t>(chance.between(1, 50));
    gateway.pace.fingerprints = static_cast<std::size_t>(chance.between(1, 3));
    gateway.pace.batch = static_cast<std::size_t>(chance.between(1, 10));
    gateway.start();
    const auto accounts = chance.between(1, 2'500);
    for (std::int64_t i = 0; i < accounts; ++i) add();
  }

  void add() {
    const auto number = central.state.last_number + 1;
    central.add("guru" + std::to_string(number) + "@guru.sd", 6281100000000 + number);
  }
  std::uint64_t any() {
    return static_cast<std::uint64_t>(
        chance.between(1, static_cast<std::int64_t>(central.state.last_number)));
  }
  void something_happens() {
    switch (chance.between(0, 9)) {
      case 0:
        return add();
      case 1:
        return void(central.change_phone(any(), 6281100000000 + 50'000 + any()));
      case 2:
        return central.change_password(any());
      case 3:
        if (!central.state.rows.at(any()).gone) central.erase(any());
        return;
      case 4:
        central.link_down = chance.chance(300);
        return;
      case 5:
        return gateway.chance.chance(100) ? gateway.start() : void();
      default:
        gateway.stage("guru" + std::to_string(any()) + "@guru.sd");
    }
  }
  void live(int steps) {
    for (int i = 0; i < steps; ++i) {
      if (chance.chance(200)) something_happens();
      gateway.step();
    }
  }
  // The faults end, and all that was begun ends well.
  void heal() {
    central.cuts = 0;
    central.link_down = false;
    gateway.pass(2min);
    gateway.settle();
    gateway.settle();
  }

  simulation::Seeded chance;
  InventedCentral central;
  InventedGateway gateway;
};

TEST_CASE("after any faults the copy is the database's, and each operation counts once",
          "[central][faults]") {
  const auto seed = GENERATE(range(1u, 31u));
  INFO("seed " << seed);
  Story story(seed);
  story.central.cuts = static_cast<std::uint32_t>(story.chance.between(0, 300));
  story.live(400);
  story.heal();
  auto& gateway = story.gateway;
  CHECK(gateway.agrees());
  CHECK(gateway.waiting.empty());
  for (const auto& [id, times] : story.central.ever_applied) CHECK(times == 1);
  for (const auto& [id, how] : gateway.answered)
    if (how == engine::Pushed::How::applied) CHECK(story.central.ever_applied.at(id) == 1);
  CHECK(gateway.told(News::What::damaged) == 0);
  CHECK(gateway.told(News::What::restored) == 0);
  CHECK(gateway.told(News::What::fence_raised) == 0);
}

TEST_CASE("a restore from a backup loses nothing that was acknowledged", "[central][faults]") {
  const auto seed = GENERATE(range(100u, 120u));
  INFO("seed " << seed);
  Story story(seed);
  story.live(200);
  const auto backup = story.central.state;
  story.central.cuts = 100;
  story.live(200);
  // A meeting that the backup does not know of.
  story.central.cuts = 0;
  story.central.link_down = true;
  story.gateway.pass(1min);
  story.gateway.steps(3);
  story.central.link_down = false;
  story.gateway.pass(1min);
  story.gateway.steps(10);
  story.central.link_down = true;
  story.gateway.pass(1min);
  story.gateway.steps(3);
  story.central.restore(backup);
  story.central.link_down = false;
  story.central.cuts = 100;
  story.live(100);
  story.heal();
  auto& gateway = story.gateway;
  CHECK(gateway.told(News::What::restored) >= 1);
  CHECK(gateway.agrees());
  CHECK(gateway.waiting.empty());
  // The database as it is now knows of each that a teacher was told of, in whichever of its lives.
  for (const auto& [id, how] : gateway.answered)
    if (how == engine::Pushed::How::applied) CHECK(story.central.state.operations.contains(id));
}

}  // namespace
}  // namespace pulih::central
