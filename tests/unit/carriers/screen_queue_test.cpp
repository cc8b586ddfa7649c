// The queue of screens, on a clock of the test's own: what rests goes again after gaps that grow,
// before all others, and never later than the network waits.
#include "daemon/carriers/screen_queue.hpp"

#include <catch2/catch.hpp>

namespace pulih::carriers {
namespace {

using namespace std::chrono_literals;

const ussd::Dialect& dialect() {
  static const auto known = ussd::dialect_named("spec34").value();
  return known;
}
UssdDesk::Next screen(std::uint64_t session) {
  return {session, accounts::Msisdn::from_value(6281100000001),
          ussd::Screen(dialect(), {1, 0}, 0, "1 Lupa sandi", ussd::Screen::Kind::asks)};
}
// The sessions of the screens that go now, in their order.
std::vector<std::uint64_t> gone(ScreenQueue& queue, ScreenQueue::Moment now) {
  std::vector<std::uint64_t> sessions;
  queue.wake(now);
  while (const auto* next = queue.next()) {
    sessions.push_back(next->session);
    queue.sent();
  }
  return sessions;
}
using Sessions = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a screen rests for gaps that grow, while the network waits", "[screens]") {
  ScreenQueue queue(8s);
  const ScreenQueue::Moment start{};
  auto now = start;
  queue.add(screen(1), now);
  for (const auto gap : {250ms, 500ms, 1000ms, 2000ms, 4000ms}) {
    CHECK(gone(queue, now) == Sessions{1});
    REQUIRE(queue.later(1, now));
    CHECK(queue.due() == now + gap);
    now += gap;
    CHECK(gone(queue, now - 1ms).empty());
  }
  CHECK(gone(queue, now) == Sessions{1});
  CHECK(now < start + 8s);
  CHECK_FALSE(queue.later(1, now));
  CHECK_FALSE(queue.due());
  CHECK(gone(queue, now + 1h).empty());
}

TEST_CASE("a screen that rested goes before those that came meanwhile", "[screens]") {
  ScreenQueue queue(8s);
  ScreenQueue::Moment now{};
  queue.add(screen(1), now);
  CHECK(gone(queue, now) == Sessions{1});
  REQUIRE(queue.later(1, now));
  queue.add(screen(2), now);
  CHECK(gone(queue, now) == Sessions{2});
  queue.add(screen(3), now);
  now += 250ms;
  CHECK(gone(queue, now) == Sessions{1, 3});
}

TEST_CASE("a screen that nobody waits for does not rest", "[screens]") {
  ScreenQueue queue(0s);
  const ScreenQueue::Moment now{};
  queue.add(screen(1), now);
  CHECK(gone(queue, now) == Sessions{1});
  CHECK_FALSE(queue.later(1, now));
  CHECK_FALSE(queue.later(2, now));
}

}  // namespace pulih::carriers
