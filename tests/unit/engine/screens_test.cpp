// USSD through the engine: a screen is shown after the commit and kept nowhere, every answer on a
// screen counts by its session, and a screen that would have to wait too long is closed, so that
// the talk goes on by SMS.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;

// As far as U11, where she types a password of her own.
void reach_password(Site& site, std::uint64_t session) {
  site.identify(budi);
  REQUIRE(site.dials(budi, session) == "U01");
  REQUIRE(site.types(budi, session, "2") == "U10");
  REQUIRE(site.types(budi, session, "2") == "U11");
}

}  // namespace

TEST_CASE("a screen is shown after the commit and its answer, and is stored nowhere", "[engine]") {
  Site site;
  site.run(site.dialled(budi, 5));
  CHECK(site.story == Story{"commit", "accept 1", "show 5 U01", "flush"});
  CHECK(site.sent.empty());
  CHECK(site.store.waiting_messages() == 0);
}

TEST_CASE("a whole reset by screens: the code and the password come by SMS", "[engine]") {
  Site site;
  CHECK(site.dials(budi, 5) == "U01");
  CHECK(site.types(budi, 5, "1") == "U02");
  CHECK(site.types(budi, 5, "1") == "U06");
  CHECK(site.types(budi, 5, "17081985") == "U07");
  CHECK(site.types(budi, 5, "1") == "U08, last");
  CHECK(site.count("send budi M11") == 1);
  CHECK(site.dials(budi, 6) == "U01");
  CHECK(site.types(budi, 6, "2") == "U09");
  CHECK(site.types(budi, 6, "{kode}") == "U10");
  CHECK(site.types(budi, 6, "1").empty());
  const auto before = site.story.size();
  site.run(site.work_done());
  CHECK(site.story_since(before) == Story{"commit", "accept " + std::to_string(site.last_sequence),
                                          "show 6 U16, last", "push 1", "flush"});
  site.run(site.pushed(Pushed::How::applied));
  CHECK(site.count("send budi M33") == 1);
}

TEST_CASE("what the carrier repeats on a screen is accepted and shown nothing", "[engine]") {
  Site site;
  site.dials(budi, 5);
  auto answer = site.on_screen(budi, 5, "1");
  answer.carrier_id = 77;
  auto again = site.on_screen(budi, 5, "1");
  again.carrier_id = 77;
  site.run(std::move(answer));
  const auto before = site.story.size();
  site.run(std::move(again));
  CHECK(site.story_since(before) == Story{"commit", "accept 3", "flush"});
}

TEST_CASE("without ids of the carrier's two answers alike are two answers", "[engine]") {
  Site site;
  site.dials(budi, 5);
  for (const char* shown : {"show 5 U02", "show 5 U06"}) {
    auto answer = site.arrived(site.on_screen(budi, 5, "1"));
    answer.carrier_id = 0;
    std::vector<Occurrence> batch;
    batch.emplace_back(std::move(answer));
    site.engine().run(batch, site.now);
    CHECK(site.count(shown) == 1);
  }
}

TEST_CASE("what comes from a screen that stands no more closes it and changes nothing",
          "[engine]") {
  Site site;
  site.dials(budi, 5);
  site.types(budi, 5, "1");
  CHECK(site.dials(budi, 6) == "U01");
  CHECK(site.types(budi, 5, "1") == "U17, last");
  CHECK(site.types(budi, 6, "2") == "U06");  // the account was not confirmed by the late "1"
}

TEST_CASE("a talk goes on after a restart, on the same screen or dialled again", "[engine]") {
  Site site;
  site.dials(budi, 5);
  site.types(budi, 5, "1");
  site.restart();
  CHECK(site.types(budi, 5, "1") == "U06");
  site.restart();
  CHECK(site.dials(budi, 6) == "U01");
  CHECK(site.types(budi, 6, "2") == "U06");
}

TEST_CASE("slow work that is done in time is answered on the screen", "[engine]") {
  Site site;
  reach_password(site, 5);
  site.run(site.on_screen(budi, 5, "Perahu-Layar-88 biru"));
  site.now += 7s;
  site.run(Tick{});
  CHECK(site.count("show 5 U17, last") == 0);
  site.run(site.work_done());
  CHECK(site.count("show 5 U12") == 1);
}

TEST_CASE("slow work that takes longer than a screen may wait is answered by SMS", "[engine]") {
  Site site;
  reach_password(site, 5);
  site.run(site.on_screen(budi, 5, "Perahu-Layar-88 biru"));
  site.now += 8s;
  site.run(Tick{});
  site.now += 1s;
  site.run(Tick{});
  CHECK(site.count("show 5 U17, last") == 1);
  site.run(site.work_done());
  CHECK(site.count("accept " + std::to_string(site.last_sequence)) == 1);
  CHECK(site.count("show 5 U12") == 0);
  CHECK(site.count("send budi M26") == 1);
  // The talk stands where the work left it.
  CHECK(site.types(budi, 5, "Perahu-Layar-88 biru") == "U17, last");
  site.dials(budi, 6);
  CHECK(site.types(budi, 6, "2") == "U12");
}

TEST_CASE("how long a screen may wait is a setting", "[engine]") {
  Bounds bounds;
  bounds.ussd_answer = 3s;
  Site site(bounds);
  reach_password(site, 5);
  site.run(site.on_screen(budi, 5, "Perahu-Layar-88 biru"));
  site.now += 3s;
  site.run(Tick{});
  CHECK(site.count("show 5 U17, last") == 1);
}

