// By which carrier a message goes, and the reason that an operator is told.
#include "daemon/carriers/routes.hpp"

#include <catch2/catch.hpp>

namespace pulih::carriers {
namespace {
using Why = Choice::Why;
const std::vector<Route> routes{{1, "wide", {"62811", "62812"}},
                                {2, "narrow", {"628110000"}},
                                {3, "rest", {}},
                                {4, "other", {}}};
// The front of a network that no carrier here has.
constexpr auto elsewhere = "62895";
}  // namespace

TEST_CASE("the longest prefix decides, whoever brought the message", "[routes]") {
  const auto one = choose(routes, "6281100000001", 3);
  CHECK(one.route->name == "narrow");
  CHECK(one.why == Why::prefix);
  CHECK(one.prefix == "628110000");
  CHECK(choose(routes, "628119", 0).route->name == "wide");
}

TEST_CASE("without a prefix the carrier decides that the person wrote by, then any", "[routes]") {
  CHECK(choose(routes, elsewhere, 4).route->name == "other");
  CHECK(choose(routes, elsewhere, 4).why == Why::came_by);
  CHECK(choose(routes, elsewhere, 0).route->name == "rest");
  CHECK(choose(routes, elsewhere, 99).why == Why::any);
  CHECK(choose(routes, "", 0).why == Why::any);
}

TEST_CASE("where nothing fits, the first carrier is better than none", "[routes]") {
  const std::vector<Route> narrow{{1, "one", {"62811"}}, {2, "two", {"62812"}}};
  const auto choice = choose(narrow, elsewhere, 0);
  CHECK(choice.route->name == "one");
  CHECK(choice.why == Why::first);
}

}  // namespace pulih::carriers
