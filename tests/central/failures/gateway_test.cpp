// Bad days of the gateway: it is killed at each point of what it does, it is put back from a backup
// or copied, and another gateway changes the same account.
#include <catch2/catch.hpp>

#include "tests/central/failures/mortal.hpp"
#include "tests/central/postgresql_gateway.hpp"

namespace pulih::central {
namespace {

using How = engine::Pushed::How;

TEST_CASE_METHOD(FollowedDatabase,
                 "gateway killed at any point: recovery and replay, a page and its cursor are one "
                 "transaction",
                 "[failure]") {
  std::size_t staged = 0;
  bool killed = true;
  for (int point = 0; killed; ++point) {
    Life life{point};
    PostgresqlCentral real = enrolled("gateway-" + std::to_string(point), "papua");
    MortalCentral mortal(real, life);
    DrivenGateway gateway(accounts::SiteKey{}, 7 + static_cast<std::uint64_t>(point));
    gateway.standing.around_save = [&] { life.passes(); };
    gateway.around_entropy = [&] { life.passes(); };  // a row is sealed, in a transaction
    // What it does in the life that ends somewhere, and again in the next one.
    const auto works = [&] {
      gateway.start_on({mortal, mortal, mortal});
      const auto id = teacher(1 + point % (teachers - 1));
      for (int i = 0; i < 60 && !gateway.replica->whole(); ++i) gateway.step();
      gateway.steps(10);
      if (gateway.staged == 0) {
        sql("UPDATE pulih.account SET phone = 6281100050000 + " + std::to_string(point) +
            " WHERE id = '" + teacher(2 + point % (teachers - 1)) + "'");
        REQUIRE(gateway.stage(id));
        ++staged;
      }
      gateway.until_answered();
      gateway.pass(1min);
      gateway.steps(10);
    };
    try {
      works();
      killed = false;
    } catch (const Killed&) {
      gateway.kill();
      gateway.pass(1min);
      works();
    }
    INFO("killed at point " << point);
    REQUIRE(gateway.waiting.empty());
    REQUIRE(gateway.answered_as(How::applied) == 1);
    REQUIRE(gateway.agrees_with(real));
    REQUIRE(gateway.told(News::What::damaged) == 0);
    REQUIRE(gateway.told(News::What::fence_raised) == 0);
    REQUIRE(changed() == staged);
    REQUIRE(decided() == staged);
    if (!killed) CHECK(point > 40);
  }
}

// One that has taken the other's place, which is told so.
void check_fenced(DrivenGateway& fenced, DrivenGateway& other, FollowedDatabase& database) {
  CHECK(other.told(News::What::fence_raised) == 1);
  REQUIRE(fenced.stage(database.teacher(2)));
  fenced.steps(5);
  CHECK(fenced.sync().fenced());
  CHECK(fenced.told(News::What::fenced) == 1);
  CHECK(fenced.waiting.size() == 1);
  REQUIRE(other.stage(database.teacher(2)));
  other.until_answered();
  CHECK(other.answered_as(How::applied) == 2);
  CHECK(database.changed() == 2);
  other.steps(20);
}

struct Cloned : FollowedDatabase {
  PostgresqlGateway gateway{at("nabire")};
  PostgresqlGateway other{at("nabire"), std::nullopt, 99};

  // Both have a change that waits, and neither knows of the other.
  void clone() {
    gateway.first_copy();
    REQUIRE(gateway.stage(teacher(1)));
    other.restore_from(gateway);
    gateway.until_answered();
    CHECK(gateway.answered_as(How::applied) == 1);
  }
};

TEST_CASE_METHOD(Cloned,
                 "gateway restored: its checkpoint is behind and the fence is raised, the old copy "
                 "is told \"fenced\"",
                 "[failure]") {
  clone();
  gateway.start();  // it meets once more
  gateway.steps(5);
  other.start();
  other.until_answered();
  CHECK(other.answered_as(How::applied) == 1);
  CHECK(changed() == 1);
  check_fenced(gateway, other, *this);
  CHECK(other.agrees());
  gateway.start();  // as systemd would
  gateway.steps(5);
  CHECK(gateway.sync().fenced());
}

TEST_CASE_METHOD(Cloned,
                 "gateway cloned: the next meeting of the other one tells it apart, raises the "
                 "fence, and nothing is done twice before",
                 "[failure]") {
  clone();
  // Its first meeting is as the gateway's own next one would be.
  other.start();
  other.until_answered();
  CHECK(other.answered_as(How::applied) == 1);
  CHECK(other.told(News::What::fence_raised) == 0);
  CHECK(changed() == 1);
  gateway.start();
  gateway.steps(5);
  check_fenced(other, gateway, *this);
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(FollowedDatabase,
                 "two gateways, one account: one is applied, one superseded, and both are told so",
                 "[failure]") {
  enrol("biak", "papua");
  PostgresqlGateway here(at("nabire"));
  PostgresqlGateway there(at("biak"), std::nullopt, 99);
  here.first_copy();
  there.first_copy();
  REQUIRE(here.stage(teacher(1)));
  REQUIRE(there.stage(teacher(1)));
  here.until_answered();
  there.until_answered();
  CHECK(here.answered_as(How::applied) == 1);
  CHECK(there.answered_as(How::superseded) == 1);
  CHECK(changed() == 1);
  CHECK(decided() == 2);
  here.steps(20);
  there.steps(20);
  CHECK(here.agrees());
  CHECK(there.agrees());
}

}  // namespace
}  // namespace pulih::central
