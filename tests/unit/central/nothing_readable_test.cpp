// Invariant 4 at the central database: after everything that is done to accounts, no octet sequence
// of its files reads as somebody's number, name, address, birth date or verifier.
#include <algorithm>
#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/seed.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

constexpr std::string_view new_verifier =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$dGhlbmV3dmVyaWZpZXI";

std::string little_endian(std::uint64_t number, std::size_t octets) {
  std::string text;
  for (std::size_t i = 0; i < octets; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

std::string big_endian(std::uint64_t number, std::size_t octets) {
  auto text = little_endian(number, octets);
  std::ranges::reverse(text);
  return text;
}

std::string two_digits(std::uint32_t number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

// A number as text with and without its country, and as the integers that a database or our own
// records would write.
void plant_number(std::vector<std::string>& planted, std::uint64_t number) {
  const auto digits = std::to_string(number);
  accounts::WipedBytes leb128;
  conversation::disk::Writer(leb128).number(number);
  planted.insert(planted.end(),
                 {digits, "0" + digits.substr(2), digits.substr(2), little_endian(number, 6),
                  big_endian(number, 6), std::string(leb128.begin(), leb128.end())});
}

void plant_date(std::vector<std::string>& planted, std::uint32_t yyyymmdd) {
  const auto year = std::to_string(yyyymmdd / 10000);
  const auto month = two_digits(yyyymmdd / 100 % 100), day = two_digits(yyyymmdd % 100);
  planted.insert(planted.end(), {year + month + day, day + month + year,
                                 year + "-" + month + "-" + day, day + "-" + month + "-" + year,
                                 day + "/" + month + "/" + year, day + "." + month + "." + year});
}

void plant(std::vector<std::string>& planted, const MadeUp& who) {
  plant_number(planted, who.phone.value());
  plant_date(planted, who.birth_date);
  planted.insert(planted.end(), {who.id, who.id.substr(0, who.id.find('@')), who.email,
                                 who.email.substr(0, who.email.find('@'))});
}

TEST_CASE_METHOD(InventedSite, "nothing of an account stands readable in the files", "[central]") {
  std::vector<std::string> planted = {
      "@example.org",           "@guru.", "$argon2id", "m=19456", std::string(seeded_password),
      std::string(new_verifier)};
  constexpr std::uint64_t count = 50;
  auto accounts = open_register();
  EmbeddedCentral central(file, keys, entropy);
  REQUIRE(seed(accounts, keys, {.count = count, .csv = {}, .domain = {}}, [](std::uint64_t) {}));
  for (std::uint64_t number = 0; number < count; ++number) plant(planted, made_up(1, number));

  const auto key = keys.account(made_up(1, 0).id);
  PasswordChange change{.id = {1},
                        .account = key,
                        .account_id = made_up(1, 0).id,
                        .base_password_version = 1,
                        .base_identity_version = 1,
                        .verifier = std::string(new_verifier)};
  REQUIRE(central.apply_password(change, {}).value() == Verdict::applied);
  REQUIRE(accounts.change_phone(key, phone(77'777), {}).value());
  plant_number(planted, phone(77'777).value());
  REQUIRE(central.open_ticket({{2}, 1869899, key, made_up(1, 0).id, 1, {}}));

  std::size_t searched = 0;
  for (const auto* name : {"central.db", "central.db-wal", "central.db-shm"}) {
    const auto octets = octets_of(folder / name);
    searched += octets.size();
    for (std::size_t i = 0; i < planted.size(); ++i) {
      INFO(name << ", value " << i);
      CHECK(octets.find(planted[i]) == octets.npos);
    }
  }
  CHECK(searched > count * 200);
}

}  // namespace
}  // namespace pulih::central
