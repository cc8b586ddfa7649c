// What an operator reads after `pulihctl accounts …`: for every spelling of an id, and never a
// secret.
#include "daemon/central/account_commands.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

constexpr accounts::HashCost cheap{.memory_kib = 64, .passes = 1};
constexpr std::uint32_t year = 2026;

struct CommandSite : InventedSite {
  accounts::AccountKey budi_key = add_budi();
  AccountRegister accounts = open_register();
  conversation::NameRules names;
  AccountCommands commands{accounts, keys, names};

  static AccountCommands::Details details(std::string_view birth_date, std::string_view phone,
                                          std::string_view password) {
    return {accounts::Secret(birth_date), phone, accounts::Secret("ani56@example.org"),
            accounts::Secret(password)};
  }
};

TEST_CASE_METHOD(CommandSite, "an account is shown by every spelling of its id", "[central]") {
  for (const auto* id :
       {"budi12@guru.sd", "BUDI12@GURU.SD", "budi12 guru sd", "budi12@guru.sd.belajar.example"})
    CHECK(commands.show(id));
}

TEST_CASE_METHOD(CommandSite, "what is shown are versions and times, the number masked",
                 "[central]") {
  REQUIRE(commands.change_phone(budi, "6281100000234", monday));
  const auto told = commands.show(budi).value();
  CHECK_THAT(told, Contains("password version   1\n") && Contains("identity version   2\n") &&
                       Contains("contact changed    2023-11-14T22:13:20Z\n") &&
                       Contains("password changed   never\n") &&
                       Contains("locked             no") &&
                       Contains("phone              62811…234\n") &&
                       Contains("e-mail             registered"));
  for (const auto* secret : {"6281100000234", "1985", "budi12@example.org", "argon2id"})
    CHECK_THAT(told, !Contains(secret));
}

TEST_CASE_METHOD(CommandSite, "no id and no account are told apart, each with a hint",
                 "[central]") {
  CHECK_THAT(commands.show("???").error().why, Contains("write it like"));
  CHECK_THAT(commands.show("ani56@guru.sd").error().why, Contains("no such account"));
  CHECK_FALSE(commands.verifier("ani56@guru.sd"));
  CHECK_FALSE(commands.change_phone("ani56@guru.sd", "6281100000234", monday));
  CHECK_FALSE(commands.set_locked("ani56@guru.sd", true));
}

TEST_CASE_METHOD(CommandSite, "an account that was added accepts its first password", "[central]") {
  REQUIRE(commands.add("ani56 guru sd",
                       details("17 Agustus 1985", "6281100000056", "Perahu-ke-hulu-7"), cheap,
                       year));
  CHECK(accounts::verify(accounts::Secret("Perahu-ke-hulu-7"),
                         commands.verifier("ani56@guru.sd").value()));
  const auto again =
      commands.add("ani56@guru.sd", details("17081985", "", "Perahu-ke-hulu-8"), cheap, year);
  CHECK_THAT(again.error().why, Contains("already"));
}

TEST_CASE_METHOD(CommandSite, "an account is not added with what cannot be right", "[central]") {
  const auto why = [&](std::string_view id, AccountCommands::Details typed) {
    return commands.add(id, std::move(typed), cheap, year).error().why;
  };
  CHECK_THAT(why("???", details("17081985", "", "Perahu-ke-hulu-7")), Contains("account id"));
  CHECK_THAT(why("ani56@guru.sd", details("31021985", "", "Perahu-ke-hulu-7")),
             Contains("birth date"));
  CHECK_THAT(why("ani56@guru.sd", details("17081985", "08", "Perahu-ke-hulu-7")),
             Contains("number"));
  CHECK_THAT(why("ani56@guru.sd", details("17081985", "", "ani56")), Contains("password"));
  CHECK_FALSE(commands.show("ani56@guru.sd"));
}

TEST_CASE_METHOD(CommandSite, "seeding tells how many were there already", "[central]") {
  const Seeding what{.count = 20, .csv = {}, .domain = "belajar.example"};
  const auto quiet = [](std::uint64_t) {};
  CHECK_THAT(commands.seed(what, quiet).value(),
             Contains("20 made-up accounts added;") && Contains("sandi-lama-contoh"));
  CHECK_THAT(commands.seed(what, quiet).value(),
             Contains("0 made-up") && Contains("20 were already there"));
}

TEST_CASE_METHOD(CommandSite, "an account is locked and unlocked", "[central]") {
  REQUIRE(commands.set_locked("budi12 guru sd", true));
  CHECK_THAT(commands.show(budi).value(), Contains("locked             yes"));
  REQUIRE(commands.set_locked("budi12 guru sd", false));
  CHECK_THAT(commands.show(budi).value(), Contains("locked             no"));
}

}  // namespace
}  // namespace pulih::central
