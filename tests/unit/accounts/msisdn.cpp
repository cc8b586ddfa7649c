// A number keeps its digits to itself: only its masked form has a shape that may be printed, and
// what is no number is no Msisdn.
#include "daemon/accounts/msisdn.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <iosfwd>

namespace pulih::accounts {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Streamable<Msisdn> && !fmt::is_formattable<Msisdn>::value);

TEST_CASE("a number shows its digits to who asks by name", "[msisdn]") {
  const auto number = Msisdn::from_normal_form("6281100001234");
  REQUIRE(number);
  CHECK(number->digits() == "6281100001234");
  CHECK(number->last_three() == "234");
  CHECK(number->value() == 6281100001234u);
  CHECK(Msisdn::from_value(number->value()) == *number);
}

TEST_CASE("a journal sees the two ends of a number", "[msisdn]") {
  CHECK(Msisdn::from_normal_form("6281100001234")->masked() == "62811…234");
  CHECK(Msisdn::from_normal_form("62811000")->masked() == "…0");
  CHECK(Msisdn::from_normal_form("7")->masked() == "…7");
  CHECK(Msisdn().masked() == "none");
}

TEST_CASE("what is no number in international form is refused", "[msisdn]") {
  for (const auto* text : {"", "0811000012", "+6281100001234", "62811-0000", "62811 0000", "6281x",
                           "6281100001234567", "-1", "99999999999999999999"})
    CHECK_FALSE(Msisdn::from_normal_form(text));
  CHECK(Msisdn::from_normal_form("628110000123456"));
}

TEST_CASE("no number has no digits", "[msisdn]") {
  CHECK(Msisdn().empty());
  CHECK(Msisdn().digits().empty());
  CHECK(Msisdn().last_three().empty());
  CHECK(Msisdn::from_normal_form("12")->last_three() == "12");
}

}  // namespace pulih::accounts
