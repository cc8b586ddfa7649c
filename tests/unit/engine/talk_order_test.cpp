// Within one conversation nothing overtakes and nothing counts twice: repeated messages are
// recognised, and what comes while slow work is done on a password waits behind it, up to a bound.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {

TEST_CASE("a message that the carrier repeats is accepted and answered with nothing", "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET", 77));
  const auto before = site.story.size();
  site.run(site.message(budi, "RESET", 77));
  CHECK(site.story_since(before) == Story{"commit", "accept 2", "flush"});

  site.restart();
  site.run(site.message(budi, "RESET", 77));
  CHECK(site.sent.empty());
}

TEST_CASE("a copy of her first message that comes when she types her password is no message",
          "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET", 77));
  for (const char* text : {"17081985", "1", "000000", "STATUS", "000001", "BANTUAN", "ULANG"}) {
    site.now += std::chrono::minutes{1};
    site.says(budi, text);
  }
  const auto before = site.story.size();
  site.run(site.message(budi, "RESET", 77));
  CHECK(site.story_since(before) ==
        Story{"commit", "accept " + std::to_string(site.last_sequence), "flush"});
}

TEST_CASE("a message that the carrier repeats within one batch counts once", "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET", 77), site.message(budi, "RESET", 77));
  CHECK(site.count("accept 1") == 1);
  CHECK(site.count("accept 2") == 1);
  CHECK(site.sent.size() == 1);
}

TEST_CASE("a text that the person repeats gets the same answer again", "[engine]") {
  Site site;
  CHECK(site.says(budi, "RESET") == "M02");
  CHECK(site.says(budi, "RESET") == "M02");
  CHECK(site.says(siti, "RESET") == "M02");
}

TEST_CASE("who has slow work done is answered when it is done", "[engine]") {
  Site site;
  site.identify(budi);
  auto before = site.story.size();
  site.run(site.message(budi, "1"));
  const auto sequence = std::to_string(site.last_sequence);
  CHECK(site.story_since(before) == Story{"commit", "work", "flush"});
  before = site.story.size();
  site.run(site.work_done());
  CHECK(site.story_since(before) ==
        Story{"commit", "accept " + sequence, "send budi M31", "push 1", "flush"});
}

TEST_CASE("what she writes while slow work is done waits behind it; others do not wait",
          "[engine]") {
  Site site;
  site.identify(budi);
  site.run(site.message(budi, "1"));
  const auto first = site.last_sequence;
  auto before = site.story.size();
  site.run(site.message(budi, "STATUS"), site.message(siti, "RESET"),
           site.message(budi, "BANTUAN"));
  CHECK(site.story_since(before) ==
        Story{"commit", "accept " + std::to_string(first + 2), "send siti M02", "flush"});
  before = site.story.size();
  site.run(site.work_done());
  CHECK(site.story_since(before) == Story{"commit", "accept " + std::to_string(first),
                                          "accept " + std::to_string(first + 1),
                                          "accept " + std::to_string(first + 3), "send budi M31",
                                          "send budi M23", "send budi M37", "push 1", "flush"});
}

TEST_CASE("who waited may ask for slow work again, and the rest waits behind that", "[engine]") {
  Site site;
  site.identify(budi);
  site.says(budi, "2");
  site.run(site.message(budi, "Perahu-Layar-88 biru"));
  site.run(site.message(budi, "Perahu-Layar-88 biru"), site.message(budi, "STATUS"));
  const auto status = "accept " + std::to_string(site.last_sequence);
  auto before = site.story.size();
  site.run(site.work_done());  // the first typing
  CHECK(site.story_since(before).back() == "flush");
  CHECK(site.count("send budi M26") == 1);
  CHECK(site.tickets.size() == 1);
  CHECK(site.count(status) == 0);
  site.run(site.work_done());  // the second
  CHECK(site.count("send budi M31") == 1);
  CHECK(site.count(status) == 1);
}

TEST_CASE("more than may wait behind slow work is told to try later", "[engine]") {
  Bounds bounds;
  bounds.held_messages = 2;
  Site site(bounds);
  site.identify(budi);
  site.run(site.message(budi, "1"));
  const auto before = site.story.size();
  for (int i = 0; i < 3; ++i) site.run(site.message(budi, "STATUS"));
  const auto last = std::to_string(site.last_sequence);
  CHECK(site.story_since(before) ==
        Story{"commit", "flush", "commit", "flush", "commit", "try later " + last, "flush"});
}

TEST_CASE("when the workers' queue is full she is told to try later and nothing is lost",
          "[engine]") {
  Site site;
  site.identify(budi);
  site.workers_full = true;
  site.run(site.message(budi, "1", 77), site.message(budi, "STATUS", 78));
  CHECK(site.count("try later " + std::to_string(site.last_sequence - 1)) == 1);
  CHECK(site.count("try later " + std::to_string(site.last_sequence)) == 1);
  CHECK(site.count("notice: work queue full") == 1);

  site.workers_full = false;
  site.run(site.message(budi, "1", 77));
  site.run(site.work_done());
  CHECK(site.count("send budi M31") == 1);
}

TEST_CASE("slow work of an earlier life means nothing to the next one", "[engine]") {
  Site site;
  site.identify(budi);
  site.run(site.message(budi, "1", 77));
  auto done = site.work_done();
  site.restart();
  site.run(std::move(done));
  CHECK(site.store.waiting_operations() == 0);
  // Its message was never answered, so that the carrier brings it again.
  site.run(site.message(budi, "1", 77));
  site.run(site.work_done());
  CHECK(site.store.waiting_operations() == 1);
}

}  // namespace pulih::engine
