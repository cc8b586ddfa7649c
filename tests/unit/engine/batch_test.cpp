// The first invariant in the engine: answers and messages go out after the commit only, and when
// the store fails, wherever it does, nothing of the batch counts and nothing of it is lost.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {

TEST_CASE("a message is answered, and its reply sent, after the commit only", "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET"));
  CHECK(site.story == Story{"commit", "accept 1", "send budi M02", "flush"});
}

TEST_CASE("a batch has one commit, and its people are answered in their order", "[engine]") {
  Site site;
  site.run(site.message(budi, "RESET"), site.message(siti, "RESET"), site.message(budi, "BATAL"));
  CHECK(site.story == Story{"commit", "accept 1", "accept 2", "accept 3", "send budi M02",
                            "send siti M02", "send budi M36", "flush"});
}

TEST_CASE("after a commit that fails the messages are refused and nothing was sent", "[engine]") {
  Site site;
  site.store.fail("commit");
  site.run(site.message(budi, "RESET"), site.message(siti, "RESET"));
  CHECK(site.story == Story{"rollback", "notice: store failed", "fail 1", "fail 2", "flush"});
  CHECK(site.store.waiting_messages() == 0);
}

TEST_CASE("a message that was refused counts once when the carrier brings it again", "[engine]") {
  for (const char* call : {"begin", "load", "save", "put_outbound", "audit", "commit"}) {
    INFO(call);
    Site site;
    site.store.fail(call);
    site.run(site.message(budi, budi.request, 77));
    REQUIRE(site.count("fail 1") == 1);
    REQUIRE(site.sent.empty());
    site.run(site.message(budi, budi.request, 77));
    CHECK(site.count("accept 2") == 1);
    CHECK(site.sent.size() == 1);
    CHECK(site.engine().counts().store_failures == 1);
  }
}

TEST_CASE("what no carrier brings again comes by itself with the next batch", "[engine]") {
  Site site;
  site.says(budi, "RESET");
  REQUIRE(site.store.waiting_messages() == 1);
  site.store.fail("commit");
  ContactChange change{5, 1, "budi12@guru.sd", budi.number, siti.number};
  site.run(Sent{site.sent[0]}, change, site.message(siti, "RESET"));
  REQUIRE(site.count("fail 2") == 1);
  REQUIRE(site.store.waiting_messages() == 1);
  const auto before = site.story.size();
  site.run();
  // Budi hears of his changed contact; Siti's message comes when her carrier brings it.
  CHECK(site.story_since(before) == Story{"commit", "send budi M47", "flush"});
  CHECK(site.sent.size() == 2);
  CHECK(site.store.waiting_messages() == 1);
}

TEST_CASE("slow work that a failed batch asked for is not done; the message is refused",
          "[engine]") {
  Site site;
  site.identify(budi);
  site.store.fail("commit");
  site.run(site.message(budi, "1"), site.message(budi, "STATUS"));
  CHECK(site.tickets.empty());
  CHECK(site.count("fail " + std::to_string(site.last_sequence - 1)) == 1);
  CHECK(site.count("fail " + std::to_string(site.last_sequence)) == 1);
  site.says(budi, "1");
  CHECK(site.tickets.size() == 1);
}

TEST_CASE("slow work that came back into a failed batch is asked for again", "[engine]") {
  Site site;
  site.identify(budi);
  site.run(site.message(budi, "1", 77));
  site.run(site.message(budi, "STATUS"));  // waits behind it
  const auto sequence = site.last_sequence;
  site.store.fail("commit");
  site.run(site.work_done());
  CHECK(site.count("fail " + std::to_string(sequence - 1)) == 1);
  CHECK(site.count("fail " + std::to_string(sequence)) == 1);
  CHECK(site.store.waiting_operations() == 0);
  site.run(site.message(budi, "1", 77));
  site.run(site.work_done());
  CHECK(site.store.waiting_operations() == 1);
}

TEST_CASE("a read that fails after the commit takes nothing back", "[engine]") {
  Site site;
  site.carrier_room = 0;
  site.says(budi, "RESET");
  site.carrier_room = 10;
  site.store.fail("outbound");
  auto before = site.story.size();
  site.run(site.message(siti, "RESET"));
  CHECK(site.story_since(before) == Story{"commit", "accept 2", "notice: store failed", "flush"});
  before = site.story.size();
  site.run();
  CHECK(site.story_since(before) == Story{"commit", "send budi M02", "send siti M02", "flush"});
}

TEST_CASE("operations that cannot be read after the commit are pushed by the next batch",
          "[engine]") {
  Site site;
  site.identify(budi);
  site.says(budi, "1");
  site.store.fail("operations");
  site.run(site.work_done());
  CHECK(site.operations.empty());
  CHECK(site.count("accept " + std::to_string(site.last_sequence)) == 1);
  site.run();
  CHECK(site.operations.size() == 1);
}

}  // namespace pulih::engine
