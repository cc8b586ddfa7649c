// Password changes on their way to the central database: a bounded number at once, tried again with
// growing gaps until they are too old, settled once, and stopped by the owner while they wait.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;
using How = Pushed::How;

// Every second a tick, for so long; the seconds at which something was pushed, and to no avail.
std::vector<std::int64_t> seconds_of_pushes(Site& site, std::chrono::seconds duration) {
  std::vector<std::int64_t> pushes;
  const auto begin = site.now;
  for (; site.now - begin < duration; site.now += 1s) {
    const auto before = site.operations.size();
    site.run(Tick{});
    if (site.operations.size() == before) continue;
    pushes.push_back((site.now - begin).count());
    site.run(site.pushed(How::unreachable));
  }
  return pushes;
}

}  // namespace

TEST_CASE("a change that the central database applied is told and done, once", "[engine]") {
  Site site;
  site.stage_password(budi);
  REQUIRE(site.operations.size() == 1);
  const auto before = site.story.size();
  site.run(site.pushed(How::applied));
  site.run(site.pushed(How::applied));
  CHECK(site.story_since(before) ==
        Story{"commit", "send budi M33", "flush", "notice: password applied", "commit", "flush"});
  CHECK(site.store.waiting_operations() == 0);
}

TEST_CASE("a change that was overtaken or refused is told as what it is", "[engine]") {
  for (const auto& [how, text] :
       {std::pair{How::superseded, "M51"}, std::pair{How::failed, "M42"},
        std::pair{How::account_changed, "M55"}, std::pair{How::refused, "M29"}}) {
    Site site;
    site.stage_password(budi);
    site.run(site.pushed(how));
    CHECK(site.count(std::string("send budi ") + text) == 1);
    CHECK(site.count("notice: password not applied") == 1);
    CHECK(site.store.waiting_operations() == 0);
  }
}

TEST_CASE("no more operations are under way than are allowed, oldest first", "[engine]") {
  Bounds bounds;
  bounds.operations_in_flight = 1;
  Site site(bounds);
  site.stage_password(budi);
  site.stage_password(siti);
  REQUIRE(site.operations.size() == 1);
  const auto first = site.operations[0];
  site.run(Tick{});
  CHECK(site.operations.size() == 1);
  site.run(Pushed{first, How::applied});
  REQUIRE(site.operations.size() == 2);
  CHECK(site.operations[1] != first);
  site.run(Pushed{site.operations[1], How::applied});
  CHECK(site.count("send budi M33") == 1);
  CHECK(site.count("send siti M33") == 1);
}

TEST_CASE("while the central database is away each attempt waits twice as long, up to a bound",
          "[engine]") {
  Bounds bounds;
  bounds.push_retry_first = 5s;
  bounds.push_retry_longest = 30s;
  Site site(bounds);
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  CHECK(seconds_of_pushes(site, 140s) == std::vector<std::int64_t>{5, 15, 35, 65, 95, 125});
  // It is said once, to the operator and to her.
  CHECK(site.count("notice: central away") == 1);
  CHECK(site.count("send budi M41") == 1);

  site.now += 30s;
  site.run(Tick{});
  site.run(site.pushed(How::applied));
  CHECK(site.count("notice: central back") == 1);
  // The next one that fails begins with the shortest gap again.
  site.stage_password(siti);
  site.run(site.pushed(How::unreachable));
  CHECK(seconds_of_pushes(site, 20s) == std::vector<std::int64_t>{5, 15});
}

TEST_CASE("a clock that is set back does not keep a change waiting", "[engine]") {
  Site site;
  site.now += std::chrono::hours{24 * 366};
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  site.now -= std::chrono::hours{24 * 366};
  CHECK(seconds_of_pushes(site, 40s) == std::vector<std::int64_t>{0, 10, 30});
}

TEST_CASE("a change that waited too long is given up, and she hears of it", "[engine]") {
  Bounds bounds;
  bounds.push_life = 1h;
  Site site(bounds);
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  site.now += 59min;
  site.run(Tick{});
  site.run(site.pushed(How::unreachable));
  CHECK(site.count("notice: operation given up") == 0);
  site.now += 10min;
  site.run(Tick{});
  site.run(site.pushed(How::unreachable));
  CHECK(site.count("notice: operation given up") == 1);
  CHECK(site.count("send budi M42") == 1);
  CHECK(site.store.waiting_operations() == 0);
}

