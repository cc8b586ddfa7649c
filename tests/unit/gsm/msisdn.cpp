// Addresses as carriers and people write them: one number in all its forms, and what is a short
// code or a name instead.
#include "protocols/gsm/msisdn.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

namespace pulih::gsm {
namespace {

constexpr std::uint8_t unknown = 0, international = 1, national = 2, network = 3, alphanumeric = 5;

}  // namespace

TEST_CASE("one number has one normal form, however it is written", "[msisdn]") {
  for (const auto* written :
       {"6281100000001", "+6281100000001", "006281100000001", "081100000001", "+62 811-0000-0001",
        "0811 0000 0001", "(0811) 0000.0001", " +6281100000001 "})
    for (const auto ton : {unknown, international, national}) {
      INFO(written << " with TON " << int{ton});
      CHECK(normal_form(written, ton) == "6281100000001");
    }
}

TEST_CASE("a national number may come without its 0 if TON says national", "[msisdn]") {
  CHECK(normal_form("81100000001", national) == "6281100000001");
}

TEST_CASE("another country's number stays its own", "[msisdn]") {
  CHECK(normal_form("+15550100000", unknown) == "15550100000");
  CHECK(normal_form("0015550100000", unknown) == "15550100000");
  CHECK(normal_form("0811000001", unknown, "60") == "60811000001");
}

TEST_CASE("a number has 8 to 15 digits", "[msisdn]") {
  CHECK(normal_form("62811000", international) == "62811000");
  CHECK_FALSE(normal_form("6281100", international));
  CHECK(normal_form("628110000000001", international) == "628110000000001");
  CHECK_FALSE(normal_form("6281100000000001", international));
  CHECK_FALSE(normal_form(std::string(1000, '6'), international));
}

TEST_CASE("a short code is told from a number", "[msisdn]") {
  for (const auto ton : {unknown, national, network}) {
    const auto address = read_address("8880", ton);
    CHECK(address.kind == AddressKind::short_code);
    CHECK(address.normal == "8880");
    CHECK_FALSE(normal_form("8880", ton));
  }
  CHECK(read_address("0123", unknown).kind == AddressKind::short_code);
  CHECK(read_address("0123", unknown).normal == "0123");
  CHECK(read_address("8880", international).kind == AddressKind::short_code);
}

TEST_CASE("a name is told from a number, even one made of digits", "[msisdn]") {
  CHECK(read_address("BELAJAR", alphanumeric).kind == AddressKind::name);
  CHECK(read_address("BELAJAR", unknown).kind == AddressKind::name);
  CHECK(read_address("6281100000001", alphanumeric).kind == AddressKind::name);
  CHECK(read_address("BELAJAR", unknown).normal == "BELAJAR");
  CHECK_FALSE(normal_form("6281100000001", alphanumeric));
}

TEST_CASE("no address at all is absent", "[msisdn]") {
  CHECK(read_address("", unknown).kind == AddressKind::absent);
  CHECK_FALSE(normal_form("", international));
}

TEST_CASE("what only looks like a number is none", "[msisdn]") {
  for (const auto* written :
       {"+", "++6281100000001", "62+81100000001", "+081100000001", "000000000000", "00081100000001",
        "- -", "62811000000O1", "6281100000001#"})
    CHECK_FALSE(normal_form(written, unknown));
}

TEST_CASE("any address is read, and a normal form is 8 to 15 digits without a 0 in front",
          "[msisdn]") {
  CHECK(rc::check("read_address", [] {
    const auto written = *rc::gen::container<std::string>(rc::gen::oneOf(
        rc::gen::inRange('0', '9'), rc::gen::element('+', '0', ' ', '-', 'a', '\xFF')));
    const auto ton = *rc::gen::inRange<std::uint8_t>(0, 8);
    const auto form = normal_form(written, ton);
    if (!form) return;
    RC_ASSERT(form->size() >= 8u && form->size() <= 15u && form->front() != '0');
    RC_ASSERT(std::ranges::all_of(*form, [](char c) { return c >= '0' && c <= '9'; }));
    RC_ASSERT(normal_form(*form, international) == form);
  }));
}

}  // namespace pulih::gsm
