// What teachers did, at a central database on PostgreSQL: applied once, on the versions that the
// teacher saw, by a gateway of the account's own region.
#include <catch2/catch.hpp>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;

constexpr accounts::Instant monday{1'700'000'000s};

struct Fixture : CentralDatabase {
  Fixture() {
    add("budi12@guru.sd", "papua");
    got(gateway.meet(central));
  }
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;

  PasswordChange change(std::uint8_t id, std::string verifier = "$argon2id$new") {
    PasswordChange change;
    change.id.fill(id);
    change.account_id = "budi12@guru.sd";
    change.base_password_version = 1;
    change.base_identity_version = 1;
    change.verifier = std::move(verifier);
    return change;
  }
  Verdict apply(const PasswordChange& change) {
    return got(central.apply_passwords({&change, 1}, monday)).front();
  }
};

TEST_CASE_METHOD(Fixture, "a password change is applied once, and a repetition is told so",
                 "[postgresql]") {
  CHECK(apply(change(1)) == Verdict::applied);
  CHECK(sql("SELECT verifier FROM pulih.account") == "$argon2id$new");
  CHECK(apply(change(1)) == Verdict::applied);
  CHECK(sql("SELECT password_version FROM pulih.account") == "2");
  CHECK(apply(change(1, "$argon2id$other")) == Verdict::altered);
  CHECK(apply(change(2)) == Verdict::superseded);
}

TEST_CASE_METHOD(Fixture, "a changed password comes with the next changes", "[postgresql]") {
  const auto start = got(central.changes(Feed::all, "now", 10));
  CHECK(start.rows.empty());
  CHECK(apply(change(1)) == Verdict::applied);
  const auto page = got(central.changes(Feed::all, start.next, 10));
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].id == "budi12@guru.sd");
  CHECK(page.rows[0].password_version == 2);
  CHECK(page.rows[0].birth_date.reveal() == 19850817);
  CHECK(got(central.changes(Feed::urgent, start.next, 10)).rows.empty());
}

}  // namespace
}  // namespace pulih::central
