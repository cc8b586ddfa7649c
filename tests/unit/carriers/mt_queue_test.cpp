// The queue of one carrier: whatever is refused, delayed, lost or taken, every message comes out
// until it is over, none twice at once, and for one number none before an older one is over.
#include "daemon/carriers/mt_queue.hpp"

#include <rapidcheck/catch.h>

#include <set>

namespace pulih::carriers {
namespace {

using engine::OutboundId;
using std::chrono::seconds;

const MtQueue::Moment start{seconds{1000}};
const MtQueue::Gaps gaps{seconds{5}, seconds{20}};

engine::Outgoing message(OutboundId id, std::uint64_t number, engine::CarrierKey carrier = 1) {
  return {id,
          carrier,
          accounts::Msisdn::from_value(6281100000000 + number),
          accounts::Secret("text"),
          {}};
}

// The next one's id; 0: none.
OutboundId next(MtQueue& queue, MtQueue::Moment now = start) {
  const auto* message = queue.next(now);
  return message ? message->id : 0;
}

}  // namespace

TEST_CASE("messages to different numbers go in the order in which they came", "[queue]") {
  MtQueue queue(gaps);
  for (OutboundId id = 1; id <= 3; ++id) queue.add(message(id, id));
  CHECK(next(queue) == 1);
  CHECK(next(queue) == 2);
  CHECK(next(queue) == 3);
  CHECK(next(queue) == 0);
  CHECK_FALSE(queue.empty());
  CHECK(queue.done(2));
  CHECK_FALSE(queue.done(2));
  CHECK(queue.under_way(1) != nullptr);
  CHECK(queue.under_way(2) == nullptr);
}

TEST_CASE("a number gets its second message when the first one is over", "[queue]") {
  MtQueue queue(gaps);
  queue.add(message(1, 7));
  queue.add(message(2, 7));
  queue.add(message(3, 8));
  CHECK(next(queue) == 1);
  CHECK(next(queue) == 3);
  CHECK(next(queue) == 0);
  queue.later(1, start);
  CHECK(next(queue) == 0);
  CHECK(next(queue, start + gaps.first) == 1);
  queue.done(1);
  CHECK(next(queue, start + gaps.first) == 2);
}

TEST_CASE("what goes first again goes before everything, in the order of ids", "[queue]") {
  MtQueue queue(gaps);
  for (OutboundId id = 1; id <= 4; ++id) queue.add(message(id, id));
  for (int i = 0; i < 3; ++i) next(queue);
  queue.first_again(3);
  queue.first_again(1);
  queue.first_again(2);
  for (OutboundId id = 1; id <= 4; ++id) CHECK(next(queue) == id);
}

TEST_CASE("the gap before another attempt grows up to the longest", "[queue]") {
  MtQueue queue(gaps);
  queue.add(message(1, 1));
  auto now = start;
  for (const int gap : {5, 10, 20, 20}) {
    REQUIRE(next(queue, now) == 1);
    queue.later(1, now);
    REQUIRE(queue.due() == now + seconds{gap});
    CHECK(next(queue, now + seconds{gap - 1}) == 0);
    now += seconds{gap};
  }
}

TEST_CASE("messages of another carrier are taken out, and the rest stays in order", "[queue]") {
  MtQueue queue(gaps);
  queue.add(message(1, 1, 10));
  queue.add(message(2, 2, 20));
  queue.add(message(3, 2, 20));
  queue.add(message(4, 3, 10));
  next(queue);
  queue.first_again(1);
  std::vector<OutboundId> taken;
  for (const auto& each : queue.take(10)) taken.push_back(each.id);
  CHECK(taken == std::vector<OutboundId>{1, 4});
  CHECK(next(queue) == 2);
  CHECK(next(queue) == 0);
  queue.done(2);
  CHECK(next(queue) == 3);
  queue.done(3);
  CHECK(queue.empty());
}

TEST_CASE("no refusal loses, doubles or reorders the messages of a number", "[queue]") {
  rc::prop("whatever becomes of each attempt", [] {
    MtQueue queue(gaps);
    auto now = start;
    OutboundId last = 0;
    std::map<OutboundId, std::uint64_t> number_of;  // of those that are not over
    std::set<OutboundId> under_way;
    std::map<std::uint64_t, std::vector<OutboundId>> over;  // by number, in order
    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
    const auto step = [&](int what, std::uint64_t number) {
      const auto some = under_way.empty() ? 0 : *under_way.begin();
      if (what <= 1) {
        number_of[++last] = number;
        queue.add(message(last, number));
      } else if (what == 2) {
        const auto id = next(queue, now);
        if (id == 0) return;
        RC_ASSERT(under_way.insert(id).second);
        for (const auto other : under_way)
          RC_ASSERT(other == id || number_of[other] != number_of[id]);
        for (const auto& [waiting, its] : number_of)
          RC_ASSERT(its != number_of[id] || waiting >= id);
      } else if (some != 0) {
        under_way.erase(some);
        if (what == 3) queue.first_again(some);
        if (what == 4) queue.later(some, now);
        if (what == 5) {
          over[number_of[some]].push_back(some);
          number_of.erase(some);
          RC_ASSERT(queue.done(some).has_value());
        }
      }
    };
    for (const auto what : steps) {
      step(what, static_cast<std::uint64_t>(last % 3));
      now += seconds{1};
    }
    while (!number_of.empty()) {
      now += seconds{20};
      step(2, 0);
      step(5, 0);
    }
    RC_ASSERT(queue.empty());
    for (const auto& [number, ids] : over) RC_ASSERT(std::is_sorted(ids.begin(), ids.end()));
  });
}

}  // namespace pulih::carriers