// ---- what was asked for, and not answered

TEST_CASE("a change that may have been made is not told as not made", "[engine]") {
  Bounds bounds;
  bounds.push_life = 1h;
  bounds.applied_life = 100h;
  Site site(bounds);
  site.stage_password(budi);
  if (const bool answer_lost = GENERATE(true, false); answer_lost)
    site.run(site.pushed(How::unanswered));
  else
    site.restart();  // whoever lived before may have asked
  site.now += 61min;
  site.run(Tick{});
  site.run(site.pushed(How::unreachable));
  CHECK(site.count("send budi M42") == 0);
  CHECK(site.count("notice: operation given up") == 0);
  CHECK(site.store.waiting_operations() == 1);
  site.now += 6min;
  site.run(Tick{});
  CHECK(site.withdrawn == 1);  // from now on it is not to be made any more

  SECTION("it was not: she hears it, and it never is") {
    site.run(site.pushed(How::failed));
    CHECK(site.count("send budi M42") == 1);
  }
  SECTION("it was") {
    site.run(site.pushed(How::applied));
    CHECK(site.count("send budi M33") == 1);
    CHECK(site.count("send budi M42") == 0);
    CHECK(site.store.applied() == 1);
  }
  SECTION("it had a result that was another one") {
    site.run(site.pushed(How::superseded));
    CHECK(site.count("send budi M51") == 1);
  }
  SECTION("it was refused: she is not asked for another password") {
    site.run(site.pushed(How::refused));
    CHECK(site.count("send budi M42") == 1);
    CHECK(site.count("send budi M29") == 0);
  }
  CHECK(site.store.waiting_operations() == 0);
}

TEST_CASE("what the owner stops is not made later, if it was not made already", "[engine]") {
  Site site;
  site.stage_password(budi);
  const bool on_its_way = GENERATE(true, false);
  if (on_its_way) site.says(budi, "BUKAN");
  site.run(site.pushed(How::unanswered));
  if (!on_its_way) site.says(budi, "BUKAN");
  CHECK(site.count("send budi M35") == 1);
  CHECK(site.count("send budi M42") == 0);
  site.restart();
  site.now += 1min;
  site.run(Tick{});
  CHECK(site.withdrawn == 1);
  SECTION("it was not") {
    site.run(site.pushed(How::failed));
    CHECK(site.count("send budi M42") == 1);
  }
  SECTION("it was") {
    site.run(site.pushed(How::applied));
    CHECK(site.count("send budi M33") == 1);
  }
  CHECK(site.store.waiting_operations() == 0);
}

TEST_CASE("a ticket that the database never takes is given up, in a later life too", "[engine]") {
  Bounds bounds;
  bounds.push_life = 1h;
  Site site(bounds);
  site.offer_school();
  site.identify(budi);
  site.says(budi, "OPERATOR");
  REQUIRE(site.store.waiting_operations() == 1);
  site.run(site.pushed(How::unreachable));
  site.restart();
  site.now += 2h;
  site.run(Tick{});
  site.run(site.pushed(How::unreachable));
  CHECK(site.store.waiting_operations() == 0);
}

TEST_CASE("what is on its way and was not even asked for is stopped by the owner", "[engine]") {
  Site site;
  site.stage_password(budi);
  site.says(budi, "BUKAN");
  site.run(site.pushed(How::unreachable));
  CHECK(site.count("send budi M42") == 1);
  CHECK(site.store.waiting_operations() == 0);
}

TEST_CASE("what was applied is kept for a database that may be restored, and only that",
          "[engine]") {
  Bounds bounds;
  bounds.applied_life = 100h;
  Site site(bounds);
  site.stage_password(budi);
  site.run(site.pushed(How::superseded));
  CHECK(site.store.applied() == 0);
  site.stage_password(siti);
  site.run(site.pushed(How::applied));
  CHECK(site.store.applied() == 1);
  CHECK(site.store.waiting_operations() == 0);
  site.run(Tick{});
  CHECK(site.store.applied_forgotten_before == site.now - 100h);
}

