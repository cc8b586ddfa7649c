// A gateway that follows a real PostgreSQL on a good day: the first copy, what changes in the
// database comes here, and a password that a teacher chose goes there.
#include <catch2/catch.hpp>

#include "tests/central/postgresql_gateway.hpp"

namespace pulih::central {
namespace {

TEST_CASE_METHOD(FollowedDatabase, "a gateway follows a real database from the first copy on",
                 "[central]") {
  add("lain@guru.sd", "bali");
  PostgresqlGateway gateway(at("nabire"));
  gateway.first_copy();
  CHECK(gateway.agrees());
  CHECK(gateway.replica->count() == teachers);
  const auto page =
      got(gateway.central->changes(Feed::all, gateway.replica->cursor(Feed::all), 10));
  CHECK(std::to_string(page.watermark) == page.next.substr(page.next.rfind('.') + 1));

  sql("UPDATE pulih.account SET phone = 6281100007777 WHERE id = 'guru7@guru.sd'");
  gateway.steps(20);
  CHECK(gateway.agrees());
  gateway.readers->look_anew();
  const auto found = gateway.readers->by_phone(accounts::Msisdn::from_value(6281100007777));
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "guru7@guru.sd");
  CHECK(gateway.contacts_told == std::vector<std::string>{"guru7@guru.sd"});

  REQUIRE(gateway.stage("guru7@guru.sd"));
  gateway.until_answered();
  CHECK(gateway.answered_as(engine::Pushed::How::applied) == 1);
  CHECK(sql("SELECT verifier FROM pulih.account WHERE id = 'guru7@guru.sd'") == "$argon2id$new.1");
  gateway.steps(20);
  CHECK(gateway.agrees());
  for (const auto& news : gateway.news) CHECK(news.what == News::What::first_copy);
}

}  // namespace
}  // namespace pulih::central
