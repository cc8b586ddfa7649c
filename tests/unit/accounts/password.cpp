// What may be chosen: judged by how a password reads. Each refusal here is one that a person who
// knows the teacher or the country would try; what is merely unusual or simple must pass.
#include "daemon/accounts/password.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "daemon/accounts/word_lists.hpp"
#include "tests/unit/accounts/counting_entropy.hpp"

namespace pulih::accounts {
namespace {

constexpr PasswordRules rules;
constexpr OwnWords own{"bekti.wulandari12@guru.sd", 19850817};

PasswordFault checked(std::string_view text, const OwnWords& who = own) {
  return check(Secret(text), {8, 100}, who);
}

}  // namespace

TEST_CASE("a password has twelve characters unless the site says otherwise", "[password]") {
  CHECK(check(Secret("vkq7mzw2hxp"), rules, own) == PasswordFault::too_short);
  CHECK(check(Secret("vkq7mzw2hxpt"), rules, own) == PasswordFault::none);
}

TEST_CASE("no site may ask for fewer than eight characters", "[password]") {
  CHECK(check(Secret("vkq7mzw"), {1, 100}, own) == PasswordFault::too_short);
  CHECK(check(Secret("vkq7mzw2"), {1, 100}, own) == PasswordFault::none);
  CHECK(check(Secret(), rules, own) == PasswordFault::too_short);
}

TEST_CASE("a password has at most a hundred characters, or fewer if the site says so",
          "[password]") {
  std::string text;
  for (std::size_t i = 0; text.size() < 100; ++i) text += password_words()[97 * i];
  text.resize(100);
  CHECK(checked(text) == PasswordFault::none);
  CHECK(checked(text + "x") == PasswordFault::characters);
  CHECK(check(Secret(text), {8, 200}, own) == PasswordFault::none);
  CHECK(check(Secret(text + "x"), {8, 200}, own) == PasswordFault::characters);
  CHECK(check(Secret("vkq7mzw2hxptg"), {8, 12}, own) == PasswordFault::characters);
}

TEST_CASE("printable ASCII only", "[password]") {
  CHECK(checked("vkq7 mzw2 ~!\"'\\") == PasswordFault::none);
  for (const auto* text : {"vkq7mzw2hxé", "vkq7mzw2\thx", "vkq7mzw2\x7Fhx",
                           "\xF0\x9F\x98\x80"
                           "kq7mzw"})
    CHECK(checked(text) == PasswordFault::characters);
  CHECK(checked(std::string_view("vkq7\0mzw2hx", 11)) == PasswordFault::characters);
}

TEST_CASE("what everybody thinks of is refused however it is spelt", "[password]") {
  for (const auto* text :
       {"password",          "PassWord1234",   "p4ssw0rd!",      "P@$$w0rd2024",    "drowssap99",
        "pass-word-123",     "sayangku",       "S4y4ngku123",    "54y4n6ku",        "sayang sayang",
        "123sayangku",       "bismillah",      "Bismillah99!!",  "b1sm1ll4h",       "indonesia1945",
        "Indonesia Merdeka", "merahputih45",   "guru penggerak", "sekolahku2024",   "akucintakamu",
        "persib bandung",    "jayapura1",      "sitinurhaliza",  "budisantoso",     "mamapapa123",
        "1qaz2wsx3edc",      "qwerty123456",   "12345678910",    "081234567",       "katasandi",
        "rahasia!!!",        "@dministrator1", "agustus1945",    "17 Agustus 1945", "haisayang",
        "gn4y4s gn4y4s"}) {
    INFO(text);
    CHECK(checked(text) == PasswordFault::guessable);
  }
}

TEST_CASE("what an account tells of itself is refused", "[password]") {
  for (const auto* text : {"bektiwulandari", "Bekti.Wulandari12", "bekti.wulandari12@guru.sd",
                           "wulandari2024",  "w u l a n d a r i", "b3kt1 wul4nd4r1",
                           "iradnaluw!",     "bekti12345678",     "bektiwul99",
                           "gurubekti1",     "sayangbekti",       "bekti sayang 12",
                           "17081985",       "17-08-1985",        "1985.08.17",
                           "08/17/1985",     "bekti170885",       "1781985x",
                           "bekti1985",      "17081985bekti!",    "58918071",
                           "sayang17081985", "17Agustus1985",     "850817 guru",
                           "wulan-wulandari"}) {
    INFO(text);
    CHECK(checked(text) == PasswordFault::guessable);
  }
}

TEST_CASE("units, runs and dates are refused", "[password]") {
  for (const auto* text : {"aaaaaaaa",
                           "a-a-a-a-a-a-a-a",
                           "xyxyxyxyx",
                           "kopra kopra kopra",
                           "tm7tm7tm7",
                           "abcdefgh",
                           "zyxwvuts",
                           "abcd-1234-efgh",
                           "23456789",
                           "98765432",
                           "qwertyuiop",
                           "poiuytrewq",
                           "qweasdzxc",
                           "asdfghjk",
                           "!@#$%^&*",
                           "111222333",
                           "aaabbbccc",
                           "12031990",
                           "19900312",
                           "03121990",
                           "120390040592",
                           "31.12.1999",
                           "1990-03-12 2011-07-05",
                           "147258369"}) {
    INFO(text);
    CHECK(checked(text) == PasswordFault::guessable);
  }
}

TEST_CASE("simple but unforeseen passwords are allowed", "[password]") {
  for (const auto* text :
       {"kereta lumpur sendok", "tiga ekor tupai melompat", "hujan-deras-di-dermaga",
        "nasi jagung tetangga", "vkq7mzw2", "839274658123", "bekti naik perahu kayu",
        "wulandari&trompet&koper", "rumah di ujung gang", "sayang pada ombak jauh",
        "kopi9tikar4lentera", "guru pergi ke pasar ikan", "Mz#8vT!q"}) {
    INFO(text);
    CHECK(checked(text) == PasswordFault::none);
  }
}

TEST_CASE("a short name is a word of its own, not a part of others", "[password]") {
  const OwnWords ani{"ani7@guru.sd", 0};
  CHECK(checked("ani12345", ani) == PasswordFault::guessable);
  CHECK(checked("ani7ani7x", ani) == PasswordFault::guessable);
  CHECK(checked("pelayaranini", ani) == PasswordFault::none);
}

TEST_CASE("nothing is known of an account without id and birth date", "[password]") {
  CHECK(checked("trompet lumut", {}) == PasswordFault::none);
  CHECK(checked("password", {}) == PasswordFault::guessable);
  const std::string long_id(10'000, 'k');
  CHECK(checked("trompet lumut", {long_id, 99999999}) == PasswordFault::none);
}

TEST_CASE("a generated password is four words of the list, and a good one", "[password]") {
  SystemEntropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    const auto password = generate(entropy);
    const auto text = password.reveal();
    CHECK(std::count(text.begin(), text.end(), '-') == 3);
    CHECK(text.size() <= 27);
    CHECK(text.size() >= 15);
    CHECK(check(password, rules, own) == PasswordFault::none);
    seen.emplace(text);
  }
  CHECK(seen.size() == 500);
}

TEST_CASE("the same entropy generates the same password", "[password]") {
  CountingEntropy one, other;
  CHECK(generate(one) == generate(other));
}

}  // namespace pulih::accounts
