// The central database's own bad days: a crash in the middle of many changes, and a restore from a
// real base backup to a point in time, after which the gateways make good what was lost.
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

PasswordChange change_of(std::size_t number, std::uint32_t base_version) {
  PasswordChange change;
  change.id[0] = static_cast<std::uint8_t>(number);
  change.id[1] = static_cast<std::uint8_t>(base_version);
  change.account_id = "guru" + std::to_string(number) + "@guru.sd";
  change.base_password_version = base_version;
  change.base_identity_version = static_cast<std::uint32_t>(number);
  change.verifier = "$argon2id$" + std::to_string(number) + "." + std::to_string(base_version);
  return change;
}

// A cluster of its own, to be ended and restored, with forty accounts.
struct OwnCluster {
  Cluster cluster;
  accounts::SiteKeys keys{accounts::SiteKey{}};
  Meetings gateway;

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
    const auto former = gateway.epoch;
    auto central = driver(again);
    got(gateway.meet(central));
    CHECK(gateway.epoch != former);
  }
  static std::string asked(const Cluster& on, const std::string& statement) {
    PostgresqlLink link(on.place("accounts"));
    got(link.open());
    return std::string(got(link.run({statement.c_str(), {}})).text_or_empty(0, 0));
  }
  PostgresqlCentral driver(const Cluster& to) const {
    return {to.place("accounts", "hub"), &keys, "nabire"};
  }
};

TEST_CASE_METHOD(OwnCluster,
                 "a crash leaves of each change all or nothing, and its repetition tells which",
                 "[postgresql]") {
  std::vector<PasswordChange> changes;
  for (std::size_t number = 1; number <= accounts_here; ++number)
    changes.push_back(change_of(number, 1));
  auto central = driver(cluster);
  got(gateway.meet(central));
  for (int crash = 0; crash < 3; ++crash) {
    // Somewhere in the middle: each change takes a while.
    run(cluster, crash == 0 ? "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                              " $$ BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$;"
                              "CREATE TRIGGER slow AFTER UPDATE ON pulih.account FOR EACH ROW"
                              " EXECUTE FUNCTION slow()"
                            : "SELECT 1");
    std::thread pushing([&] { (void)central.apply_passwords(changes, {}); });
    const std::string enough =
        "SELECT count(*) > " + std::to_string(5 + 10 * crash) + " FROM pulih.operation";
    while (asked(cluster, enough) != "t") {
    }
    cluster.stop("immediate");
    pushing.join();
    cluster.start();
    CHECK(asked(cluster,
                "SELECT count(*) FROM pulih.operation AS o FULL JOIN (SELECT * FROM"
                " pulih.account WHERE password_version > 1) AS a ON"
                " get_byte(o.id, 0) = a.number WHERE o.verdict IS DISTINCT FROM 'applied'"
                " OR a.password_version IS DISTINCT FROM 2") == "0");
    CHECK(asked(cluster, "SELECT count(*) FROM pulih.operation") != "0");
    REQUIRE(central.changes(Feed::all, "", 1).error().kind == Unavailable::Kind::away);
    const auto welcome = got(gateway.meet(central));
    CHECK_FALSE(welcome.behind);
  }
  for (const auto verdict : got(central.apply_passwords(changes, {})))
    CHECK(verdict == Verdict::applied);
  CHECK(asked(cluster, "SELECT count(*) FROM pulih.account WHERE password_version = 2") == "40");
}

TEST_CASE_METHOD(OwnCluster,
                 "after a recovery to a point in time the gateways make good what was lost",
                 "[postgresql]") {
  auto central = driver(cluster);
  got(gateway.meet(central));
  const auto epoch = gateway.epoch;
  std::vector<PasswordChange> acknowledged;
  const auto push = [&](std::size_t from, std::size_t to, std::uint32_t base) {
    std::vector<PasswordChange> changes;
    for (auto number = from; number <= to; ++number) changes.push_back(change_of(number, base));
    for (const auto verdict : got(central.apply_passwords(changes, {})))
      CHECK(verdict == Verdict::applied);
    acknowledged.insert(acknowledged.end(), changes.begin(), changes.end());
  };
  push(1, 10, 1);
  run_as_server({"/usr/lib/postgresql/15/bin/pg_basebackup", "-h", (cluster / "").string(), "-U",
                 "postgres", "-c", "fast", "-X", "none", "-D", cluster / "backup"});
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
  got(gateway.meet(anew));
  CHECK(gateway.epoch != epoch);

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
