// Codes have exactly their digits, each code as likely as another, and draws that would favour some
// are thrown away.
#include "daemon/accounts/otp.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "tests/unit/accounts/counting_entropy.hpp"

namespace pulih::accounts {

TEST_CASE("a code keeps its leading zeros", "[otp]") {
  // below(10⁶) throws away draws under 2³² mod 10⁶ = 967,296; 1,000,042 is the first one kept.
  CountingEntropy entropy({0, 0, 0, 42, 0x00, 0x0F, 0x42, 0x6A});
  CHECK(new_code(entropy, 6).reveal() == "000042");
  CHECK(entropy.given() == 8);
}

TEST_CASE("a code for e-mail has eight digits", "[otp]") {
  SystemEntropy entropy;
  for (int i = 0; i < 100; ++i) {
    const auto code = new_code(entropy, 8);
    CHECK(code.size() == 8);
    CHECK(std::ranges::all_of(code.reveal(), [](char c) { return c >= '0' && c <= '9'; }));
  }
}

TEST_CASE("the largest draw is kept and the uneven rest is drawn again", "[otp]") {
  CountingEntropy largest({0xFF, 0xFF, 0xFF, 0xFF});
  CHECK(largest.below(3) == 0xFFFFFFFFu % 3);
  CountingEntropy uneven({0, 0, 0, 0, 0, 0, 0, 1});  // 2³² mod 3 = 1: only 0 is thrown away
  CHECK(uneven.below(3) == 1);
  CHECK(uneven.given() == 8);
}

TEST_CASE("below one there is only zero", "[otp]") {
  SystemEntropy entropy;
  CHECK(entropy.below(1) == 0);
}

TEST_CASE("every digit comes at every place", "[otp]") {
  SystemEntropy entropy;
  std::array<std::array<int, 10>, 6> seen{};
  for (int i = 0; i < 2000; ++i) {
    const auto code = new_code(entropy, 6);
    for (std::size_t place = 0; place < 6; ++place)
      ++seen[place][static_cast<std::size_t>(code.reveal()[place] - '0')];
  }
  for (const auto& place : seen)
    CHECK(std::ranges::all_of(place, [](int count) { return count > 0; }));
}

}  // namespace pulih::accounts
