// What is read of an entry, attribute by attribute, without a server: the forms that are known, and
// that nothing else passes.
#include <catch2/catch.hpp>

#include "daemon/directory/ldap_entries.hpp"

namespace pulih::directory {
namespace {

const std::string csn = "20240229120500.000001Z#000000#000#000000";

LdapEntry entry_with(const std::string& attribute, std::vector<std::string> values) {
  LdapEntry entry;
  entry.dn = "uid=x,dc=example,dc=org";
  const auto set = [&](const std::string& name, const std::vector<std::string>& all) {
    auto& list = entry.attributes[name];
    list.clear();
    for (const auto& value : all) list.emplace_back(value);
  };
  set("entryCSN", {csn});
  set("uid", {"budi12@guru.sd"});
  set("schacDateOfBirth", {"19850817"});
  set(attribute, values);
  return entry;
}
central::DirectoryListed read(const std::string& attribute, const std::string& value,
                              const LdapSchema& schema = {}) {
  return account_of(entry_with(attribute, {value}), schema);
}

TEST_CASE("a birth date is read in the forms that schemas have", "[ldap]") {
  for (const auto* written : {"19850817", "1985-08-17", "19850817000000Z", "198508170000Z",
                              "1985081700Z", "19850817000000.000+0700"}) {
    const auto account = read("schacDateOfBirth", written);
    REQUIRE(account);
    CHECK(account->birth_date.reveal() == 19850817);
  }
  for (const auto* written :
       {"", "0", "1985", "850817", "17081985", "19851317", "19850230", "18991231", "1985-8-17",
        "1985/08/17", "19850817x", "198508170", "-9850817", "+9850817", "1985-0-817", "19850817 ",
        "99999999999999999999"})
    CHECK_FALSE(read("schacDateOfBirth", written));
}

TEST_CASE("a phone is read as people write it, and none is no fault", "[ldap]") {
  for (const auto* written : {"6281100000000", "+6281100000000", "+62 811 0000 0000",
                              "0811-0000-0000", "(0811) 0000 0000"}) {
    const auto account = read("mobile", written);
    REQUIRE(account);
    CHECK(account->phone.digits() == "6281100000000");
  }
  CHECK(account_of(entry_with("mobile", {}), {})->phone.empty());
  CHECK(read("mobile", "")->phone.empty());
  for (const auto* written : {"ya", "1", "+", "62811000000000000000000", "0811;0812"})
    CHECK_FALSE(read("mobile", written));
  LdapSchema without;
  without.phone.clear();
  CHECK(read("mobile", "ya", without)->phone.empty());
}

TEST_CASE("an id is in normal form, without the account domain", "[ldap]") {
  CHECK(read("uid", "Budi12@Guru.SD")->id == "budi12@guru.sd");
  LdapSchema with_domain;
  with_domain.account_domain = "Belajar.Example";
  CHECK(read("uid", "budi12@guru.sd.BELAJAR.example", with_domain)->id == "budi12@guru.sd");
  for (const auto* written :
       {"budi12@guru.sd", "budi12@guru.sdbelajar.example", "@guru.sd.belajar.example",
        "budi12@.belajar.example", ".belajar.example", "belajar.example"})
    CHECK_FALSE(read("uid", written, with_domain));
  for (const auto* written :
       {"", "budi12", "@", "a@", "@b", "a@b@c", "a b@c", "b\xc3\xbc@guru.sd", "a@b\n", "a@b\x7f"})
    CHECK_FALSE(read("uid", written));
  CHECK_FALSE(read("uid", std::string("a\0@guru.sd", 10)));
  CHECK_FALSE(read("uid", std::string(200, 'a') + "@guru.sd"));
}

TEST_CASE("attributes are the same in either case, and several values are none", "[ldap]") {
  CHECK(read("UID", "sari3@guru.smp")->id == "sari3@guru.smp");
  for (const auto* attribute : {"uid", "schacDateOfBirth", "mobile", "mail", "entryCSN"}) {
    const auto account = account_of(entry_with(attribute, {"19850817", "19850818"}), {});
    REQUIRE_FALSE(account);
    CHECK(account.error().find("1985") == std::string::npos);
    CHECK(account.error().find(attribute) != std::string::npos);
  }
}

TEST_CASE("without its state or with a DN that is too long an entry is none", "[ldap]") {
  for (const auto* state : {"", "planted", "20240229120500Z"}) CHECK_FALSE(read("entryCSN", state));
  auto entry = entry_with("mail", {});
  entry.dn = "uid=" + std::string(central::longest_handle, 'x');
  CHECK_FALSE(account_of(entry, {}));
  entry.dn.clear();
  CHECK_FALSE(account_of(entry, {}));
}

TEST_CASE("the mark of a password is never one that an earlier password had", "[ldap]") {
  const auto mark = [](const std::string& state, const std::string& changed) {
    auto entry = entry_with("pwdChangedTime", {changed});
    entry.attributes["entryCSN"].clear();
    entry.attributes["entryCSN"].emplace_back(state);
    return marks_of(entry)->password;
  };
  // Twice in one second, then a change of something else: the time alone would be the same.
  const auto one = mark("20240229120500.000001Z#000000#000#000000", "20240229120500Z"),
             two = mark("20240229120500.000002Z#000000#000#000000", "20240229120500Z"),
             settled = mark("20240229120501.000000Z#000000#000#000000", "20240229120500Z");
  CHECK(one != two);
  CHECK(two != settled);
  CHECK(settled == mark("20240301000000.000000Z#000000#000#000000", "20240229120500Z"));
  // An old hash that is put back.
  auto entry = entry_with("userPassword", {"{SSHA}x"});
  const auto before = marks_of(entry)->password;
  entry.attributes["pwdChangedTime"].emplace_back("20240229120500Z");
  CHECK(marks_of(entry)->password != before);
  // A directory without either.
  CHECK(marks_of(entry_with("mail", {}))->password == "s" + csn);
}

}  // namespace
}  // namespace pulih::directory
