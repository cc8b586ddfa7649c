// A new password in a real directory: only on the state that was seen, decided by the server, and
// every other end told for what it is.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/directory/ldap/slapd.hpp"
#include "tests/link/relay.hpp"

namespace pulih::directory {
namespace {

using accounts::Secret;
using Kind = Unavailable::Kind;
using What = central::DirectoryWrite::What;

const std::string fresh = "Ombak-di-teluk-9";

// The shared server with one teacher under a base of her own, and a driver for it.
struct Fixture {
  Slapd& slapd = Slapd::shared();
  Invented budi;
  LdapSettings settings = slapd.settings();

  Fixture() {
    budi.base = settings.base = new_base(slapd);
    slapd.change(budi.ldif());
  }
  void policy(const std::string& name) {
    slapd.change("dn: " + budi.dn() +
                 "\nchangetype: modify\nreplace: pwdPolicySubentry\npwdPolicySubentry: cn=" + name +
                 "," + suffix + "\n");
  }
  void as(const std::string& user) {
    settings.place.bind_dn = "cn=" + user + "," + suffix;
    settings.place.password = Secret("secret-of-" + user);
  }
  // A change by others, which leaves the password.
  void touch(const std::string& phone) {
    slapd.change("dn: " + budi.dn() + "\nchangetype: modify\nreplace: mobile\nmobile: " + phone +
                 "\n");
  }
  void change_password(const std::string& password) {
    slapd.change("dn: " + budi.dn() +
                 "\nchangetype: modify\nreplace: userPassword\nuserPassword: " + password + "\n");
  }
  std::string state() const { return slapd.value(budi.dn(), "entryCSN"); }
  LdapDirectory driver() { return LdapDirectory(copy()); }
  LdapSettings copy() const {
    return {{settings.place.uri, settings.place.bind_dn, settings.place.password.duplicate(),
             settings.place.ca_file, settings.place.patience},
            settings.base,
            settings.filter,
            settings.schema,
            settings.password_form};
  }
};

bool has(const Unavailable& error, std::string_view text) {
  return error.why.find(text) != std::string::npos;
}

TEST_CASE_METHOD(Fixture, "a password is put on the state that was seen, and opens the account",
                 "[ldap]") {
  for (const auto form : {LdapPasswordForm::argon2, LdapPasswordForm::text}) {
    settings.password_form = form;
    auto directory = driver();
    const auto before = got(directory.read(budi.dn()));
    REQUIRE(before);
    const auto password = fresh + std::to_string(static_cast<int>(form));
    const auto put = got(directory.put_password(budi.dn(), before->marks.state, Secret(password)));
    CHECK(put.what == What::done);
    CHECK(slapd.lets_in(budi.dn(), password));
    CHECK_FALSE(slapd.lets_in(budi.dn(), budi.password));
    const auto after = got(directory.read(budi.dn()));
    REQUIRE(after);
    CHECK(put.marks.state != before->marks.state);
    CHECK(put.marks.password != before->marks.password);
    CHECK(put.marks.password == after->marks.password);
    CHECK(put.marks.state.size() <= central::longest_mark);
    CHECK(put.marks.password.size() <= central::longest_mark);
  }
}

TEST_CASE_METHOD(Fixture, "a state that is no longer there changes nothing", "[ldap]") {
  auto directory = driver();
  const auto seen = state();
  touch("+62 811 0000 0001");
  CHECK(got(directory.put_password(budi.dn(), seen, Secret(fresh))).what == What::changed);
  for (const auto* never : {"", "*", "20200101000000.000000Z#000000#000#000000", ")(uid=*"})
    CHECK(got(directory.put_password(budi.dn(), never, Secret(fresh))).what == What::changed);
  CHECK(slapd.lets_in(budi.dn(), budi.password));
}

TEST_CASE_METHOD(Fixture, "of writers on one state exactly one is told that it is done", "[ldap]") {
  settings.password_form = LdapPasswordForm::text;
  constexpr std::size_t writers = 4;
  std::vector<std::unique_ptr<LdapDirectory>> directories;
  for (std::size_t i = 0; i < writers; ++i)
    directories.push_back(std::make_unique<LdapDirectory>(copy()));
  for (int round = 0; round < 25; ++round) {
    const auto seen = state();
    std::array<tl::expected<central::DirectoryWrite, Unavailable>, writers> told;
    const auto password = [&](std::size_t i) {
      return fresh + std::to_string(round) + "-" + std::to_string(i);
    };
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < writers; ++i)
        threads.emplace_back([&, i] {
          told[i] = directories[i]->put_password(budi.dn(), seen, Secret(password(i)));
        });
    }
    std::size_t done = 0;
    for (std::size_t i = 0; i < writers; ++i) {
      const auto& one = got(told[i]);
      if (one.what == What::done) ++done;
      if (one.what != What::done) CHECK(one.what == What::changed);
      CHECK(slapd.lets_in(budi.dn(), password(i)) == (one.what == What::done));
    }
    REQUIRE(done == 1);
  }
}

