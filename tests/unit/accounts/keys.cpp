// Tags differ whenever what they are made for differs, and a sealed row opens at its own place
// under its own key only.
#include "daemon/accounts/keys.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/accounts/counting_entropy.hpp"
#include "tests/unit/accounts/invented_key.hpp"

namespace pulih::accounts {
namespace {

Blob octets(std::string_view text) { return {text.begin(), text.end()}; }

constexpr auto bekti = "bekti7@guru.sd";
const auto number = *Msisdn::from_normal_form("6281100001234");

}  // namespace

TEST_CASE("the same input has the same tag under the same key", "[keys]") {
  const SiteKeys here(invented_key(1)), again(invented_key(1)), elsewhere(invented_key(2));
  CHECK(here.person(number) == again.person(number));
  CHECK(here.person(number) != elsewhere.person(number));
  CHECK(here.account(bekti) == again.account(bekti));
  CHECK(here.code_tag(7, 1, "482916") == again.code_tag(7, 1, "482916"));
}

TEST_CASE("what lies on disk was made like this", "[keys]") {
  // Computed with Python's hashlib and libsodium's AEAD by hand. A change of these values makes
  // every database of before unreadable.
  const SiteKeys keys(invented_key(1));
  CHECK(keys.person(number) == 0x2FD11766A31159F5u);
  CHECK(keys.account(bekti) == 0x6F244D9A9C7B9955u);
  CHECK(keys.text_tag(1, "RESET") == 0x7D0C8AE25C406886u);
  CHECK(keys.carrier_id_tag("timur", "7F") == 0xA7E52F8B5F605BCAu);
  Blob sealed = {0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,
                 11,   12,   13,   14,   15,   16,   17,   18,   19,   20,   21,
                 22,   23,   0xDD, 0xB6, 0x5F, 0xFF, 0x73, 0xA7, 0x0C, 0x77, 0xDA,
                 0x95, 0x92, 0xA1, 0x05, 0x24, 0x36, 0xDF, 0xF9, 0xD4};
  CHECK(keys.open(sealed, "person", 1) == WipedBytes{'h', 'i'});
}

TEST_CASE("row keys are positive as a signed number and never zero", "[keys]") {
  const SiteKeys keys(invented_key(3));
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto key = keys.person(Msisdn::from_value(6281100000000 + i));
    CHECK(key > 0);
    CHECK(key >> 63 == 0);
  }
}

TEST_CASE("a code's tag is bound to its session and generation", "[keys]") {
  const SiteKeys keys(invented_key(4));
  const std::set<Tag> tags = {keys.code_tag(1, 1, "482916"), keys.code_tag(1, 2, "482916"),
                              keys.code_tag(2, 1, "482916"), keys.code_tag(1, 1, "482917"),
                              keys.code_tag(1, 1, "48291"),  keys.code_tag(1, 1, "")};
  CHECK(tags.size() == 6);
}

TEST_CASE("a birth date's tag is bound to its account", "[keys]") {
  const SiteKeys keys(invented_key(4));
  CHECK(keys.birth_date_tag(1, 19850817) == keys.birth_date_tag(1, 19850817));
  CHECK(keys.birth_date_tag(1, 19850817) != keys.birth_date_tag(2, 19850817));
  CHECK(keys.birth_date_tag(1, 19850817) != keys.birth_date_tag(1, 19850818));
}

TEST_CASE("a text's tag is bound to its sender", "[keys]") {
  const SiteKeys keys(invented_key(4));
  CHECK(keys.text_tag(1, "RESET") != keys.text_tag(2, "RESET"));
  CHECK(keys.text_tag(1, "RESET") != keys.text_tag(1, "RESET "));
}

TEST_CASE("where a carrier's name ends and its message id begins makes a difference", "[keys]") {
  const SiteKeys keys(invented_key(4));
  CHECK(keys.carrier_id_tag("timur", "17") != keys.carrier_id_tag("timur1", "7"));
}

TEST_CASE("tags are compared in full", "[keys]") {
  Tag a{}, b{};
  CHECK(same(a, b));
  b.back() = 1;
  CHECK_FALSE(same(a, b));
}

TEST_CASE("what was sealed opens again, nothing too", "[keys]") {
  const SiteKeys keys(invented_key(5));
  SystemEntropy entropy;
  for (const auto* text : {"", "x", "17081985", "a message of some length that carries a code"}) {
    const auto plain = octets(text);
    const auto sealed = keys.seal(plain, "person", 42, entropy);
    CHECK(sealed.size() == 24 + plain.size() + 16);
    const auto opened = keys.open(sealed, "person", 42);
    REQUIRE(opened);
    CHECK(Blob(opened->begin(), opened->end()) == plain);
  }
}

TEST_CASE("a sealed row opens at its own place under its own key only", "[keys]") {
  const SiteKeys keys(invented_key(5)), others(invented_key(6));
  SystemEntropy entropy;
  const auto sealed = keys.seal(octets("17081985"), "person", 42, entropy);
  CHECK_FALSE(keys.open(sealed, "person", 43));
  CHECK_FALSE(keys.open(sealed, "guard", 42));
  CHECK_FALSE(keys.open(sealed, "", 42));
  CHECK_FALSE(others.open(sealed, "person", 42));
}

TEST_CASE("a sealed row with any bit flipped or octet missing does not open", "[keys]") {
  const SiteKeys keys(invented_key(5));
  SystemEntropy entropy;
  const auto sealed = keys.seal(octets("17081985"), "person", 42, entropy);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto altered = sealed;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    CHECK_FALSE(keys.open(altered, "person", 42));
  }
  for (std::size_t length = 0; length < sealed.size(); ++length)
    CHECK_FALSE(keys.open(std::span(sealed).first(length), "person", 42));
}

TEST_CASE("the same text sealed twice looks different", "[keys]") {
  const SiteKeys keys(invented_key(5));
  SystemEntropy entropy;
  const auto plain = octets("17081985");
  CHECK(keys.seal(plain, "person", 42, entropy) != keys.seal(plain, "person", 42, entropy));
}

TEST_CASE("sealing into a buffer uses its memory again", "[keys]") {
  const SiteKeys keys(invented_key(5));
  SystemEntropy entropy;
  Blob sealed;
  WipedBytes opened;
  sealed.reserve(100);
  opened.reserve(100);
  const auto* sealed_at = sealed.data();
  const auto* opened_at = opened.data();
  keys.seal_into(sealed, octets("17081985"), "person", 42, entropy);
  CHECK(keys.open_into(opened, sealed, "person", 42));
  CHECK(sealed.data() == sealed_at);
  CHECK(opened.data() == opened_at);
  CHECK(opened.size() == 8);
}

}  // namespace pulih::accounts
