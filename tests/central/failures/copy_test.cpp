// Bad days of the copy of the accounts: it is damaged, accounts leave the region, the database is
// away for days or lets no change become final, and clocks are a year off.
#include <catch2/catch.hpp>

#include "daemon/conversation/policy.hpp"
#include "tests/central/postgresql_gateway.hpp"

namespace pulih::central {
namespace {

struct Copy : FollowedDatabase {
  PostgresqlGateway gateway{at("nabire")};
};

TEST_CASE_METHOD(Copy,
                 "replica damaged: found by check or AEAD, rebuilt beside and renamed, and \"try "
                 "later\" meanwhile",
                 "[failure]") {
  gateway.first_copy();
  // A row that does not open: its block is fetched again.
  SQLite::Database(gateway.file.string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE account SET part = zeroblob(length(part))");
  CHECK_THROWS_AS(gateway.account(teacher(7)), engine::StoreError);  // not "unknown"
  gateway.steps(20);
  CHECK(gateway.account(teacher(7)));
  CHECK(gateway.told(News::What::repaired) == 1);
  CHECK(gateway.agrees());

  // A file that is none: another one is made beside and takes its place.
  SQLite::Database(gateway.file.string(), SQLite::OPEN_READWRITE).exec("DROP TABLE account");
  const auto found = [&] {
    try {
      const bool known = gateway.account(teacher(7)).has_value();
      REQUIRE(known);
      return true;
    } catch (const engine::StoreError&) {
      return false;
    }
  };
  int steps = 0;
  for (; steps < 40 && !found(); ++steps) gateway.step();
  CHECK(steps > 5);
  CHECK(found());
  CHECK(gateway.told(News::What::damaged) == 1);
  CHECK(gateway.told(News::What::exchanged) == 1);
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(Copy, "region move, deletion: a tombstone", "[failure]") {
  add("pindah@guru.sd", "bali");
  gateway.first_copy();
  CHECK_FALSE(gateway.account("pindah@guru.sd"));
  sql("DELETE FROM pulih.account WHERE id = '" + teacher(8) + "'");
  sql("UPDATE pulih.account SET region = 'bali' WHERE id = '" + teacher(9) + "'");
  sql("UPDATE pulih.account SET region = 'papua' WHERE id = 'pindah@guru.sd'");
  // Before it is heard of here, a teacher of each has chosen a password.
  REQUIRE(gateway.stage(teacher(8)));
  REQUIRE(gateway.stage(teacher(9)));
  gateway.until_answered();
  CHECK(gateway.answered_as(engine::Pushed::How::account_changed) == 2);
  gateway.steps(20);
  CHECK_FALSE(gateway.account(teacher(8)));
  CHECK_FALSE(gateway.account(teacher(9)));
  CHECK(gateway.account("pindah@guru.sd"));
  CHECK(gateway.replica->count() == teachers - 1);
  CHECK(gateway.agrees());
  CHECK(changed() == 0);
}

TEST_CASE_METHOD(Copy, "watermark stalled: an alarm, and rows still flow", "[failure]") {
  gateway.first_copy();
  gateway.steps(20);
  PostgresqlLink forgotten(owner_place());
  got(forgotten.open());
  sql("CREATE TABLE left_open (one integer)");
  script("GRANT ALL ON left_open TO pulih_owner");
  got(forgotten.script("BEGIN; INSERT INTO left_open VALUES (1)"));
  for (int minute = 0; minute < 40; ++minute) {
    const auto phone = std::to_string(6281100000100 + minute);
    sql("UPDATE pulih.account SET phone = " + phone + " WHERE id = '" + teacher(1) + "'");
    gateway.pass(1min);
    gateway.steps(8);
    REQUIRE(gateway.account(teacher(1)));
    CHECK(std::to_string(gateway.account(teacher(1))->phone.value()) == phone);
    if (minute < 20) CHECK(gateway.told(News::What::stalled) == 0);
  }
  CHECK(gateway.told(News::What::stalled) == 1);
}

constexpr std::chrono::hours year{24 * 366};

accounts::Instant database_clock(FollowedDatabase& database) {
  return accounts::Instant{std::chrono::seconds{
      database.number("SELECT extract(epoch FROM clock_timestamp())::bigint")}};
}

// What a copy says of when a contact was changed, and the database of a password's time, where the
// clocks are apart.
void check_ages(FollowedDatabase& database, std::chrono::hours off) {
  PostgresqlGateway gateway(database.at("nabire"));
  gateway.now.wall = database_clock(database) + off;
  gateway.first_copy();
  const auto changed_by = [&](const ReplicaAccounts& readers) {
    readers.look_anew();
    const auto found = readers.by_id(database.keys.account(database.teacher(1)));
    REQUIRE(found);
    return found->contact_changed;
  };
  const auto hours_ago = [&](const ReplicaAccounts& readers) {
    return std::chrono::round<std::chrono::hours>(gateway.now.wall - changed_by(readers)).count();
  };
  CHECK(changed_by(*gateway.readers) == accounts::Instant{});  // never
  database.sql("UPDATE pulih.account SET phone = 6281100007777 WHERE id = '" + database.teacher(1) +
               "'");
  gateway.steps(20);
  CHECK(hours_ago(*gateway.readers) == 0);
  gateway.pass(5h);
  gateway.steps(1);
  CHECK(hours_ago(*gateway.readers) == 5);

  // A generated password has its time there.
  REQUIRE(gateway.stage(database.teacher(2)));
  auto& generated = gateway.waiting.begin()->second;
  generated.change_at_login = true;
  generated.change_before = gateway.now.wall + 72h;
  gateway.until_answered();
  CHECK(database.sql("SELECT change_before - now() BETWEEN '71 hours' AND '73 hours' FROM"
                     " pulih.account WHERE change_at_login") == "t");

  // Our clock is set in the middle, right or wrong.
  gateway.now.wall += std::chrono::hours{2'000};
  gateway.steps(1);
  CHECK(hours_ago(*gateway.readers) == 5);

  // In another life of the daemon, which has met nobody yet.
  gateway.pass(2min);
  gateway.steps(20);
  const ReplicaAccounts later(gateway.file, database.keys);
  const auto hours = hours_ago(later);
  // Where the database is ahead our clock may have been set since: it counts as younger.
  CHECK((gateway.now.wall < database_clock(database) ? hours <= 5 : hours == 5));
}

TEST_CASE_METHOD(FollowedDatabase,
                 "wrong clock: only how long ago something was is compared, with a gateway off",
                 "[failure]") {
  check_ages(*this, GENERATE(-year, std::chrono::hours{0}, year));
}

TEST_CASE("wrong clock: only how long ago something was is compared, with a database off",
          "[failure]") {
  const auto off = GENERATE(-year, year);
  Cluster cluster(off);
  FollowedDatabase database(cluster.with_template());
  const auto right = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  REQUIRE(std::chrono::abs(database_clock(database) - right - off) < 1h);
  check_ages(database, -off);
}

TEST_CASE_METHOD(Copy,
                 "replica older than the set age: it tells its age, and what waits goes on waiting",
                 "[failure]") {
  gateway.first_copy();
  gateway.steps(20);
  const auto age = [&] { return gateway.now.wall - gateway.readers->as_of().value(); };
  CHECK(age() < 1min);
  gateway.central->interrupt();  // no call is answered any more
  REQUIRE(gateway.stage(teacher(1)));
  for (int hour = 0; hour < 73; ++hour) {
    gateway.pass(1h);
    gateway.steps(1);
  }
  CHECK(age() >= conversation::Policy{}.replica_age);  // so that nothing is promised: M54
  CHECK(gateway.account(teacher(1)));
  CHECK(gateway.waiting.size() == 1);
  gateway.start();
  gateway.until_answered();
  CHECK(gateway.answered_as(engine::Pushed::How::applied) == 1);
  gateway.steps(20);
  CHECK(age() < 1min);
}

}  // namespace
}  // namespace pulih::central
