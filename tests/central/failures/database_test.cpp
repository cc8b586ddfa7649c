// The central database's own bad days: a crash in the middle of many changes, and a restore from a
// real base backup to a point in time, after which the gateways make good what was lost.
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "tests/central/postgresql_gateway.hpp"

namespace pulih::central {
namespace {

std::string teacher(std::size_t number) { return "guru" + std::to_string(number) + "@guru.sd"; }

PasswordChange change_of(std::size_t number, std::uint32_t base_version) {
  PasswordChange change;
  change.id[0] = static_cast<std::uint8_t>(number);
  change.id[1] = static_cast<std::uint8_t>(base_version);
  change.account_id = teacher(number);
  change.base_password_version = base_version;
  change.base_identity_version = static_cast<std::uint32_t>(number);
  change.verifier = "$argon2id$" + std::to_string(number) + "." + std::to_string(base_version);
  return change;
}

// A cluster of its own, to be ended and restored, with forty accounts.
struct OwnCluster {
  Cluster cluster;
  accounts::SiteKeys keys{accounts::SiteKey{}};
  Meetings meetings;

  static constexpr std::size_t accounts_here = 40;

  OwnCluster() {
    run(cluster, "CREATE DATABASE accounts", "postgres");
    got(PostgresqlOwner(cluster.place("accounts")).init());
    run(cluster,
        "INSERT INTO pulih.account (region, id) SELECT 'papua', 'guru' || n || '@guru.sd' FROM"
        " generate_series(1, 40) AS n;"
        "CREATE ROLE hub LOGIN IN ROLE pulih_hub;"
        "INSERT INTO pulih.gateway (site, region) VALUES ('nabire', 'papua')");
  }
  static void run(const Cluster& on, const std::string& statements,
                  const std::string& database = "accounts") {
    PostgresqlLink link(on.place(database));
    got(link.open());
    got(link.script(statements.c_str()));
  }
  // The same backup has another epoch, and other versions for what is written in it.
  void restore_once_more(const Cluster& before) {
    const Cluster again(cluster / "backup", cluster / "archive", "before the mistake");
    run(again, "UPDATE pulih.account SET phone = 6281100000778 WHERE number = 39");
    const auto version = "SELECT row_version FROM pulih.account WHERE number = 39";
    CHECK(asked(again, version) != asked(before, version));
    const auto former = meetings.epoch;
    auto central = driver(again);
    got(meetings.meet(central));
    CHECK(meetings.epoch != former);
  }
  static std::string asked(const Cluster& on, const std::string& statement) {
    PostgresqlLink link(on.place("accounts"));
    got(link.open());
    return std::string(got(link.run({statement.c_str(), {}})).text_or_empty(0, 0));
  }
  PostgresqlCentral driver(const Cluster& to) const {
    return {to.place("accounts", "hub"), &keys, "nabire"};
  }
  static PostgresqlGateway::Place hub_of(const Cluster& to) {
    return [&to] { return to.place("accounts", "hub"); };
  }
  void back_up() {
    run_as_server({server_program("pg_basebackup"), "-h", (cluster / "").string(), "-U", "postgres",
                   "-c", "fast", "-X", "none", "-D", cluster / "backup"});
  }
};

TEST_CASE_METHOD(OwnCluster,
                 "central crash: of each change all or nothing, and its repetition tells which",
                 "[failure]") {
  PostgresqlGateway gateway(hub_of(cluster), "nabire");
  gateway.first_copy();
  for (std::size_t number = 1; number <= accounts_here; ++number)
    REQUIRE(gateway.stage(teacher(number)));
  // Each change takes a while, so that the crash is somewhere in the middle.
  run(cluster,
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$;"
      "CREATE TRIGGER slow AFTER UPDATE ON pulih.account FOR EACH ROW EXECUTE FUNCTION slow()");
  for (int crash = 0; crash < 3; ++crash) {
    const auto before = gateway.told(News::What::unavailable);
    std::atomic<bool> ended = false;
    std::thread pushing([&] {
      while (gateway.told(News::What::unavailable) == before && !gateway.waiting.empty())
        gateway.step();
      ended = true;
    });
    const std::string enough =
        "SELECT count(*) > " + std::to_string(5 + 10 * crash) + " FROM pulih.operation";
    while (!ended && asked(cluster, enough) != "t") {
    }
    cluster.stop("immediate");
    pushing.join();
    cluster.start();
    const auto applied = "SELECT count(*) FROM pulih.operation WHERE verdict = 'applied'";
    CHECK(asked(cluster, applied) == asked(cluster, "SELECT count(*) FROM pulih.operation"));
    CHECK(asked(cluster, applied) ==
          asked(cluster, "SELECT count(*) FROM pulih.account WHERE password_version = 2"));
    gateway.pass(1min);
  }
  gateway.until_answered();
  CHECK(gateway.answered_as(engine::Pushed::How::applied) == accounts_here);
  CHECK(gateway.told(News::What::restored) == 0);
  CHECK(asked(cluster, "SELECT count(*) FROM pulih.account WHERE password_version = 2") == "40");
  gateway.steps(20);
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(OwnCluster,
                 "central restored from a backup: acknowledged operations are replayed, "
                 "fingerprints reconciled",
                 "[failure]") {
  PostgresqlGateway gateway(hub_of(cluster), "nabire");
  gateway.first_copy();
  const auto change = [&](std::size_t from, std::size_t to) {
    gateway.steps(20);
    for (auto number = from; number <= to; ++number) REQUIRE(gateway.stage(teacher(number)));
    gateway.until_answered();
  };
  change(1, 10);
  back_up();
  change(11, 20);
  run(cluster, "SELECT pg_create_restore_point('before the mistake')");
  // What the restore takes away: more changes, second ones of some, and what others did.
  change(21, 30);
  change(15, 25);
  CHECK(gateway.answered_as(engine::Pushed::How::applied) == 41);
  run(cluster,
      "UPDATE pulih.account SET region = 'maluku' WHERE number = 40;"
      "UPDATE pulih.account SET phone = 6281100000779 WHERE number = 38;"
      "SELECT pg_switch_wal()");
  gateway.steps(20);
  CHECK_FALSE(gateway.account(teacher(40)));
  cluster.stop("fast");
  REQUIRE(gateway.stage(teacher(31)));
  gateway.steps(5);

  const Cluster restored(cluster / "backup", cluster / "archive", "before the mistake");
  CHECK(asked(restored, "SELECT count(*) FROM pulih.operation") == "20");
  // A teacher got a new one by another way before the gateway came.
  run(restored, "UPDATE pulih.account SET verifier = '$argon2id$another' WHERE number = 30");
  gateway.place = hub_of(restored);
  gateway.start();
  gateway.pass(1min);
  gateway.until_answered();
  gateway.settle();
  CHECK(gateway.told(News::What::restored) == 1);
  const auto told = [&](News::What what) {
    std::uint64_t number = 0;
    for (const auto& each : gateway.news) number += each.what == what ? each.number.value_or(0) : 0;
    return number;
  };
  CHECK(told(News::What::replayed) == 41);
  CHECK(told(News::What::replay_differs) == 1);
  CHECK(gateway.answered_as(engine::Pushed::How::applied) == 42);
  const auto numbers = [&](const std::string& with) {
    return asked(
        restored,
        "SELECT string_agg(number::text, ' ' ORDER BY number) FROM pulih.account WHERE " + with);
  };
  CHECK(numbers("verifier = '$argon2id$another'") == "30");
  CHECK(numbers("password_version = 3") == "15 16 17 18 19 20 21 22 23 24 25");
  CHECK(asked(restored, "SELECT count(*) FROM pulih.account WHERE password_version = 2") == "20");
  // The copy is the database's, what was lost with it included.
  CHECK(gateway.agrees());
  CHECK(gateway.account(teacher(40)));
  CHECK(gateway.account(teacher(38))->phone.value() != 6281100000779);
}

TEST_CASE_METHOD(OwnCluster,
                 "after a recovery to a point in time the gateways make good what was lost",
                 "[postgresql]") {
  auto central = driver(cluster);
  got(meetings.meet(central));
  const auto epoch = meetings.epoch;
  std::vector<PasswordChange> acknowledged;
  const auto push = [&](std::size_t from, std::size_t to, std::uint32_t base) {
    std::vector<PasswordChange> changes;
    for (auto number = from; number <= to; ++number) changes.push_back(change_of(number, base));
    for (const auto verdict : got(central.apply_passwords(changes, {})))
      CHECK(verdict == Verdict::applied);
    acknowledged.insert(acknowledged.end(), changes.begin(), changes.end());
  };
  push(1, 10, 1);
  back_up();
  push(11, 20, 1);
  run(cluster, "SELECT pg_create_restore_point('before the mistake')");
  // What the restore takes away: more changes, second ones of some, and a moved account.
  push(21, 30, 1);
  push(15, 25, 2);
  run(cluster, "UPDATE pulih.account SET region = 'maluku' WHERE number = 40");
  // The copy that a gateway has at this point.
  std::map<std::uint64_t, Row> replica;
  for (auto& row : got(central.changes(Feed::all, "", 1000)).rows)
    replica.insert_or_assign(row.number, std::move(row));
  const auto cursor = got(central.changes(Feed::all, at_present, 10)).next;
  run(cluster, "SELECT pg_switch_wal()");
  cluster.stop("fast");

  // Not one meeting tells it apart: the gateway met before the backup and not since.
  const Cluster restored(cluster / "backup", cluster / "archive", "before the mistake");
  CHECK(asked(restored, "SELECT count(*) FROM pulih.operation") == "20");
  // An application of the owner's writes before any gateway has come.
  std::uint64_t highest = 0;
  for (const auto& [number, row] : replica) highest = std::max(highest, row.row_version);
  run(restored, "UPDATE pulih.account SET phone = 6281100000777 WHERE number = 39");
  CHECK(asked(restored, "SELECT row_version > " + std::to_string(highest) +
                            " FROM pulih.account WHERE number = 39") == "t");
  auto anew = driver(restored);
  got(meetings.meet(anew));
  CHECK(meetings.epoch != epoch);

  // Everything acknowledged goes again, in its order.
  for (const auto verdict : got(anew.apply_passwords(acknowledged, {})))
    CHECK(verdict == Verdict::applied);
  CHECK(asked(restored,
              "SELECT string_agg(verifier, ' ' ORDER BY number) FROM pulih.account WHERE"
              " number IN (5, 12, 18, 23, 29)") ==
        "$argon2id$5.1 $argon2id$12.1 $argon2id$18.2 $argon2id$23.2 $argon2id$29.1");
  // The old place in the feed is none here, and the copy is mended by what differs.
  auto page = got(anew.changes(Feed::all, cursor, 1000));
  CHECK(page.rows.size() == 40);
  for (const auto& print : got(anew.fingerprints(0, 10)))
    for (auto& row : got(anew.rows(print.block)))
      replica.insert_or_assign(row.number, std::move(row));
  CHECK_FALSE(replica.at(40).gone);
  for (const auto& [number, row] : replica)
    CHECK(asked(restored, "SELECT row_version FROM pulih.account WHERE number = " +
                              std::to_string(number)) == std::to_string(row.row_version));
  // A version that was handed out before the restore is not handed out again.
  run(restored, "UPDATE pulih.account SET locked = true WHERE number = 1");
  const auto newest = got(anew.rows(0)).at(0).identity_version;
  for (const auto& [number, row] : replica) CHECK(newest > row.identity_version);
  restore_once_more(restored);
}

}  // namespace
}  // namespace pulih::central
