// What receipts of lost codes come to: she who waits for the code hears of it, once, after a
// restart too, and whichever of receipt and response comes first; nobody else does.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {
namespace {

using namespace std::chrono_literals;

constexpr ReceiptTag tag = 77;

// Budi waits for his code; the carrier has taken it under this tag.
Sent code_taken(Site& site, ReceiptTag by = tag) {
  return {site.sent.back(), AwaitedReceipt{by, budi.number, 1, site.now + 10min, 32}};
}
void ask_for_code(Site& site) {
  auto told = site.says(budi, budi.request);
  while (told == "M09" || told == "M10") told = site.says(budi, "1");
  REQUIRE(told == "M11");
}
ReceiptOfLoss receipt(std::array<ReceiptTag, 3> tags = {5, tag, 0}) {
  return {budi.number, tags, {2, 900}, 31};
}

}  // namespace

TEST_CASE("a code that was lost is told, and its receipt acknowledged after the commit",
          "[receipts]") {
  Site site;
  ask_for_code(site);
  site.run(code_taken(site));
  const auto before = site.story.size();
  site.run(receipt());
  CHECK(site.story_since(before) ==
        Story{"commit", "accept 900", "send budi M53", "flush", "notice: code undelivered of 31"});
  // It comes again, or says the same in other words.
  site.run(receipt());
  CHECK(site.count("send budi M53") == 1);
  CHECK(site.count("accept 900") == 2);
}

TEST_CASE("an awaited receipt outlives the process", "[receipts]") {
  Site site;
  ask_for_code(site);
  site.run(code_taken(site));
  site.restart();
  site.run(Room{1});
  site.run(receipt());
  CHECK(site.count("send budi M53") == 1);
}

TEST_CASE("a process that dies before the commit is brought the receipt again", "[receipts]") {
  Site site;
  ask_for_code(site);
  site.run(code_taken(site));
  site.store.fail("commit");
  const auto before = site.story.size();
  site.run(receipt());
  CHECK(site.story_since(before) == Story{"rollback", "notice: store failed", "fail 900", "flush"});
  site.restart();
  site.run(receipt());
  CHECK(site.count("send budi M53") == 1);
}

TEST_CASE("a receipt that overtakes the response is not forgotten", "[receipts]") {
  Site site;
  ask_for_code(site);
  site.run(receipt());
  CHECK(site.count("send budi M53") == 0);
  CHECK(site.count("accept 900") == 1);
  const bool at_once = GENERATE(true, false);
  if (!at_once) {
    site.store.fail("commit");
    site.run(code_taken(site));
    site.run();
  } else {
    site.run(code_taken(site));
  }
  CHECK(site.count("send budi M53") == 1);
}

TEST_CASE("a receipt in the same batch as the response, or of no message, harms nothing",
          "[receipts]") {
  Site site;
  ask_for_code(site);
  site.run(receipt({1, 2, 3}), code_taken(site), receipt());
  CHECK(site.count("send budi M53") == 1);
  for (ReceiptTag stray = 1000; stray < 2000; ++stray) site.run(receipt({stray, 0, 0}));
  CHECK(site.count("send budi M53") == 1);
}

TEST_CASE("what waits for receipts is bounded, and forgotten with its code", "[receipts]") {
  Bounds bounds;
  bounds.receipts_waiting = 1;
  Site site(bounds);
  ask_for_code(site);
  site.run(code_taken(site));
  // The only place is taken, also when the next process counts.
  site.restart();
  site.run(Sent{0, AwaitedReceipt{78, siti.number, 1, site.now + 10min}});
  CHECK(site.store.has(Table::receipt, 77));
  CHECK_FALSE(site.store.has(Table::receipt, 78));
  // A batch that fails takes none.
  site.run(receipt());
  site.store.fail("commit");
  site.run(Sent{0, AwaitedReceipt{79, siti.number, 1, site.now + 10min}});
  CHECK_FALSE(site.store.has(Table::receipt, 79));
  site.run();
  CHECK(site.store.has(Table::receipt, 79));
  site.run(Tick{});
  CHECK(site.store.has(Table::receipt, 79));
  site.now += 11min;
  site.run(Tick{});
  CHECK_FALSE(site.store.has(Table::receipt, 79));
  site.run(Sent{0, AwaitedReceipt{80, siti.number, 1, site.now + 10min}});
  CHECK(site.store.has(Table::receipt, 80));
}

TEST_CASE("a row that is damaged, or of a clock that was ahead by a year, does not stay",
          "[receipts]") {
  Site site;
  site.run(Sent{0, AwaitedReceipt{77, budi.number, 1, site.now + 24h * 365}});
  site.run(Sent{0, AwaitedReceipt{78, budi.number, 1, site.now + 10min}});
  site.store.damage(Table::receipt, 78);
  site.run(Tick{});
  CHECK_FALSE(site.store.has(Table::receipt, 77));
  CHECK_FALSE(site.store.has(Table::receipt, 78));
}

}  // namespace pulih::engine
