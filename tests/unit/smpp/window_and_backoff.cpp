// The window of requests without a response, and the pauses between attempts to connect.
#include <catch2/catch.hpp>
#include <deque>

#include "protocols/smpp/backoff.hpp"
#include "protocols/smpp/window.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;

namespace {
Monotonic at(std::uint64_t second) { return Monotonic{std::chrono::seconds{second}}; }
}  // namespace

TEST_CASE("sequence numbers run from 1 to 0x7FFFFFFF and begin anew", "[window]") {
  CHECK(sequence_after(0) == 1);
  CHECK(sequence_after(1) == 2);
  CHECK(sequence_after(0x7FFFFFFE) == 0x7FFFFFFF);
  CHECK(sequence_after(0x7FFFFFFF) == 1);
}

TEST_CASE("a window holds so many requests and no more", "[window]") {
  Window window(3);
  for (std::uint32_t sequence = 1; sequence <= 3; ++sequence) {
    CHECK_FALSE(window.full());
    window.add(sequence, {sequence, at(60)});
  }
  CHECK(window.full());
  CHECK(window.room() == 0);
  REQUIRE(window.take(2));
  CHECK_FALSE(window.take(2));
  CHECK(window.room() == 1);
}

TEST_CASE("a window of none is always full", "[window]") { CHECK(Window(0).full()); }

TEST_CASE("no sequence number but the one that waits is found", "[window]") {
  Window window(4);
  window.add(5, {50, at(60)});
  for (const std::uint32_t other : {0u, 4u, 6u, 5u + 32, 5u + 1024, 0x80000005u, 0xFFFFFFFFu})
    CHECK_FALSE(window.take(other));
  REQUIRE(window.take(5));
  CHECK(window.size() == 0);
}

TEST_CASE("one request without a response does not hold up those behind it", "[window]") {
  Window window(2);
  window.add(1, {100, at(60)});
  std::uint32_t sequence = 1;
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE_FALSE(window.full());
    sequence = window.free_from(sequence_after(sequence));
    window.add(sequence, {7, at(61)});
    REQUIRE(window.take(sequence));
  }
  REQUIRE(window.take(1));
}

TEST_CASE("the window goes round past the last sequence number", "[window]") {
  Window window(8);
  std::uint32_t sequence = 0x7FFFFFFC;
  for (std::uint64_t i = 0; i < 8; ++i) {
    sequence = window.free_from(sequence_after(sequence));
    window.add(sequence, {i, at(60 + i)});
  }
  CHECK(sequence == 5);
  CHECK(window.next_deadline() == at(60));
  for (std::uint64_t i = 0; i < 8; ++i) {
    CHECK_FALSE(window.take_late(at(59 + i)));
    const auto late = window.take_late(at(60 + i));
    REQUIRE(late);
    CHECK(late->correlation == i);
  }
  CHECK_FALSE(window.next_deadline());
}

TEST_CASE("a window under any order of responses agrees with a list", "[window]") {
  Window window(16);
  std::deque<std::pair<std::uint32_t, std::uint64_t>> waiting;
  std::uint32_t sequence = 0x7FFFFF00, state = 1;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    state = state * 1664525 + 1013904223;
    if ((state >> 16) % 2 == 0 && !window.full()) {
      sequence = window.free_from(sequence_after(sequence));
      window.add(sequence, {i, at(i)});
      waiting.emplace_back(sequence, i);
    } else if (!waiting.empty()) {
      const auto one =
          waiting.begin() + static_cast<std::ptrdiff_t>((state >> 20) % waiting.size());
      const auto taken = window.take(one->first);
      REQUIRE(taken);
      REQUIRE(taken->correlation == one->second);
      waiting.erase(one);
    }
    REQUIRE(window.size() == waiting.size());
    REQUIRE(window.next_deadline() ==
            (waiting.empty() ? std::nullopt : std::optional(at(waiting.front().second))));
  }
}

TEST_CASE("pauses double up to their bound and begin anew after a bind that held", "[backoff]") {
  Backoff backoff(1s, 60s);
  for (const auto whole : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) CHECK(backoff.pause(1023) == whole);
  backoff.reset();
  CHECK(backoff.pause(1023) == 1s);
}

TEST_CASE("chance shortens a pause by half at most", "[backoff]") {
  for (const std::uint32_t draw : {0u, 1u, 512u, 1022u, 1023u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    Backoff backoff(2s, 60s);
    const auto pause = backoff.pause(draw);
    CHECK(pause >= 1s);
    CHECK(pause <= 2s);
  }
}