TEST_CASE_METHOD(Fixture, "what the directory's policy refuses is told with the reason", "[ldap]") {
  settings.password_form = LdapPasswordForm::text;
  auto directory = driver();
  const auto refused = [&](const std::string& password) {
    const auto put = got(directory.put_password(budi.dn(), state(), Secret(password)));
    CHECK(put.what == What::refused);
    CHECK(put.why.find(password.empty() ? "x" : password) == std::string::npos);
    return put.why;
  };
  CHECK(refused("kurang") == "it is too short");
  CHECK(refused("") == "it is empty");
  CHECK(got(directory.put_password(budi.dn(), state(), Secret(fresh))).what == What::done);
  CHECK(refused(fresh) == "it was used before");
  policy("slow");
  CHECK(refused("Angin-di-bukit-7") == "the present one was set too short a time ago");
  CHECK(slapd.lets_in(budi.dn(), fresh));
}

TEST_CASE_METHOD(Fixture, "a policy that fits no password of ours is told to whoever runs the hub",
                 "[ldap]") {
  auto directory = driver();
  policy("strict");
  const auto hashed = directory.put_password(budi.dn(), state(), Secret(fresh));
  REQUIRE_FALSE(hashed);
  CHECK(hashed.error().kind == Kind::refused);
  CHECK(has(hashed.error(), "pwdCheckQuality"));
  policy("old");
  const auto old = directory.put_password(budi.dn(), state(), Secret(fresh));
  REQUIRE_FALSE(old);
  CHECK(has(old.error(), "pwdSafeModify"));
}

