// What a stolen gateway can do to the central database with its login: call its own functions for
// its own region, and nothing else. And what the hub's login can.
#include <catch2/catch.hpp>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

using Kind = Unavailable::Kind;

struct RightsSite : CentralDatabase {
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;
  RightsSite() {
    enrol("ambon", "maluku");
    add("budi12@guru.sd", "papua");
    add("ani34@guru.smp", "maluku");
    sql("UPDATE pulih.account SET verifier = '$argon2id$old'");
    got(gateway.meet(central));
  }
  PostgresqlLink login{place_of("nabire")};

  // The SQLSTATE that a statement of the gateway's own ends with; empty: it was done.
  std::string tried(const std::string& statement) {
    if (!login.is_open()) got(login.open());
    const auto answer = login.run({statement.c_str(), {}});
    if (answer) return "";
    const auto& why = answer.error().why;
    return why.substr(why.find(" (") + 2, 5);
  }
};

TEST_CASE_METHOD(RightsSite, "a gateway's login reads and writes no table", "[postgresql]") {
  for (const std::string table :
       {"account", "tombstone", "contact_change", "contact_feed", "central", "gateway", "operation",
        "ticket", "schema_step", "directory_entry", "directory_listing"}) {
    INFO(table);
    for (const std::string& statement :
         {"SELECT * FROM pulih." + table, "DELETE FROM pulih." + table,
          "INSERT INTO pulih." + table + " DEFAULT VALUES",
          "CREATE INDEX ON pulih." + table + " ((1))", "DROP TABLE pulih." + table})
      CHECK(tried(statement) == "42501");
  }
  CHECK(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'pulih'") == "11");
  CHECK(tried("SELECT nextval('pulih.row_version')") == "42501");
  CHECK(tried("SELECT nextval('pulih.directory_moment')") == "42501");
  CHECK(tried("CREATE TABLE pulih.mine ()") == "42501");
  CHECK(tried("CREATE FUNCTION pulih.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'") ==
        "42501");
  CHECK(tried("CREATE ROLE mine") == "42501");
  CHECK(tried("SET ROLE postgres") == "42501");
  CHECK(tried("SET SESSION AUTHORIZATION postgres") == "42501");
  CHECK(tried("SET ROLE pulih_hub") == "42501");
  CHECK(tried("COPY pulih.account TO PROGRAM 'true'") == "42501");
}

TEST_CASE_METHOD(RightsSite,
                 "a gateway's login calls the eight functions of its port, and no other",
                 "[postgresql]") {
  const auto granted =
      sql("SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p JOIN pg_namespace n"
          " ON n.oid = p.pronamespace WHERE n.nspname = 'pulih'"
          " AND has_function_privilege('pulih_site_nabire', p.oid, 'EXECUTE')");
  CHECK(granted ==
        "apply_password changes contact_changes fingerprints hello last_number open_ticket rows");
  CHECK(tried("SELECT pulih.rewind()") == "42501");
  CHECK(tried("SELECT pulih.acting('ambon')") == "42501");
  for (const std::string call :
       {"moment()", "let_go()", "listed(1)",
        "take(1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
        "begin(NULL, 1, '\\x00', 'budi12@guru.sd', 1, 1, '', false, 0)",
        "end(NULL, '\\x00', 'applied', '', '', '', '')"})
    CHECK(tried("SELECT pulih.directory_" + call) == "42501");
  // Each of them runs as its owner: what it names must not be the caller's to choose.
  CHECK(sql("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE"
            " n.nspname = 'pulih' AND p.prosecdef AND NOT coalesce(p.proconfig::text LIKE"
            " '%search_path=pg_catalog, pulih, pg_temp%', false)") == "0");
}

TEST_CASE_METHOD(RightsSite, "a gateway is its own site, whatever it says", "[postgresql]") {
  for (const std::string call :
       {"hello('ambon', 1, 1, 0)", "changes('ambon', false, '', 10)",
        "fingerprints('ambon', 0, 10)", "rows('ambon', 0)", "contact_changes('ambon', 0, 10)",
        "hello('nabire', 2, 1, 0)",
        "apply_password('ambon', 0, '\\x00', 'ani34@guru.smp', 1, 1, '$argon2id$x', false, 0)",
        "open_ticket('ambon', 0, '\\x00', 1, NULL, 1, 0)"})
    CHECK(tried("SELECT pulih." + call) == "PU002");
  PostgresqlCentral named(place_of("nabire"), &keys, "ambon");
  Meetings its;
  CHECK(its.meet(named).error().kind == Kind::refused);
}

TEST_CASE_METHOD(RightsSite, "a gateway sees and changes accounts of its own region only",
                 "[postgresql]") {
  const auto page = got(central.changes(Feed::all, "", 100));
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].id == "budi12@guru.sd");
  CHECK(got(central.rows(0)).size() == 1);
  CHECK(got(central.fingerprints(0, 10)).at(0).rows == 1);
  sql("UPDATE pulih.account SET phone = 6281100000777");
  CHECK(got(central.contact_changes(0, 10)).size() == 1);
  PasswordChange change;
  change.account_id = "ani34@guru.smp";
  change.base_password_version = 2;
  change.base_identity_version = 2;
  change.verifier = "$argon2id$stolen";
  CHECK(got(central.apply_passwords({&change, 1}, {})).at(0) == Verdict::unknown_account);
  CHECK(sql("SELECT count(*) FROM pulih.account WHERE verifier = '$argon2id$old'") == "2");
}

