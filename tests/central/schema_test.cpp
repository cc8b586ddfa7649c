// The schema on its way through the releases, and the accounts of a ministry that has a table of
// its own: joined as mapping_example.sql shows it.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

// A database without our schema.
struct Empty {
  Cluster& cluster = Cluster::shared();
  std::string name;
  PostgresqlLink owner;

  explicit Empty(const std::string& its) : name("empty_" + its), owner(cluster.place(name)) {
    PostgresqlLink link(cluster.place("postgres"));
    got(link.open());
    got(link.script(("CREATE DATABASE " + name).c_str()));
    got(owner.open());
  }
  std::string sql(const std::string& statement) {
    const auto answer = got(owner.run({statement.c_str(), {}}));
    return std::string(answer.text_or_empty(0, 0));
  }
  tl::expected<std::string, Unavailable> init(std::span<const SchemaStep> steps) {
    return PostgresqlOwner(cluster.place(name)).init(steps);
  }
};

TEST_CASE("a database is brought forward step by step, with what it holds", "[postgresql]") {
  Empty database("steps");
  const auto steps = postgresql_steps();
  REQUIRE(steps.size() >= 4);
  // An older release knew fewer steps.
  got(database.init(steps.first(1)));
  database.sql("INSERT INTO pulih.account (region, id) VALUES ('papua', 'budi12@guru.sd')");
  got(database.init(steps));
  got(database.init(steps));
  CHECK(database
            .sql("SELECT string_agg(step || ' ' || name, ', ' ORDER BY step) FROM"
                 " pulih.schema_step")
            .starts_with("1 001_accounts, 2 002_gateways"));
  CHECK(database.sql("SELECT id FROM pulih.account") == "budi12@guru.sd");
  CHECK(database.sql("SELECT count(*) FROM pulih.operation") == "0");
}

TEST_CASE("a step that fails changes nothing, and the next time goes on from it", "[postgresql]") {
  Empty database("fails");
  std::vector<SchemaStep> steps(postgresql_steps().begin(), postgresql_steps().end());
  const auto good = steps[1];
  steps[1].sql = "CREATE TABLE pulih.half (); SELECT 1/0;";
  const auto failed = database.init(steps);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().why.find("002_gateways") != std::string::npos);
  INFO(failed.error().why);
  CHECK(failed.error().why.find("division by zero") != std::string::npos);
  CHECK(database.sql("SELECT max(step) FROM pulih.schema_step") == "1");
  CHECK(database.sql("SELECT to_regclass('pulih.half')").empty());
  steps[1] = good;
  got(database.init(steps));
}

TEST_CASE("a database of a later release is left as it is", "[postgresql]") {
  Empty database("later");
  got(database.init(postgresql_steps()));
  const auto refused = database.init(postgresql_steps().first(2));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Unavailable::Kind::refused);
  CHECK(refused.error().why.find("later release") != std::string::npos);
}

TEST_CASE("enrolling is for names, and for a site once", "[postgresql]") {
  CentralDatabase database;
  PostgresqlOwner owner(database.owner_place());
  accounts::SystemEntropy entropy;
  for (const std::string name : {"", "Nabire", "a'b", "a\"b", "a b", "x;", "\xc3\xa9"}) {
    CHECK_FALSE(owner.enrol(name, "papua", false, entropy));
    CHECK_FALSE(owner.enrol("nabire", name, false, entropy));
  }
  CHECK_FALSE(owner.enrol(std::string(33, 'a'), "papua", false, entropy));
  const auto made = got(owner.enrol("schema-test", "papua", false, entropy));
  CHECK(made.role == "pulih_site_schema-test");
  CHECK(made.password.size() == 32);
  CHECK_FALSE(owner.enrol("schema-test", "papua", false, entropy));
  CHECK(database.sql("SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname ="
                     " 'pulih_site_schema-test'") == "t");
  CHECK(got(owner.enrol("behind", "papua", true, entropy)).role.empty());
  CHECK_FALSE(owner.admit("nobody"));
  const auto status = got(owner.status());
  CHECK(status.find("site behind, region papua, behind the hub, never met") != std::string::npos);
  database.sql("DROP ROLE \"pulih_site_schema-test\"");
}

struct Ministry : CentralDatabase {
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;

