// How many changes and tickets may wait for the central database: who would be too many is told to
// try later and nothing of it is kept, who came first goes first, and an operator hears of it once.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;
using How = Pushed::How;

void a_password_and_a_ticket_wait(Site& site) {
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  site.offer_school();
  site.identify(siti);
  site.says(siti, "OPERATOR");
  REQUIRE(site.store.waiting_operations() == 2);
}

TEST_CASE("of operations that wait no more are taken in than may, and none is lost", "[engine]") {
  Bounds bounds;
  bounds.operations_waiting = 1;
  Site site(bounds);
  site.stage_password(budi);
  site.run(site.pushed(How::unreachable));
  // The next password is refused before it is hashed, by this daemon and by the next.
  if (const bool restarted = GENERATE(false, true); restarted) site.restart();
  site.identify(siti);
  for (int i = 0; i < 2; ++i) {
    site.run(site.message(siti, "1", 77));
    CHECK(site.count("try later " + std::to_string(site.last_sequence)) == 1);
    CHECK(site.tickets.empty());
  }
  CHECK(site.count("notice: operations full") == 1);
  // Words that lead to no password are heard.
  CHECK_FALSE(site.says(siti, "STATUS").empty());

  site.now += 1min;
  site.run(Tick{});
  site.run(site.pushed(How::applied));
  site.run(Tick{});
  // A batch that fails counts for nothing.
  site.run(site.message(siti, "1", 77));
  site.store.fail("commit");
  site.run(site.work_done());
  site.run(site.message(siti, "1", 77));
  site.run(site.work_done());
  CHECK(site.count("send siti M31") == 1);
  CHECK(site.store.waiting_operations() == 1);
  // It is said again when it comes again.
  site.run(Tick{});
  site.now += 1h;
  site.identify(budi);
  site.run(site.message(budi, "1"));
  CHECK(site.count("notice: operations full") == 2);
}

TEST_CASE("where there is room for one more password, it is who came first", "[engine]") {
  Bounds bounds;
  bounds.operations_waiting = 1;
  Site site(bounds);
  site.identify(budi);
  site.identify(siti);
  site.run(site.message(budi, "1"), site.message(siti, "1"));
  CHECK(site.count("try later " + std::to_string(site.last_sequence)) == 1);
  CHECK(site.count("try later " + std::to_string(site.last_sequence - 1)) == 0);
  site.run(site.work_done());
  CHECK(site.count("send budi M31") == 1);
}

TEST_CASE("that too many wait is told once while they come and go, and not lost with a batch",
          "[engine]") {
  Bounds bounds;
  bounds.operations_waiting = 2;
  Site site(bounds);
  a_password_and_a_ticket_wait(site);
  site.now += 1h;
  site.identify(siti);
  for (int i = 0; i < 3; ++i) {
    site.run(site.message(siti, "1"));
    site.run(Tick{});
    site.run(site.pushed(How::unreachable));
  }
  CHECK(site.count("notice: operations full") == 1);
}

TEST_CASE("an owner who says BUKAN again has reported it once", "[engine]") {
  Site site;
  site.offer_school();
  site.stage_password(budi);
  site.run(site.pushed(How::applied));
  REQUIRE(site.store.waiting_operations() == 0);
  for (int i = 0; i < 3; ++i) {
    CHECK(site.says(budi, "BUKAN") == "M35");
    CHECK(site.store.waiting_operations() == 1);
    site.now += 5min;
  }
  // Each time the account is held for 72 h anew.
  site.now += std::chrono::hours{71};
  CHECK(site.says(budi, "BUKAN") == "M35");
  CHECK(site.store.waiting_operations() == 1);
}

TEST_CASE("where even tickets are too many, no message is taken in", "[engine]") {
  Bounds bounds;
  bounds.operations_waiting = 1;
  Site site(bounds);
  a_password_and_a_ticket_wait(site);
  // The notice does not go with a batch that fails.
  site.store.fail("commit");
  CHECK(site.says(siti, "STATUS").empty());
  CHECK(site.count("notice: operations full") == 0);
  CHECK(site.says(siti, "STATUS").empty());
  CHECK(site.count("notice: operations full") == 1);
  CHECK(site.count("try later " + std::to_string(site.last_sequence)) == 1);
  CHECK(site.dials(siti, 7) == "U17, last");
  site.run(site.pushed(How::applied));
  CHECK_FALSE(site.says(siti, "STATUS").empty());
}

}  // namespace
}  // namespace pulih::engine
