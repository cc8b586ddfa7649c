// The queue in front of the engine and the thread behind it: bounded for messages, open for what
// somebody waits for, in order, and empty when the thread has ended.
#include "daemon/engine/intake.hpp"

#include <catch2/catch.hpp>
#include <charconv>
#include <thread>

#include "daemon/engine/engine_thread.hpp"
#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;

std::vector<Inbound> messages(std::uint32_t first, std::uint32_t last) {
  std::vector<Inbound> made;
  for (auto sequence = first; sequence <= last; ++sequence) {
    made.emplace_back();
    made.back().ack.sequence = sequence;
  }
  return made;
}

// Sequences of messages, and 0 for everything else.
std::vector<std::uint32_t> sequences(const std::vector<Occurrence>& occurrences) {
  std::vector<std::uint32_t> sequences;
  for (const auto& each : occurrences) {
    const auto* message = std::get_if<Inbound>(&each);
    sequences.push_back(message ? message->ack.sequence : 0);
  }
  return sequences;
}

std::vector<std::uint32_t> taken(Intake& intake, std::size_t most) {
  std::vector<Occurrence> out;
  intake.take(out, most, 0ms);
  return sequences(out);
}

using Sequences = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("an intake that is full leaves messages with their sender", "[engine]") {
  Intake intake(3);
  auto offered = messages(1, 5);
  intake.offer_all(offered);
  REQUIRE(offered.size() == 2);
  CHECK(offered[0].ack.sequence == 4);
  CHECK(offered[1].ack.sequence == 5);
  CHECK(taken(intake, 1) == Sequences{1});
  intake.offer_all(offered);  // one has room now
  REQUIRE(offered.size() == 1);
  CHECK(taken(intake, 10) == Sequences{2, 3, 4});
}

TEST_CASE("what somebody waits for is never refused and takes no message's room", "[engine]") {
  Intake intake(1);
  for (OutboundId id = 1; id <= 100; ++id) intake.put(Sent{id});
  auto offered = messages(1, 2);
  intake.offer_all(offered);
  CHECK(offered.size() == 1);
  intake.put(Tick{});
  CHECK(taken(intake, 1000).size() == 102);
}

TEST_CASE("occurrences are taken in the order in which they came", "[engine]") {
  Intake intake(100);
  auto first = messages(1, 2);
  intake.offer_all(first);
  intake.put(Room{1});
  auto second = messages(3, 4);
  intake.offer_all(second);
  CHECK(taken(intake, 2) == Sequences{1, 2});
  intake.put(Tick{});
  CHECK(taken(intake, 2) == Sequences{0, 3});
  CHECK(taken(intake, 5) == Sequences{4, 0});
  CHECK(taken(intake, 5).empty());
}

TEST_CASE("whoever waits at the intake is woken by what comes and by its closing", "[engine]") {
  Intake intake(10);
  std::vector<Occurrence> got;
  // Longer than any test may last: only being woken ends these.
  std::thread waiting([&] { intake.take(got, 10, 1h); });
  intake.put(Room{1});
  waiting.join();
  CHECK(got.size() == 1);

  std::thread closing([&] {
    intake.take(got, 10, 1h);
    intake.wait_for_close(1h);
  });
  intake.close();
  closing.join();
  CHECK(got.size() == 1);
  CHECK(intake.closed());
}

TEST_CASE("the engine's thread ends after it has taken all that is there", "[engine]") {
  Site site;
  Intake intake(1000);
  std::vector<Inbound> waiting;
  for (int i = 0; i < 50; ++i)
    waiting.push_back(site.arrived(site.message(i % 2 == 0 ? budi : siti, "BANTUAN")));
  intake.offer_all(waiting);
  {
    const EngineThread thread(site.engine(), intake, 8, [&] { return site.now; });
  }
  CHECK(site.count("accept 1") == 1);
  CHECK(site.count("accept 50") == 1);
  CHECK(site.engine().counts().batches == 7);  // 50 by eights
}

TEST_CASE("messages from several threads are all taken, each sender's in its order", "[engine]") {
  Site site;
  Intake intake(10'000);
  std::vector<Inbound> of_budi, of_siti;
  for (int i = 0; i < 200; ++i) of_budi.push_back(site.arrived(site.message(budi, "BANTUAN")));
  for (int i = 0; i < 200; ++i) of_siti.push_back(site.arrived(site.message(siti, "BANTUAN")));
  {
    const EngineThread thread(site.engine(), intake, 64, [&] { return site.now; });
    std::thread other([&] { intake.offer_all(of_siti); });
    intake.offer_all(of_budi);
    other.join();
  }
  CHECK(site.engine().counts().turns == 400);
  std::uint32_t last_of_budi = 0, last_of_siti = 200;
  for (const auto& each : site.story) {
    if (!each.starts_with("accept ")) continue;
    std::uint32_t sequence = 0;
    std::from_chars(each.data() + 7, each.data() + each.size(), sequence);
    auto& last = sequence <= 200 ? last_of_budi : last_of_siti;
    REQUIRE(sequence == last + 1);
    last = sequence;
  }
  CHECK(last_of_budi == 200);
  CHECK(last_of_siti == 400);
}

TEST_CASE("the engine's thread goes on after the store has failed", "[engine]") {
  Site site;
  site.store.fail("commit");
  Intake intake(10);
  std::vector<Inbound> waiting;
  waiting.push_back(site.arrived(site.message(budi, "RESET")));
  waiting.push_back(site.arrived(site.message(siti, "RESET")));
  intake.offer_all(waiting);
  {
    const EngineThread thread(site.engine(), intake, 1, [&] { return site.now; });
  }
  CHECK(site.engine().counts().store_failures == 1);
  CHECK(site.count("fail 1") == 1);
  CHECK(site.count("accept 2") == 1);
}

}  // namespace pulih::engine