  Ministry() {
    script(
        "CREATE SCHEMA ministry;"
        "CREATE TABLE ministry.teacher (teacher_id bigint PRIMARY KEY, login text UNIQUE, born "
        "date,"
        "  mobile text, mail text, province text, state text, password_hash text,"
        "  must_change boolean);"
        "INSERT INTO ministry.teacher VALUES"
        "  (1, 'Budi12@guru.sd.belajar.example', '1985-08-17', '0811-0000-0001', 'b@example.org',"
        "   'papua', 'active', '{SSHA}old', false),"
        "  (2, 'left@guru.sd.belajar.example', '1985-08-17', NULL, NULL, 'papua', 'left', 'x', "
        "false),"
        "  (3, 'guest@elsewhere.example', '1985-08-17', 'none', 'none', 'papua', 'active', 'x', "
        "false)");
    std::ifstream file(std::string(PULIH_SOURCE_DIR) +
                       "/config/central/postgresql/mapping_example.sql");
    script(std::string{std::istreambuf_iterator<char>(file), {}});
    got(gateway.meet(central));
  }
  std::string teacher(const std::string& column) {
    return sql("SELECT " + column + " FROM ministry.teacher WHERE teacher_id = 1");
  }
  Row only_row() {
    auto page = got(central.changes(Feed::all, "", 10));
    REQUIRE(page.rows.size() == 1);
    return std::move(page.rows[0]);
  }
  Verdict reset(std::uint8_t operation) {
    const auto row = only_row();
    PasswordChange change;
    change.id.fill(operation);
    change.account_id = row.id;
    change.base_password_version = row.password_version;
    change.base_identity_version = row.identity_version;
    change.verifier = "$argon2id$new" + std::to_string(operation);
    change.change_at_login = true;
    return got(central.apply_passwords({&change, 1}, {})).front();
  }
};

TEST_CASE_METHOD(Ministry, "a ministry's own table and ours are the same in one transaction",
                 "[postgresql]") {
  const auto row = only_row();
  CHECK(row.id == "budi12@guru.sd");
  CHECK(row.phone.digits() == "6281100000001");
  CHECK(row.birth_date.reveal() == 19850817);
  CHECK(reset(1) == Verdict::applied);
  CHECK(teacher("password_hash") == "$argon2id$new1");
  CHECK(teacher("must_change") == "t");
  CHECK(only_row().password_version == row.password_version + 1);
  CHECK(only_row().identity_version == row.identity_version);

  // The ministry's nightly job writes everything anew: nothing changed.
  sql("UPDATE ministry.teacher SET login = login, mobile = '0811 0000 0001'");
  CHECK(only_row().row_version == row.row_version + 1);
  // The help desk.
  sql("UPDATE ministry.teacher SET password_hash = '{SSHA}desk' WHERE teacher_id = 1");
  CHECK(only_row().password_version == row.password_version + 2);
  sql("UPDATE ministry.teacher SET mobile = '+62 811 0000 0777', login = "
      "'budi13@guru.sd.belajar.example'"
      " WHERE teacher_id = 1");
  CHECK(only_row().number == row.number);
  CHECK(only_row().id == "budi13@guru.sd");
  CHECK(got(central.contact_changes(0, 10)).at(0).new_phone.digits() == "6281100000777");
  sql("UPDATE ministry.teacher SET state = 'suspended' WHERE teacher_id = 1");
  CHECK(only_row().locked);
  sql("UPDATE ministry.teacher SET state = 'left' WHERE teacher_id = 1");
  CHECK(only_row().gone);
  sql("DELETE FROM ministry.teacher");
}

TEST_CASE_METHOD(Ministry, "a ministry's rule against a password is told to the teacher",
                 "[postgresql]") {
  script(
      "CREATE FUNCTION ministry.rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF NEW.password_hash LIKE '%new2' THEN RAISE 'no' USING ERRCODE = 'PU010'; END IF;"
      " RETURN NEW; END $$;"
      "CREATE TRIGGER rule BEFORE UPDATE ON ministry.teacher FOR EACH ROW EXECUTE FUNCTION"
      " ministry.rule()");
  CHECK(reset(2) == Verdict::refused);
  CHECK(teacher("password_hash") == "{SSHA}old");
  CHECK(reset(3) == Verdict::applied);
}

}  // namespace
}  // namespace pulih::central
