// The accounts of a real directory: all of them, in pages, and what changed since, whichever server
// changed it and whatever its clock said.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/directory/ldap/slapd.hpp"

namespace pulih::directory {
namespace {

using Kind = Unavailable::Kind;

struct ListingSite {
  Slapd& slapd = Slapd::shared();
  std::string base = new_base(slapd);

  LdapDirectory driver() {
    auto settings = slapd.settings();
    settings.base = base;
    return LdapDirectory(std::move(settings));
  }
  Invented teacher(const std::string& id) const {
    Invented made;
    made.id = id;
    made.base = base;
    return made;
  }
  void set(const Invented& who, const std::string& attribute, const std::string& value) {
    slapd.change("dn: " + who.dn() + "\nchangetype: modify\nreplace: " + attribute + "\n" +
                 attribute + ": " + value + "\n");
  }
};

std::string csn_of(const std::string& time, int server) {
  return time + ".000001Z#000000#00" + std::to_string(server) + "#000000";
}

TEST_CASE_METHOD(ListingSite, "an entry is told as it is", "[ldap]") {
  auto budi = teacher("Budi12@guru.SD");
  slapd.change(budi.ldif());
  auto directory = driver();
  const auto listed = list(directory);
  REQUIRE(listed.entries.size() == 1);
  const auto& told = listed.entries.front();
  CHECK(told.handle == budi.dn());
  CHECK(told.id == "budi12@guru.sd");
  CHECK(told.birth_date.reveal() == 19850817);
  CHECK(told.phone.digits() == "6281100000000");
  CHECK(told.email.reveal() == "budi12@example.org");
  CHECK(told.region == "papua");
  CHECK(told.activated);
  CHECK_FALSE(told.locked);
  CHECK(told.marks.state == slapd.value(budi.dn(), "entryCSN"));
  const auto read = got(directory.read(told.handle));
  REQUIRE(read);
  CHECK(read->id == told.id);
  CHECK(read->marks.password == told.marks.password);
}

TEST_CASE_METHOD(ListingSite, "what the configuration names decides on region, lock and activation",
                 "[ldap]") {
  auto settings = slapd.settings();
  settings.base = base;
  settings.schema.account_domain = "belajar.example";
  settings.schema.region_attribute = "region";
  settings.schema.locked = LdapTest{"accountState", "locked"};
  settings.schema.activated = LdapTest{"userPassword", "*"};
  LdapDirectory directory(std::move(settings));
  auto sari = teacher("sari3@guru.smp.belajar.example");
  sari.more = "region: Papua-Barat\naccountState: LOCKED\n";
  auto budi = teacher("budi12@guru.sd.belajar.example");
  budi.more = "region: maluku\n";
  budi.password = "";
  slapd.change(sari.ldif() + budi.ldif() + teacher("wati@guru.sd.lain.example").ldif());
  const auto listed = list(directory);
  const auto* first = listed.find("sari3@guru.smp");
  const auto* second = listed.find("budi12@guru.sd");
  REQUIRE(first != nullptr);
  REQUIRE(second != nullptr);
  CHECK(first->region == "papua-barat");
  CHECK(first->locked);
  CHECK(first->activated);
  CHECK(second->region == "maluku");
  CHECK_FALSE(second->locked);
  CHECK_FALSE(second->activated);
  CHECK(listed.faults == std::vector<std::string>{"a uid outside the account domain"});
}

TEST_CASE("thousands of entries come in pages, each once, over a socket and over TLS", "[ldap]") {
  Slapd slapd;
  slapd.stop();
  std::string ldif;
  for (int i = 0; i < 2'500; ++i) {
    Invented teacher;
    teacher.id = "guru" + std::to_string(i) + "@guru.sd";
    teacher.password = "";
    ldif += teacher.ldif();
  }
  slapd.load(ldif);
  slapd.start();
  for (const auto& uri : {slapd.socket(), slapd.tls()}) {
    auto settings = slapd.settings();
    settings.place.uri = uri;
    LdapDirectory directory(std::move(settings));
    const auto listed = list(directory);
    std::set<std::string> ids;
    for (const auto& entry : listed.entries) ids.insert(entry.id);
    CHECK(listed.entries.size() == 2'500);
    CHECK(ids.size() == 2'500);
    CHECK(listed.faults.empty());
  }
  // slapd tells 500 entries to whom olcLimits does not name.
  auto settings = slapd.settings();
  settings.place.bind_dn = "cn=reader," + suffix;
  settings.place.password = accounts::Secret("secret-of-reader");
  LdapDirectory reader(std::move(settings));
  const auto error = reader.list("", [](auto&&) {}).error();
  CHECK(error.kind == Kind::refused);
  CHECK(error.why.find("olcLimits") != std::string::npos);
}

TEST_CASE_METHOD(ListingSite, "whoever ends a listing ends it, and the connection goes on",
                 "[ldap]") {
  slapd.change(teacher("budi12@guru.sd").ldif() + teacher("sari3@guru.smp").ldif());
  auto directory = driver();
  const auto end = [&] {
    (void)directory.list("", [](auto&&) { throw std::runtime_error("end"); });
  };
  CHECK_THROWS_WITH(end(), "end");
  CHECK(list(directory).entries.size() == 2);
}

TEST_CASE("since a place only what changed is told, and what changed is told", "[ldap]") {
  Slapd slapd;
  slapd.stop();
  std::string ldif;
  Invented budi;
  for (int i = 0; i < 20; ++i) {
    budi.id = "guru" + std::to_string(i) + "@guru.sd";
    budi.more = "entryCSN: " + csn_of("20240101000000", 0) + "\n";
    ldif += budi.ldif();
  }
  slapd.load(ldif);
  slapd.start();
  LdapDirectory directory(slapd.settings());
  const auto full = list(directory);
  CHECK(full.entries.size() == 20);
  REQUIRE_FALSE(full.place.empty());
  CHECK(full.place.size() <= central::longest_mark);
  CHECK(list(directory, full.place).entries.empty());
  slapd.change("dn: " + budi.dn() + "\nchangetype: modify\nreplace: mobile\nmobile: 62811000099\n");
  const auto changed = list(directory, full.place);
  REQUIRE(changed.entries.size() == 1);
  CHECK(changed.entries.front().id == budi.id);
  CHECK(changed.place != full.place);
  for (const auto* strange : {"", "place", "000", "00020240101000000000001"})
    CHECK(list(directory, strange).entries.size() == 20);
}

TEST_CASE("a change by another server whose clock is years behind is told", "[ldap]") {
  Slapd slapd;
  slapd.stop();
  const auto add = [&](const std::string& id, const std::string& time, int server) {
    Invented made;
    made.id = id + "@guru.sd";
    made.more = "entryCSN: " + csn_of(time, server) + "\n";
    slapd.load(made.ldif());
  };
  add("satu", "20240601000000", 1);
  add("dua", "20200101000000", 2);
  slapd.start();
  LdapDirectory directory(slapd.settings());
  const auto before = list(directory);
  CHECK(before.entries.size() == 2);
  CHECK(list(directory, before.place).entries.empty());
  slapd.stop();
  add("tiga", "20200102000000", 2);
  slapd.start();
  const auto changed = list(directory, before.place);
  CHECK(changed.find("tiga@guru.sd") != nullptr);
  CHECK(list(directory, changed.place).entries.empty());
  // One that was never heard of before may have any clock.
  slapd.stop();
  add("empat", "19990101000000", 3);
  slapd.start();
  CHECK(list(directory, changed.place).find("empat@guru.sd") != nullptr);
}

TEST_CASE("a server that keeps no contextCSN is listed in full each time", "[ldap]") {
  Slapd slapd({.syncprov = false});
  LdapDirectory directory(slapd.settings());
  Invented budi;
  slapd.change(budi.ldif());
  const auto listed = list(directory);
  CHECK(listed.entries.size() == 1);
  CHECK(listed.place.empty());
}

TEST_CASE_METHOD(ListingSite, "an entry that cannot be used is told as that, without a value",
                 "[ldap]") {
  std::string ldif, expected;
  int number = 0;
  const auto add = [&](auto change) {
    auto made = teacher("guru" + std::to_string(++number) + "@guru.sd");
    change(made);
    ldif += made.ldif();
  };
  add([](Invented& t) { t.birth_date = ""; });
  add([](Invented& t) { t.birth_date = "19850230"; });
  add([](Invented& t) { t.birth_date = "planted"; });
  add([](Invented& t) { t.more = "schacDateOfBirth: 19850818\n"; });
  // Binary, no UTF-8, with a zero octet, and far too long.
  add([](Invented& t) { t.birth_date = ": AP/+gMHC"; });
  add([](Invented& t) { t.birth_date = std::string(200'000, '1'); });
  add([](Invented& t) { t.phone = "planted"; });
  add([](Invented& t) { t.phone = "12"; });
  add([](Invented& t) { t.more = "mobile: 62811000001\n"; });
  add([](Invented& t) { t.email = "planted"; });
  add([](Invented& t) { t.email = std::string(300, 'a') + "@example.org"; });
  add([](Invented& t) { t.more = "uid: planted@guru.sd\n"; });
  const auto good = teacher("baik@guru.sd");
  slapd.change(ldif + good.ldif());
  auto directory = driver();
  const auto listed = list(directory);
  CHECK(listed.entries.size() == 1);
  CHECK(listed.faults.size() == static_cast<std::size_t>(number));
  for (const auto& fault : listed.faults) {
    CHECK(fault.find("planted") == std::string::npos);
    CHECK(fault.find("guru") == std::string::npos);
    CHECK(std::ranges::all_of(fault, [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK(fault.size() < 100);
  }
  CHECK_FALSE(got(directory.read(teacher("guru1@guru.sd").dn())));
}

}  // namespace
}  // namespace pulih::directory
