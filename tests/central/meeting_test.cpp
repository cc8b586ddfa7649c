// Meetings with a central database on PostgreSQL: who is the gateway, who is an older copy of it,
// and how a database that was restored is known by what the gateways remember.
#include <catch2/catch.hpp>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

using Kind = Unavailable::Kind;

struct Fixture : CentralDatabase {
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;
};

TEST_CASE_METHOD(Fixture, "a gateway meets with its own login and is told its region",
                 "[postgresql]") {
  const auto welcome = got(gateway.meet(central));
  CHECK(welcome.region == "papua");
  CHECK(welcome.fence == 1);
  CHECK_FALSE(welcome.behind);
  CHECK(got(gateway.meet(central)).fence == 1);
  CHECK(got(gateway.meet(central)).epoch == welcome.epoch);
}

}  // namespace
}  // namespace pulih::central