TEST_CASE_METHOD(RightsSite, "no function gives a verifier away", "[postgresql]") {
  CHECK(sql("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE"
            " n.nspname = 'pulih' AND 'verifier' = ANY (p.proargnames)") == "0");
}

TEST_CASE_METHOD(RightsSite, "a login that is not enrolled any more is told so", "[postgresql]") {
  sql("DELETE FROM pulih.gateway WHERE site = 'nabire'");
  const auto refused = gateway.meet(central);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Kind::refused);
  CHECK(refused.error().why.find("pulihctl central enrol") != std::string::npos);
}

TEST_CASE_METHOD(RightsSite, "the hub speaks for every site, and for one at a time",
                 "[postgresql]") {
  script("DROP ROLE IF EXISTS the_hub; CREATE ROLE the_hub LOGIN IN ROLE pulih_hub");
  auto place = owner_place();
  place.uri.replace(place.uri.find("user=pulih_owner"), 16, "user=the_hub");
  {
    PostgresqlCentral ambon({place.uri, {}, "test"}, nullptr, "ambon");
    PostgresqlCentral nabire({place.uri, {}, "test"}, nullptr, "nabire");
    Meetings its;
    CHECK(got(its.meet(ambon)).region == "maluku");
    CHECK(got(gateway.meet(nabire)).region == "papua");
    CHECK(got(ambon.rows(0)).at(0).id == "ani34@guru.smp");
    CHECK(got(nabire.rows(0)).at(0).id == "budi12@guru.sd");
    PostgresqlCentral nobody({place.uri, {}, "test"}, nullptr);
    CHECK(nobody.hello({{1, 1}, 0}).error().kind == Kind::refused);
    PostgresqlCentral stranger({place.uri, {}, "test"}, nullptr, "fakfak");
    CHECK(stranger.hello({{1, 1}, 0}).error().kind == Kind::refused);
    PostgresqlLink link(std::move(place));
    got(link.open());
    CHECK_FALSE(link.run({"SELECT * FROM pulih.account", {}}));
    CHECK_FALSE(link.run({"SELECT * FROM pulih.directory_entry", {}}));
    CHECK(link.run({"SELECT pulih.directory_moment()", {}}));
  }
  script("DROP ROLE the_hub");
}

}  // namespace
}  // namespace pulih::central
