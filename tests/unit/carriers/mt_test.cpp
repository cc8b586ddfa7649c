// From an answer to a submit_sm: what fits into one SMS is sent just as it is, valid as long as the
// answer is. What does not fit is told before anything reaches the carrier.
#include "daemon/carriers/mt.hpp"

#include <catch2/catch.hpp>

namespace pulih::carriers {
namespace {

using namespace std::chrono_literals;

constexpr engine::Instant now{1'800'000'000s};

engine::Outgoing message(std::string_view text, std::chrono::seconds life) {
  return {1, 42, accounts::Msisdn::from_value(6281100000001), accounts::Secret(text), now + life};
}

}  // namespace

TEST_CASE("an answer goes out from the short code to the number, in septets", "[carriers]") {
  Profile profile;
  profile.short_code = "8880";
  const Submission submission(message("a@b", 600s), profile, now);
  REQUIRE(submission.good());
  const auto pdu = submission.pdu();
  CHECK(pdu.source.digits == "8880");
  CHECK(pdu.source.ton == 3);
  CHECK(pdu.destination.digits == "6281100000001");
  CHECK(pdu.destination.ton == 1);
  CHECK(pdu.data_coding == 0);
  // @ is 0x00 in GSM 03.38.
  CHECK(std::vector<std::uint8_t>(pdu.short_message.begin(), pdu.short_message.end()) ==
        std::vector<std::uint8_t>{'a', 0, 'b'});
  CHECK(pdu.validity_period == "000000001000000R");
}

TEST_CASE("160 septets are one SMS, 161 are none", "[carriers]") {
  const Profile profile;
  CHECK(Submission(message(std::string(160, 'a'), 1h), profile, now).good());
  CHECK_FALSE(Submission(message(std::string(161, 'a'), 1h), profile, now).good());
  // { is two septets.
  CHECK(Submission(message(std::string(158, 'a') + "{", 1h), profile, now).good());
  CHECK_FALSE(Submission(message(std::string(159, 'a') + "{", 1h), profile, now).good());
  CHECK_FALSE(Submission(message("漢", 1h), profile, now).good());
}

TEST_CASE("a validity period is at least a second and at most a month", "[carriers]") {
  CHECK(relative_time(26h + 3min + 4s) == "000001020304000R");
  CHECK(relative_time(0s) == "000000000001000R");
  CHECK(relative_time(-5s) == "000000000001000R");
  CHECK(relative_time(24h * 400) == "000031000000000R");
}

}  // namespace pulih::carriers
