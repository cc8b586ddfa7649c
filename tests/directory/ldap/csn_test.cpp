// The place of a listing among several servers, and the CSN from which the next one asks.
#include <catch2/catch.hpp>

#include "daemon/central/directory.hpp"
#include "daemon/directory/ldap_csn.hpp"

namespace pulih::directory {
namespace {

LdapProgress progress(const std::vector<std::string>& csns) {
  std::vector<accounts::Secret> values;
  for (const auto& csn : csns) values.emplace_back(csn);
  return LdapProgress(std::span<const accounts::Secret>(values));
}
LdapProgress again(const LdapProgress& one) { return LdapProgress(std::string_view(one.place())); }

const std::string first = "20240229120500.000001Z#000000#001#000000",
                  first_later = "20240229120500.000001Z#000001#001#000000",
                  second = "20200101000000.000000Z#000000#002#000000",
                  second_later = "20200101001500.000000Z#000000#002#000000";

TEST_CASE("a CSN is read as servers write it, and nothing else", "[ldap]") {
  const auto csn = read_csn(first_later);
  REQUIRE(csn);
  CHECK(csn->server == "001");
  CHECK(csn->place == "20240229120500000001000001");
  for (const auto* strange :
       {"", "planted", "20240229120500Z#000000#00#000000",
        "20240229120500.000001Z#000000#001#00000", "20240229120500.000001Z#000000#001#0000000",
        "2024022912050x.000001Z#000000#001#000000", "20240229120500.000001Z#00000X#001#000000",
        "20240229120500.000001Z#000000#0*1#000000", "20240229120500.000001Z)000000#001#000000"})
    CHECK_FALSE(read_csn(strange));
}

TEST_CASE("without news the newest time is asked again, less an overlap", "[ldap]") {
  const auto now = progress({first, second});
  CHECK(now.since(again(now)) == "20240229115500.000000Z#000000#000#000000");
  const auto new_year = progress({second});
  CHECK(new_year.since(again(new_year)) == "20191231235000.000000Z#000000#000#000000");
}

TEST_CASE("what changed is asked from where its own server was", "[ldap]") {
  const auto before = progress({first, second});
  CHECK(progress({first, second_later}).since(again(before)) ==
        "20191231235000.000000Z#000000#000#000000");
  // A count within one microsecond is news as well.
  CHECK(progress({first_later, second}).since(again(before)) ==
        "20240229115500.000000Z#000000#000#000000");
  CHECK(progress({second, first}).place() == before.place());
}

TEST_CASE("where no CSN is enough there is none", "[ldap]") {
  const auto both = progress({first, second});
  CHECK_FALSE(progress({first, second_later}).since(progress({first})));  // a new server
  CHECK_FALSE(progress({first}).since(both));                             // one was taken out
  CHECK_FALSE(both.since(progress({first_later, second})));               // a backup was restored
  CHECK_FALSE(progress({}).since(both));
  CHECK_FALSE(both.since(progress({})));
  CHECK_FALSE(both.since(progress({first, "planted"})));
  CHECK_FALSE(progress({"20249999999999.000001Z#000000#001#000000"})
                  .since(progress({"20249999999999.000001Z#000000#001#000000"})));
  for (const auto* strange : {"now", "0", "001", "00120240229120500000001", "\xff"})
    CHECK_FALSE(both.since(LdapProgress(std::string_view(strange))));
}

TEST_CASE("a place that would be too long is the beginning", "[ldap]") {
  std::vector<std::string> csns;
  for (char server = '1'; server <= '9'; ++server) {
    csns.push_back(std::string("20240229120500.000001Z#000000#00") + server + "#000000");
    const auto place = progress(csns).place();
    CHECK(place.size() <= central::longest_mark);
    CHECK(place.empty() == (csns.size() > 4));
  }
}

}  // namespace
}  // namespace pulih::directory
