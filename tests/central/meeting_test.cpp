// Meetings with a central database on PostgreSQL: who is the gateway, who is an older copy of it,
// and how a database that was restored is known by what the gateways remember.
#include <catch2/catch.hpp>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

using Kind = Unavailable::Kind;

struct MeetingSite : CentralDatabase {
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;

  Kind refusal(const tl::expected<Welcome, Unavailable>& welcome) {
    REQUIRE_FALSE(welcome);
    return welcome.error().kind;
  }
  tl::expected<std::vector<Verdict>, Unavailable> apply(PostgresqlCentral& by) {
    PasswordChange change;
    change.account_id = "budi12@guru.sd";
    return by.apply_passwords({&change, 1}, {});
  }
};

TEST_CASE_METHOD(MeetingSite, "a gateway meets with its own login and is told its region",
                 "[postgresql]") {
  const auto welcome = got(gateway.meet(central));
  CHECK(welcome.region == "papua");
  CHECK(welcome.fence == 1);
  CHECK_FALSE(welcome.behind);
  CHECK(got(gateway.meet(central)).fence == 1);
  CHECK(got(gateway.meet(central)).epoch == welcome.epoch);
}

TEST_CASE_METHOD(MeetingSite, "a meeting whose answer was lost is repeated and answered the same",
                 "[postgresql]") {
  const auto first = got(gateway.meet(central));
  const auto again = got(central.hello({gateway.checkpoint, 0}));
  CHECK(again.fence == first.fence);
  CHECK_FALSE(again.behind);
  CHECK(got(gateway.meet(central)).fence == first.fence);
}

TEST_CASE_METHOD(MeetingSite, "what is called without a meeting is answered: away",
                 "[postgresql]") {
  add("budi12@guru.sd", "papua");
  CHECK(apply(central).error().kind == Kind::away);
  CHECK(central.changes(Feed::all, "", 10).error().kind == Kind::away);
  got(gateway.meet(central));
  CHECK(apply(central));
}

TEST_CASE_METHOD(MeetingSite, "of a gateway and its clone the one that met last goes on",
                 "[postgresql]") {
  got(gateway.meet(central));
  auto copy = driver("nabire");
  Meetings clone = gateway;
  got(gateway.meet(central, 1));
  // The same count with another draw: it is a copy, and takes the gateway's place.
  CHECK(got(clone.meet(copy, 2)).fence == gateway.fence + 1);
  CHECK(apply(central).error().kind == Kind::fenced);
  CHECK(central.open_ticket({}).error().kind == Kind::fenced);
  CHECK(apply(copy));

  auto restarted = driver("nabire");
  CHECK(refusal(gateway.meet(restarted)) == Kind::fenced);
  got(clone.meet(copy, 3));
}

TEST_CASE_METHOD(MeetingSite,
                 "a gateway restored from a backup of itself goes on, the old one does not",
                 "[postgresql]") {
  got(gateway.meet(central));
  const Meetings backup = gateway;
  for (int meeting = 0; meeting < 5; ++meeting) got(gateway.meet(central));
  Meetings restored = backup;
  auto other_machine = driver("nabire");
  CHECK(got(restored.meet(other_machine, 77)).fence == 2);
  CHECK(refusal(gateway.meet(central)) == Kind::fenced);

  SECTION("and a second one from the same backup asks for the owner's word") {
    Meetings second = backup;
    auto third_machine = driver("nabire");
    const auto refused = second.meet(third_machine, 78);
    CHECK(refusal(refused) == Kind::fenced);
    CHECK(refused.error().why.find("pulihctl central admit") != std::string::npos);
    got(PostgresqlOwner(owner_place()).admit("nabire"));
    CHECK(got(second.meet(third_machine, 79)).fence == 3);
    CHECK(apply(other_machine).error().kind == Kind::fenced);
    CHECK(got(second.meet(third_machine)).fence == 3);
  }
}