TEST_CASE_METHOD(Fixture, "an entry that is gone is gone", "[ldap]") {
  auto directory = driver();
  const auto seen = state();
  slapd.change("dn: " + budi.dn() + "\nchangetype: delete\n");
  CHECK(got(directory.put_password(budi.dn(), seen, Secret(fresh))).what == What::gone);
  CHECK_FALSE(got(directory.read(budi.dn())));
  CHECK(got(directory.has_password(budi.dn(), Secret(fresh))) == false);
  for (const auto& strange : {std::string(), std::string("no dn"), std::string("uid=a\0b", 7),
                              std::string(5'000, 'x'), "uid=*," + settings.base}) {
    CHECK(got(directory.put_password(strange, seen, Secret(fresh))).what == What::gone);
    CHECK_FALSE(got(directory.read(strange)));
    CHECK(got(directory.has_password(strange, Secret(fresh))) == false);
  }
}

TEST_CASE_METHOD(Fixture, "no right to see or to write is never taken for an entry that is gone",
                 "[ldap]") {
  as("reader");
  auto reader = driver();
  const auto put = reader.put_password(budi.dn(), state(), Secret(fresh));
  REQUIRE_FALSE(put);
  CHECK(put.error().kind == Kind::refused);
  CHECK(has(put.error(), "olcAccess"));
  CHECK_FALSE(has(put.error(), "budi"));
  settings.base = "ou=hidden," + suffix;
  auto blind = driver();
  for (const auto& error :
       {blind.put_password("uid=x," + settings.base, state(), Secret(fresh)).error(),
        blind.read("uid=x," + settings.base).error()}) {
    CHECK(error.kind == Kind::refused);
    CHECK(has(error, "base"));
  }
  CHECK(blind.list("", [](auto&&) {}).error().kind == Kind::refused);
  CHECK(slapd.lets_in(budi.dn(), budi.password));
}

TEST_CASE_METHOD(Fixture, "the mark of a password changes with it and with nothing else",
                 "[ldap]") {
  auto directory = driver();
  const auto mark = [&] { return got(directory.read(budi.dn()))->marks.password; };
  const auto first = mark();
  touch("+62 811 0000 0002");
  CHECK_FALSE(slapd.lets_in(budi.dn(), "wrong"));
  CHECK(mark() == first);
  change_password("Lain-1-lain");
  const auto second = mark();
  CHECK(second != first);
  change_password("Lain-1-lain");
  CHECK(mark() != second);
  CHECK(slapd.value(budi.dn(), "userPassword").find(second.substr(1)) == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a user who may not read hashes sees each change of a password as well",
                 "[ldap]") {
  as("unread");
  auto directory = driver();
  std::vector<std::string> marks;
  for (int change = 0; change < 5; ++change) {
    change_password("Lain-" + std::to_string(change));
    marks.push_back(got(directory.read(budi.dn()))->marks.password);
  }
  std::ranges::sort(marks);
  CHECK(std::ranges::unique(marks).empty());
  for (const auto form : {LdapPasswordForm::argon2, LdapPasswordForm::text}) {
    settings.password_form = form;
    const auto password = fresh + std::to_string(static_cast<int>(form));
    CHECK(got(driver().put_password(budi.dn(), state(), Secret(password))).what == What::done);
    CHECK(slapd.lets_in(budi.dn(), password));
  }
  as("writer");
  settings.password_form = LdapPasswordForm::argon2;
  CHECK(got(driver().put_password(budi.dn(), state(), Secret(fresh))).what == What::done);
  settings.password_form = LdapPasswordForm::text;
  const auto unproven = driver().put_password(budi.dn(), state(), Secret(fresh + "text"));
  REQUIRE_FALSE(unproven);
  CHECK(unproven.error().kind == Kind::refused);
  CHECK(has(unproven.error(), "=cw"));
}

TEST_CASE_METHOD(Fixture, "after a lost answer the directory tells whose password it has",
                 "[ldap]") {
  test::Relay relay(slapd.plain_port());
  settings.place.uri = "ldap://127.0.0.1:" + std::to_string(relay.port());
  auto directory = driver();
  const auto seen = got(directory.read(budi.dn()))->marks.state;
  relay.lose_next_answer();
  const auto put = directory.put_password(budi.dn(), seen, Secret(fresh));
  REQUIRE_FALSE(put);
  CHECK(put.error().kind == Kind::away);
  CHECK(got(directory.has_password(budi.dn(), Secret(fresh))) == true);
  CHECK(got(directory.has_password(budi.dn(), Secret(budi.password))) == false);
  CHECK(got(directory.put_password(budi.dn(), seen, Secret(fresh))).what == What::changed);
}

TEST_CASE_METHOD(Fixture, "an empty password opens nothing", "[ldap]") {
  auto directory = driver();
  CHECK(got(directory.has_password(budi.dn(), Secret())) == false);
  Invented none;
  none.id = "tanpa@guru.sd";
  none.base = budi.base;
  none.password = "";
  slapd.change(none.ldif());
  CHECK(got(directory.has_password(none.dn(), Secret(fresh))) == false);
}

TEST_CASE_METHOD(Fixture, "a password that must be changed or has expired is the right one still",
                 "[ldap]") {
  auto directory = driver();
  CHECK(got(directory.put_password(budi.dn(), state(), Secret(fresh))).what == What::done);
  slapd.change("dn: " + budi.dn() + "\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n");
  CHECK(got(directory.has_password(budi.dn(), Secret(fresh))) == true);
  CHECK(got(directory.has_password(budi.dn(), Secret("wrong"))) == false);
  // Nobody changed the invented teacher's password for years.
  policy("expiring");
  slapd.change("dn: " + budi.dn() +
               "\nchangetype: modify\nreplace: pwdReset\n-\nreplace: pwdChangedTime\n"
               "pwdChangedTime: 20200101000000Z\n");
  CHECK(got(directory.has_password(budi.dn(), Secret(fresh))) == true);
  CHECK(got(directory.has_password(budi.dn(), Secret("wrong"))) == false);
}

TEST_CASE_METHOD(Fixture, "of a locked entry nothing is said, and a new password unlocks it",
                 "[ldap]") {
  auto directory = driver();
  policy("locking");
  for (int guess = 0; guess < 2; ++guess) CHECK_FALSE(slapd.lets_in(budi.dn(), "wrong"));
  CHECK(got(directory.has_password(budi.dn(), Secret(budi.password))) == std::nullopt);
  CHECK(got(directory.put_password(budi.dn(), state(), Secret(fresh))).what == What::done);
  CHECK(slapd.lets_in(budi.dn(), fresh));
}

TEST_CASE_METHOD(Fixture, "a DN is the server's to read, whatever an id is made of", "[ldap]") {
  auto directory = driver();
  Invented strange;
  strange.base = budi.base;
  strange.id = "a+b=c;(*)@guru.sd";
  const auto ldif = strange.ldif();
  strange.id = "a\\+b=c\\;(*)@guru.sd";
  slapd.change("dn: " + strange.dn() + ldif.substr(ldif.find('\n')));
  const auto listed = list(directory);
  const auto* found = listed.find("a+b=c;(*)@guru.sd");
  REQUIRE(found != nullptr);
  const auto put = got(directory.put_password(found->handle, found->marks.state, Secret(fresh)));
  CHECK(put.what == What::done);
  CHECK(got(directory.has_password(found->handle, Secret(fresh))) == true);
}

TEST_CASE("a server that does not understand the form is found out with the first password",
          "[ldap]") {
  Slapd plain({.argon2 = false, .policy = false});
  Invented budi;
  plain.change(budi.ldif());
  const auto first = [&](LdapPasswordForm form) {
    auto settings = plain.settings();
    settings.password_form = form;
    LdapDirectory directory(std::move(settings));
    return directory.put_password(budi.dn(), plain.value(budi.dn(), "entryCSN"), Secret(fresh));
  };
  const auto hashed = first(LdapPasswordForm::argon2);
  REQUIRE_FALSE(hashed);
  CHECK(hashed.error().kind == Kind::refused);
  CHECK(has(hashed.error(), "olcModuleLoad: argon2"));
  const auto text = first(LdapPasswordForm::text);
  REQUIRE_FALSE(text);
  CHECK(text.error().kind == Kind::refused);
  CHECK(has(text.error(), "olcPPolicyHashCleartext"));
  CHECK_FALSE(has(text.error(), fresh));
}

TEST_CASE("a server without password policies takes passwords all the same", "[ldap]") {
  Slapd plain({.policy = false});
  Invented budi;
  plain.change(budi.ldif());
  LdapDirectory directory(plain.settings());
  for (const auto* password : {"Ombak-di-teluk-1", "Ombak-di-teluk-2"}) {
    const auto before = got(directory.read(budi.dn()));
    REQUIRE(before);
    const auto put = got(directory.put_password(budi.dn(), before->marks.state, Secret(password)));
    CHECK(put.what == What::done);
    CHECK(plain.lets_in(budi.dn(), password));
    CHECK(put.marks.password == got(directory.read(budi.dn()))->marks.password);
  }
}

}  // namespace
}  // namespace pulih::directory
