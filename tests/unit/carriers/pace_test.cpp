// How fast a bind sends, told by moments that the test names: the rate in any one second, pauses
// that grow and end, and the carrier's own word on how congested it is.
#include "daemon/carriers/pace.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "daemon/carriers/fate.hpp"
#include "protocols/smpp/status.hpp"

namespace pulih::carriers {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;
const Pace::Moment first{1000s};

// Sends whenever it may for so long, and gives the moments.
std::deque<Pace::Moment> sent_within(Pace& pace, Pace::Moment from, Pace::Pause length) {
  std::deque<Pace::Moment> sent;
  for (auto now = from; now < from + length;) {
    const auto wait = pace.wait(now);
    if (wait == Pace::Pause::zero()) {
      pace.spend();
      sent.push_back(now);
    } else {
      now += wait;
    }
  }
  return sent;
}

}  // namespace

TEST_CASE("in no second more messages go than the rate, and nearly as many", "[pace]") {
  const std::uint32_t rate = GENERATE(1u, 2u, 7u, 10u, 200u, 5000u);
  Pace pace(rate, 1s, 60s);
  pace.wait(first);
  const auto sent = sent_within(pace, first + 1h, 10s);
  for (std::size_t i = 0; i + rate < sent.size(); ++i) CHECK(sent[i + rate] - sent[i] >= 1s);
  CHECK(sent.size() >= static_cast<std::size_t>(rate * 9));
}

TEST_CASE("after a throttle nothing goes, each time longer, until a message is taken", "[pace]") {
  Pace pace(1000, 1s, 4s);
  auto now = first;
  for (const auto pause : {1s, 2s, 4s, 4s}) {
    pace.throttled(now);
    pace.throttled(now + 1ms);  // the answer to another one that was under way
    CHECK(pace.wait(now) == pause);
    now += pause;
    CHECK(pace.wait(now) == 0s);
  }
  pace.taken();
  pace.throttled(now);
  CHECK(pace.wait(now) == 1s);
}

TEST_CASE("a carrier near congestion gets half, a congested one a pause", "[pace]") {
  Pace pace(100, 1s, 60s);
  pace.congestion(95, first);
  const auto slow = sent_within(pace, first, 10s).size();
  CHECK(slow >= 450);
  CHECK(slow <= 500);
  pace.congestion(100, first + 10s);
  CHECK(pace.wait(first + 10s) >= 1s);
  pace.congestion(30, first + 20s);
  CHECK(sent_within(pace, first + 20s, 10s).size() >= 900);
}

TEST_CASE("each error has its consequence, and a carrier may have others", "[pace]") {
  CHECK(fate_of(smpp::ESME_RTHROTTLED, {}) == Fate::slow_down);
  CHECK(fate_of(smpp::ESME_RMSGQFUL, {}) == Fate::later);
  CHECK(fate_of(smpp::ESME_RSYSERR, {}) == Fate::later);
  CHECK(fate_of(smpp::ESME_RINVBNDSTS, {}) == Fate::rebind);
  CHECK(fate_of(smpp::ESME_RINVDSTADR, {}) == Fate::give_up);
  CHECK(fate_of(0x45A, {}) == Fate::give_up);
  const Fates own{{0x45A, Fate::slow_down}, {smpp::ESME_RTHROTTLED, Fate::later}};
  CHECK(fate_of(0x45A, own) == Fate::slow_down);
  CHECK(fate_of(smpp::ESME_RTHROTTLED, own) == Fate::later);
}

}  // namespace pulih::carriers
