// The link to the central database is cut behind every so many octets, of both ways, while changes
// are pushed and pulled and while the gateway connects anew: no change is made twice, none is lost,
// and the copy is the database's in the end.
#include <catch2/catch.hpp>

#include "tests/central/postgresql_gateway.hpp"
#include "tests/link/relay.hpp"

namespace pulih::central {
namespace {

using test::Relay;

struct CutLink : FollowedDatabase {
  Relay relay{Cluster::shared().socket()};
  PostgresqlGateway gateway{[this] { return through_relay(); }};
  // It looks at the database by a way of its own.
  PostgresqlCentral judge = enrolled("biak", "papua");
  std::size_t round = 0;

  CutLink() {
    Meetings meetings;
    got(meetings.meet(judge));
  }
  PostgresqlPlace through_relay() {
    auto through = place_of("nabire");
    through.uri += "&sslmode=disable&hostaddr=127.0.0.1&port=" + std::to_string(relay.port());
    return through;
  }
  // A teacher has a new password there, another one a new phone here, and a cut comes on the way.
  // Whether it came.
  bool survives(Relay::Way way, int octets, bool connects) {
    const auto number = static_cast<int>(round++ % (teachers - 1));
    sql("UPDATE pulih.account SET phone = 6281100050000 + " + std::to_string(round) +
        " WHERE id = '" + teacher(number + 2) + "'");
    REQUIRE(gateway.stage(teacher(number + 1)));
    if (connects) relay.cut_after(Relay::Way::answers, 0);
    while (connects && relay.cuts() == cuts_) gateway.step();
    cuts_ = relay.cuts();
    relay.cut_after(way, octets);
    gateway.until_answered();
    gateway.pass(1min);
    gateway.steps(12);
    const bool cut = relay.cuts() > cuts_;
    relay.cut_no_more();
    cuts_ = relay.cuts();
    INFO("cut after " << octets);
    REQUIRE(gateway.waiting.empty());
    REQUIRE(gateway.agrees_with(judge));
    return cut;
  }

 private:
  int cuts_ = 0;
};

TEST_CASE_METHOD(CutLink,
                 "link lost at any point: what was not answered is asked again and gets its result",
                 "[failure]") {
  gateway.first_copy();
  gateway.steps(12);
  const auto way = GENERATE(Relay::Way::requests, Relay::Way::answers);
  const auto connects = GENERATE(false, true);
  // Behind more octets than there are: all points were tried.
  int octets = 0;
  while (survives(way, octets, connects)) octets += 61;
  CHECK(octets > 1'000);
  CHECK(gateway.answered.size() == round);
  CHECK(gateway.answered_as(engine::Pushed::How::applied) == round);
  CHECK(changed() == round);
  CHECK(decided() == round);
}

}  // namespace
}  // namespace pulih::central
