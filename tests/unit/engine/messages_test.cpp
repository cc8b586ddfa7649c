// Messages on their way to telephones: each waits in the store until its carrier has taken it, none
// overtakes another of its carrier, and after a restart those that nobody confirmed are sent again.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;

Story sent_in(const Story& story) {
  Story sent;
  for (const auto& each : story)
    if (each.starts_with("send ")) sent.push_back(each.substr(5));
  return sent;
}

}  // namespace

TEST_CASE("after a restart what nobody confirmed is sent again, in its order and once",
          "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET"), site.message(siti, "RESET"), site.message(budi, "BATAL"));
  site.run(Sent{site.sent[1]});
  site.restart();
  const auto before = site.story.size();
  site.run(Room{1});
  site.run(Room{1});
  site.run(Tick{});
  CHECK(sent_in(site.story_since(before)) == Story{"budi M02", "budi M36"});
}

TEST_CASE("after a restart old messages go before new ones, also when nobody told of room",
          "[engine]") {
  Site site;
  site.says(budi, "RESET");
  site.restart();
  const auto before = site.story.size();
  site.run(site.message(siti, "RESET"));
  site.run(Room{1});
  CHECK(sent_in(site.story_since(before)) == Story{"budi M02", "siti M02"});
}

TEST_CASE("what was confirmed before a restart is not sent again", "[engine]") {
  Site site;
  site.says(budi, "RESET");
  site.run(Sent{site.sent[0]});
  site.restart();
  site.run(Room{1});
  CHECK(site.sent.empty());
  CHECK(site.store.waiting_messages() == 0);
}

TEST_CASE("a link that comes back gets nothing twice that its carrier still has", "[engine]") {
  Site site;
  site.run(Room{1});
  site.run(site.message(budi, "RESET"), site.message(siti, "RESET"));
  const auto before = site.story.size();
  site.run(Room{1});
  site.run(Room{1});
  CHECK(sent_in(site.story_since(before)).empty());
}

TEST_CASE("new ids go on where the last life ended, as long as rows of it wait", "[engine]") {
  Site site;
  site.says(budi, "RESET");
  const auto last = site.sent[0];
  site.restart();
  site.run(site.message(siti, "RESET"));
  CHECK(site.sent == std::vector<OutboundId>{last, last + 1});
}

TEST_CASE("messages wait while the carrier is full, and none overtakes", "[engine]") {
  Site site;
  site.carrier_room = 1;
  site.run(site.message(budi, "RESET"), site.message(siti, "RESET"), site.message(budi, "BATAL"));
  site.carrier_room = 0;
  site.run(site.message(siti, "BATAL"));
  site.carrier_room = 2;
  site.run(site.message(budi, "BANTUAN"));
  site.run(Room{1});
  CHECK(sent_in(site.story) == Story{"budi M02", "siti M02", "budi M36", "siti M36", "budi M37"});
}

TEST_CASE("waiting messages are read a page at a time", "[engine]") {
  Bounds bounds;
  bounds.backlog_page = 2;
  Site site(bounds);
  site.carrier_room = 0;
  for (const char* text : {"RESET", "BATAL", "BANTUAN"}) site.says(budi, text);
  site.carrier_room = 100;
  site.run();
  CHECK(site.sent.size() == 2);
  site.run();
  CHECK(sent_in(site.story) == Story{"budi M02", "budi M36", "budi M37"});
}

TEST_CASE("a message whose time is over is told of, not sent, and gone", "[engine]") {
  Site site;
  site.carrier_room = 0;
  site.says(budi, "RESET");
  site.carrier_room = 10;
  site.now += 25h;
  site.run(Room{1});
  CHECK(site.sent.empty());
  CHECK(site.count("notice: message expired of 1") == 1);
  site.run();
  CHECK(site.store.waiting_messages() == 0);
}

TEST_CASE("a message whose row is damaged is told of and gone; the others are sent", "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET"), site.message(siti, "RESET"));
  site.store.damage_message(site.sent[0], 1);
  site.restart();
  const auto before = site.story.size();
  site.run(Room{1});
  site.run();
  CHECK(sent_in(site.story_since(before)) == Story{"siti M02"});
  CHECK(site.count("notice: record damaged") == 1);
  CHECK(site.store.waiting_messages() == 1);
}

TEST_CASE("a stranger's code goes to the owner's telephone, a decoy's to nobody", "[engine]") {
  // Siti's telephone, Budi's account: once with his birth date, once with a wrong one.
  for (const auto& [request, is_right] :
       {std::pair{budi.request, true},
        std::pair{std::string("RESET budi12 guru sd 18081985"), false}}) {
    Site site;
    auto told = site.says(siti, request);
    while (told == "M09" || told == "M10") told = site.says(siti, "1");
    CHECK(site.count("send budi M12") == (is_right ? 1 : 0));
    // Both lie in the store alike.
    CHECK(site.store.waiting_messages() == site.sent.size() + (is_right ? 0 : 1));
  }
}

}  // namespace pulih::engine
