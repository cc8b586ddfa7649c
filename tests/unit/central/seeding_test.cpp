// Made-up accounts: the same ones from the same seed, once each, and listed as the outside contract
// says.
#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "daemon/central/seed.hpp"
#include "daemon/conversation/hearing.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

struct SeedSite : InventedSite {
  AccountRegister accounts = open_register();
  Seeding what{.seed = 1, .count = 100, .csv = folder / "list.csv", .domain = "belajar.example"};

  tl::expected<std::size_t, Unavailable> run() {
    return seed(accounts, keys, what, [](std::uint64_t) {});
  }
  std::vector<std::string> lines() const {
    std::ifstream in(what.csv);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
};

TEST_CASE_METHOD(SeedSite, "seeding again adds nothing twice", "[central]") {
  CHECK(run().value() == 100);
  CHECK(run().value() == 0);
  what.count = 120;
  CHECK(run().value() == 20);
}

TEST_CASE_METHOD(SeedSite, "another seed makes other accounts, all of them", "[central]") {
  what.csv.clear();
  what.count = 20'000;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    what.seed = seed;
    CHECK(run().value() == what.count);
  }
}

TEST_CASE_METHOD(SeedSite, "every account of the list is found by its id, telephone and birth date",
                 "[central]") {
  REQUIRE(run());
  const EmbeddedAccounts lookup(file, keys);
  for (std::uint64_t number = 0; number < what.count; ++number) {
    const auto who = made_up(1, number);
    const auto found = lookup.by_id(keys.account(who.id));
    REQUIRE(found);
    CHECK(found->id == who.id);
    CHECK(found->phone == who.phone);
    CHECK(found->email == accounts::Secret(who.email));
    CHECK(accounts::same(found->birth_date, keys.birth_date_tag(found->key, who.birth_date)));
  }
}

TEST_CASE_METHOD(SeedSite, "every twentieth telephone has two accounts", "[central]") {
  REQUIRE(run());
  const EmbeddedAccounts lookup(file, keys);
  CHECK(lookup.by_phone(phone(0)).size() == 1);
  CHECK(lookup.by_phone(phone(18)).size() == 2);
  CHECK(lookup.by_phone(phone(19)).empty());
}

TEST_CASE_METHOD(SeedSite, "the list has a line for each: number, id with domain, birth date",
                 "[central]") {
  REQUIRE(run());
  const auto all = lines();
  REQUIRE(all.size() == 100);
  CHECK(all[0] == "6281100000000,nanadi10@guru.sd.belajar.example,17051997");
  for (std::uint64_t number = 0; number < 100; ++number) {
    const auto who = made_up(1, number);
    const auto& line = all[number];
    const auto date = line.substr(line.rfind(',') + 1);
    CHECK(line == who.phone.digits() + "," + who.id + ".belajar.example," + date);
    CHECK(date.substr(4) + date.substr(2, 2) + date.substr(0, 2) == std::to_string(who.birth_date));
  }
}

TEST_CASE("a made-up account is read as an id, and born from 1960 to 2004", "[central]") {
  const conversation::NameRules names;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const auto who = made_up(1, number);
    const auto heard =
        conversation::hear_identity(who.id + " " + std::to_string(who.birth_date), names, 2026);
    CHECK(heard.id == who.id);
    CHECK(heard.birth_date == who.birth_date);
    CHECK(who.birth_date >= 19600101);
    CHECK(who.birth_date <= 20041231);
  }
}

TEST_CASE_METHOD(SeedSite, "the list is for its owner's eyes, also where a file was before",
                 "[central]") {
  std::ofstream(what.csv) << "an older and longer list\n";
  std::filesystem::permissions(what.csv, std::filesystem::perms(0644));
  what.count = 1;
  REQUIRE(run());
  CHECK(lines().size() == 1);
  CHECK((std::filesystem::status(what.csv).permissions() & std::filesystem::perms(0777)) ==
        std::filesystem::perms(0600));
}

TEST_CASE_METHOD(SeedSite, "a list that cannot be written is told before any account is made",
                 "[central]") {
  SECTION("in no folder") { what.csv = folder / "nowhere" / "list.csv"; }
  SECTION("on a full disk") { what.csv = "/dev/full"; }
  const auto added = run();
  REQUIRE_FALSE(added);
  CHECK_THAT(added.error().why, Catch::Contains("--csv"));
  CHECK_FALSE(EmbeddedAccounts(file, keys).by_id(keys.account(made_up(1, 0).id)));
}

TEST_CASE_METHOD(SeedSite, "the old password of a made-up account is the documented one",
                 "[central]") {
  what.count = 1;
  REQUIRE(run());
  const auto verifier = accounts.verifier(keys.account(made_up(1, 0).id)).value().value();
  CHECK(accounts::verify(accounts::Secret(seeded_password), verifier));
  CHECK_FALSE(accounts::verify(accounts::Secret("sandi-lama-lain"), verifier));
}

TEST_CASE_METHOD(SeedSite, "progress ends with the count", "[central]") {
  what.count = 20'001;
  std::vector<std::uint64_t> told;
  REQUIRE(seed(accounts, keys, what, [&](std::uint64_t done) { told.push_back(done); }));
  CHECK(told == std::vector<std::uint64_t>{20'000, 20'001});
}

}  // namespace
}  // namespace pulih::central