TEST_CASE("an SMS that waits for slow work closes no screen", "[engine]") {
  Site site;
  site.identify(budi);
  site.run(site.message(budi, "1"));
  site.now += 60s;
  const auto before = site.story.size();
  site.run(Tick{});
  CHECK(site.story_since(before) == Story{"commit", "flush"});
}

TEST_CASE("who dials behind slow work waits for it, but no longer than a screen may", "[engine]") {
  Site site;
  site.identify(budi);
  site.run(site.message(budi, "1"), site.dialled(budi, 5));
  const auto dialled = "accept " + std::to_string(site.last_sequence);
  site.now += 4s;
  site.run(site.dialled(budi, 6));
  site.now += 4s;
  site.run(Tick{});
  CHECK(site.count("show 5 U17, last") == 1);
  CHECK(site.count(dialled) == 1);
  CHECK(site.count("show 6 U17, last") == 0);
  site.run(site.work_done());
  CHECK(site.count("show 5 U01") == 0);
  CHECK(site.count("show 6 U01") == 1);
  CHECK(site.count("send budi M31") == 1);
}

TEST_CASE("a screen is closed when its answer cannot be kept", "[engine]") {
  Site site;
  site.dials(budi, 5);
  site.store.fail("commit");
  const auto before = site.story.size();
  site.run(site.on_screen(budi, 5, "1"));
  CHECK(site.story_since(before) ==
        Story{"rollback", "notice: store failed", "fail 2", "show 5 U17, last", "flush"});
  CHECK(site.dials(budi, 6) == "U01");
}

TEST_CASE("a screen is closed when there is no room for its slow work, or behind it", "[engine]") {
  Bounds bounds;
  bounds.held_messages = 1;
  Site site(bounds);
  reach_password(site, 5);
  site.workers_full = true;
  site.run(site.on_screen(budi, 5, "Perahu-Layar-88 biru"));
  CHECK(site.count("try later " + std::to_string(site.last_sequence)) == 1);
  CHECK(site.count("show 5 U17, last") == 1);

  site.workers_full = false;
  site.dials(budi, 6);
  CHECK(site.types(budi, 6, "2") == "U11");
  site.run(site.on_screen(budi, 6, "Perahu-Layar-88 biru"), site.dialled(budi, 7),
           site.dialled(budi, 8));
  CHECK(site.count("show 8 U17, last") == 1);
  CHECK(site.count("try later " + std::to_string(site.last_sequence)) == 1);
}

TEST_CASE("a batch that failed while it closed a screen does not speak on it again", "[engine]") {
  Site site;
  reach_password(site, 5);
  site.run(site.on_screen(budi, 5, "Perahu-Layar-88 biru"));
  site.now += 8s;
  site.store.fail("commit");
  site.run(Tick{});
  CHECK(site.count("show 5 U17, last") == 1);
  site.run(site.work_done());
  CHECK(site.count("show 5 U12") == 0);
  CHECK(site.count("send budi M26") == 1);
}

TEST_CASE("who chose a password on a screen is called back when it is settled, after the commit",
          "[engine]") {
  const auto [how, sms, screens] = GENERATE(table<Pushed::How, std::string, std::string>(
      {{Pushed::How::applied, "send budi M33", "call back budi U22 U24"},
       {Pushed::How::refused, "send budi M29", "call back budi U23 U25"},
       {Pushed::How::superseded, "send budi M51", ""},
       {Pushed::How::account_changed, "send budi M55", ""},
       {Pushed::How::failed, "send budi M42", ""}}));
  Site site;
  site.identify(budi);
  site.dials(budi, 5);
  REQUIRE(site.types(budi, 5, "2") == "U10");
  site.types(budi, 5, "1");
  site.run(site.work_done());
  auto before = site.story.size();
  site.store.fail("commit");
  site.run(site.pushed(how));
  for (const auto& each : site.story_since(before)) CHECK_FALSE(each.starts_with("call back"));
  before = site.story.size();
  site.run();
  const auto story = site.story_since(before);
  CHECK(story.front() == "commit");
  CHECK(site.count(sms) == 1);
  CHECK(std::ranges::count_if(story, [](const auto& each) {
          return each.starts_with("call back");
        }) == (screens.empty() ? 0 : 1));
  if (!screens.empty()) CHECK(site.count(screens) == 1);
}

TEST_CASE("who spoke by SMS last, and who only borrowed a telephone, is not called back",
          "[engine]") {
  Site site;
  site.stage_password(budi);
  site.run(site.pushed(Pushed::How::applied));
  CHECK(site.count("send budi M33") == 1);
  // Siti's telephone, Budi's account and his code.
  Site borrowed;
  auto told = borrowed.says(siti, budi.request);
  while (told == "M09" || told == "M10") told = borrowed.says(siti, "1");
  borrowed.dials(siti, 5);
  REQUIRE(borrowed.types(siti, 5, "2") == "U09");
  REQUIRE(borrowed.types(siti, 5, "{kode}") == "U10");
  borrowed.types(siti, 5, "1");
  borrowed.run(borrowed.work_done());
  borrowed.run(borrowed.pushed(Pushed::How::applied));
  CHECK(borrowed.count("send budi M33") == 1);
  for (const auto* each : {&site, &borrowed})
    for (const auto& line : each->story) CHECK_FALSE(line.starts_with("call back"));
}

}  // namespace pulih::engine