TEST_CASE_METHOD(MeetingSite, "a database that knows fewer meetings is behind, and has a new epoch",
                 "[postgresql]") {
  got(gateway.meet(central));
  const auto epoch = gateway.epoch;
  got(gateway.meet(central));
  // As a copy of its files from before the last meetings would be.
  sql("UPDATE pulih.gateway SET meetings = 0, draw = 0, fence = 0");
  const auto versions = sql("SELECT nextval('pulih.row_version')");
  const auto welcome = got(gateway.meet(central));
  CHECK(welcome.behind);
  CHECK(welcome.fence == 1);
  CHECK(welcome.epoch != epoch);
  CHECK_FALSE(got(gateway.meet(central)).behind);
  CHECK(gateway.epoch == welcome.epoch);
  // Versions that may have been handed out are not handed out again.
  CHECK(sql("SELECT nextval('pulih.row_version') > " + versions + " + 1000000") == "t");

  SECTION("one gateway that lies does not begin an epoch each time") {
    gateway.checkpoint.count += 100;
    CHECK(got(gateway.meet(central)).behind);
    CHECK(gateway.epoch == welcome.epoch);
  }
  SECTION("a clock that was ahead at the last one, and is right now, holds up none") {
    sql("UPDATE pulih.central SET rewound_at = now() + interval '1 year'");
    gateway.checkpoint.count += 100;
    CHECK(got(gateway.meet(central)).behind);
    CHECK(gateway.epoch != welcome.epoch);
  }
  SECTION("a number of meetings that could not rise any more is refused") {
    gateway.checkpoint.count = ~std::uint64_t{1};
    CHECK(refusal(gateway.meet(central)) == Kind::refused);
  }
}

TEST_CASE_METHOD(MeetingSite, "a restore told by the owner begins an epoch", "[postgresql]") {
  got(gateway.meet(central));
  const auto epoch = gateway.epoch;
  got(PostgresqlOwner(owner_place()).restored());
  CHECK(got(gateway.meet(central)).epoch != epoch);
}

TEST_CASE_METHOD(MeetingSite,
                 "a gateway that was given another region has a new epoch, others do not",
                 "[postgresql]") {
  auto other = enrolled("timika", "papua");
  Meetings its;
  got(gateway.meet(central));
  const auto epoch = got(its.meet(other)).epoch;
  CHECK(gateway.epoch == epoch);
  sql("UPDATE pulih.gateway SET region = 'maluku' WHERE site = 'nabire'");
  CHECK(got(gateway.meet(central)).region == "maluku");
  CHECK(gateway.epoch != epoch);
  CHECK(got(its.meet(other)).epoch == epoch);
}

TEST_CASE_METHOD(MeetingSite, "a database that came into another cluster begins an epoch",
                 "[postgresql]") {
  got(gateway.meet(central));
  const auto epoch = gateway.epoch;
  const auto before = got(central.changes(Feed::all, at_present, 10)).next;
  // Rows of a dump have transactions of the cluster that it was taken from.
  add("budi12@guru.sd", "papua");
  sql("ALTER TABLE pulih.account DISABLE TRIGGER stamp");
  sql("UPDATE pulih.account SET chg = '90000000000', identity_chg = '90000000000'");
  sql("ALTER TABLE pulih.account ENABLE TRIGGER stamp");
  sql("UPDATE pulih.central SET cluster = 'another/00000001'");
  CHECK(got(gateway.meet(central)).epoch != epoch);
  const auto page = got(central.changes(Feed::all, before, 10));
  CHECK(page.rows.size() == 1);
  CHECK(got(central.changes(Feed::all, page.next, 10)).rows.empty());
}

TEST_CASE_METHOD(MeetingSite, "two copies that meet at one moment do not hold each other up",
                 "[postgresql]") {
  got(gateway.meet(central));
  auto copy = driver("nabire");
  Meetings clone = gateway;
  for (std::uint64_t round = 1; round < 20; ++round) {
    // Whichever comes second is the older copy or the newer, but each is answered.
    const auto one = gateway.meet(central, 2 * round);
    const auto other = clone.meet(copy, 2 * round + 1);
    CHECK((one || one.error().kind == Kind::fenced));
    CHECK((other || other.error().kind == Kind::fenced));
    CHECK((one.has_value() || other.has_value()));
  }
}

}  // namespace
}  // namespace pulih::central