TEST_CASE("beside a database that lies here nothing of what was applied is kept", "[engine]") {
  Site site;
  site.stage_password(budi);
  site.run(site.pushed(How::applied));
  CHECK(site.store.applied() == 0);
}

TEST_CASE("changes that wait long are told once, until none waits so long", "[engine]") {
  Bounds bounds;
  bounds.operations_old = 30min;
  Site site(bounds);
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  site.now += 29min;
  site.run(Tick{});
  CHECK(site.count("notice: operations old") == 0);
  site.now += 1min;
  site.run(Tick{});
  site.run(Tick{});
  CHECK(site.count("notice: operations old") == 1);
  site.run(site.pushed(How::applied));
  site.run(Tick{});
  site.stage_password(siti);
  site.run(site.pushed(How::unreachable));
  site.now += 31min;
  site.run(Tick{});
  CHECK(site.count("notice: operations old") == 2);
}

TEST_CASE("what the central database's own thread finds counts as a push does", "[engine]") {
  Site site;
  site.run(CentralReached{false});
  CHECK(site.count("notice: central away") == 1);
  site.stage_password(budi);
  CHECK(site.operations.empty());
  site.run(CentralReached{true});
  CHECK(site.count("notice: central back") == 1);
  CHECK(site.operations.size() == 1);
}

TEST_CASE("a waiting change is pushed again after a restart, under the same id", "[engine]") {
  Site site;
  site.stage_password(budi);
  site.restart();
  site.run(Tick{});
  REQUIRE(site.operations.size() == 2);
  CHECK(site.operations[0] == site.operations[1]);
}

TEST_CASE("the owner stops a change that waits; nothing is pushed any more", "[engine]") {
  Site site;
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));  // now it waits here
  const auto before = site.story.size();
  site.says(budi, "BUKAN");
  CHECK(site.count("send budi M35") == 1);
  CHECK(site.store.waiting_operations() == 0);
  site.now += 1h;
  site.run(Tick{});
  CHECK(site.count("push 1") == 1);
  CHECK(site.count("send budi M42") == 1);
  CHECK(site.story_since(before).back() == "flush");
}

TEST_CASE("a change that is under way cannot be stopped; its result is told", "[engine]") {
  Site site;
  site.stage_password(budi);
  site.says(budi, "BUKAN");
  CHECK(site.store.waiting_operations() == 1);
  site.run(site.pushed(How::applied));
  CHECK(site.count("send budi M33") == 1);
}

TEST_CASE("a change whose row is damaged is told of; she hears of it and can begin anew",
          "[engine]") {
  Site site;
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  site.store.damage_operations();
  site.now += 1min;
  site.run(Tick{});
  CHECK(site.count("push 1") == 1);
  site.run(Tick{});
  CHECK(site.count("notice: record damaged") == 1);
  CHECK(site.store.waiting_operations() == 0);

  site.now += 1h;
  site.run(site.message(budi, budi.request));
  CHECK(site.count("send budi M42") == 1);
  CHECK(site.says(budi, "STATUS") == "M23");
  site.now += 24h;
  site.stage_password(budi);
  CHECK(site.store.waiting_operations() == 1);
}

TEST_CASE("who confirms while the central database is away is told so at once", "[engine]") {
  Site site;
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  site.stage_password(siti);
  CHECK(site.count("send siti M41") == 1);
  CHECK(site.count("send siti M31") == 0);
  site.run(Pushed{site.operations.front(), How::applied});
  CHECK(site.count("send budi M33") == 1);
}

TEST_CASE("with a replica older than the set age nothing is promised", "[engine]") {
  Site site;
  site.replica_as_of(site.now - 72h);
  site.stage_password(budi);
  CHECK(site.count("send budi M31") == 1);
  site.replica_as_of(site.now - 72h - 1s);
  site.stage_password(siti);
  CHECK(site.count("send siti M54") == 1);
}

}  // namespace pulih::engine
