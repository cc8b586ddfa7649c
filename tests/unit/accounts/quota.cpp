// Counts and gaps at their edges: the last second of a window, a clock that was set back, more
// sends than there is room for.
#include "daemon/accounts/quota.hpp"

#include <catch2/catch.hpp>

namespace pulih::accounts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant morning{seconds{1'700'000'000}};
constexpr std::array<seconds, 3> gaps = {minutes{2}, minutes{10}, minutes{60}};
const SendQuota three_a_day{3, hours{24}, gaps};

}  // namespace

TEST_CASE("a count starts anew a day after its first event", "[quota]") {
  RollingCount count;
  CHECK(count.at(morning, hours{24}) == 0);
  count.add(morning, hours{24});
  count.add(morning + hours{23}, hours{24});
  CHECK(count.at(morning + hours{24} - seconds{1}, hours{24}) == 2);
  CHECK(count.at(morning + hours{24}, hours{24}) == 0);
  count.add(morning + hours{24}, hours{24});
  CHECK(count.at(morning + hours{24}, hours{24}) == 1);
}

TEST_CASE("a clock that is set back empties no count", "[quota]") {
  RollingCount count;
  count.add(morning, hours{24});
  CHECK(count.at(morning - hours{48}, hours{24}) == 1);
}

TEST_CASE("a count that is full stays full", "[quota]") {
  RollingCount count{morning, 65535};
  count.add(morning, hours{24});
  CHECK(count.count == 65535);
}

TEST_CASE("the gaps between sends grow", "[quota]") {
  Sends sends;
  CHECK(next_send(sends, three_a_day, morning) == morning);
  sends.add(morning);
  CHECK(next_send(sends, three_a_day, morning) == morning + minutes{2});
  sends.add(morning + minutes{2});
  CHECK(next_send(sends, three_a_day, morning + minutes{3}) == morning + minutes{12});
}

TEST_CASE("the fourth send waits until the first is a day old", "[quota]") {
  Sends sends;
  for (const auto at : {minutes{0}, minutes{2}, minutes{12}}) sends.add(morning + at);
  CHECK(next_send(sends, three_a_day, morning + minutes{20}) == morning + hours{24});
  // From then on two sends count, and the second gap holds.
  const auto day_later = morning + hours{24};
  CHECK(next_send(sends, three_a_day, day_later) == morning + minutes{22});
  CHECK(next_send(sends, three_a_day, day_later) <= day_later);
}

TEST_CASE("the last gap holds for all sends after it", "[quota]") {
  const SendQuota eight{8, hours{24}, gaps};
  Sends sends;
  for (int i = 0; i < 5; ++i) sends.add(morning);
  CHECK(next_send(sends, eight, morning) == morning + minutes{60});
}

TEST_CASE("the ninth send takes the place of the first", "[quota]") {
  Sends sends;
  for (int i = 0; i < 9; ++i) sends.add(morning + minutes{i});
  CHECK(sends.count == 8);
  CHECK(sends.at.front() == morning + minutes{1});
  CHECK(sends.at.back() == morning + minutes{8});
}

TEST_CASE("a send that lies in the future still holds the next one up", "[quota]") {
  Sends sends;
  sends.add(morning + hours{2});
  CHECK(next_send(sends, three_a_day, morning) > morning);
}

}  // namespace pulih::accounts
