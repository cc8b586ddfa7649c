// What people type, spelling by spelling: a row is a text and what it means. The year is 2026.
#include "daemon/conversation/hearing.hpp"

#include <catch2/catch.hpp>

namespace pulih::conversation {
namespace {

struct IdentityRow {
  const char* typed;
  const char* id;            // "" : none
  std::uint32_t birth_date;  // 0: none
};

constexpr std::uint32_t year_now = 2026;
constexpr std::uint32_t seventeenth = 19850817;

const IdentityRow identities[] = {
    // ids
    {"budi12 guru sd", "budi12@guru.sd", 0},
    {"BUDI12 GURU SD", "budi12@guru.sd", 0},
    {"Budi12 Guru Sd", "budi12@guru.sd", 0},
    {"budi12@guru.sd", "budi12@guru.sd", 0},
    {"BUDI12@GURU.SD", "budi12@guru.sd", 0},
    {"budi12@guru.sd.belajar.example", "budi12@guru.sd", 0},
    {"Budi12@Guru.Sd.Belajar.Example", "budi12@guru.sd", 0},
    {"budi12 guru sd belajar", "budi12@guru.sd", 0},
    {"budi12 at guru sd", "budi12@guru.sd", 0},
    {"budi12 AT guru.sd", "budi12@guru.sd", 0},
    {"budi12 @ guru sd", "budi12@guru.sd", 0},
    {"budi12@ guru sd", "budi12@guru.sd", 0},
    {"budi12 @guru sd", "budi12@guru.sd", 0},
    {"budi12.guru.sd", "budi12@guru.sd", 0},
    {"budi12,guru,sd", "budi12@guru.sd", 0},
    {"budi12#guru#sd", "budi12@guru.sd", 0},
    {"budi12  guru   sd", "budi12@guru.sd", 0},
    {" budi12 guru sd ", "budi12@guru.sd", 0},
    {"budi12 guru sd.", "budi12@guru.sd", 0},
    {"budi12 guru, sd", "budi12@guru.sd", 0},
    {"budi12\nguru sd", "budi12@guru.sd", 0},
    {"budi 12 guru sd", "budi12@guru.sd", 0},
    {"budi.santoso guru smp", "budi.santoso@guru.smp", 0},
    {"budi_12 guru sma", "budi_12@guru.sma", 0},
    {"budi-12 guru smk", "budi-12@guru.smk", 0},
    {"siti34 admin paud", "siti34@admin.paud", 0},
    {"siti34@admin.paud", "siti34@admin.paud", 0},
    {"ani56 smp", "ani56@smp", 0},
    {"ani56@smp", "ani56@smp", 0},
    {"ani56@smp.belajar.example", "ani56@smp", 0},
    {"ani56 slb", "ani56@slb", 0},
    {"tono7 guru kesetaraan", "tono7@guru.kesetaraan", 0},
    {"akun budi12 guru sd", "budi12@guru.sd", 0},
    {"nama akun budi12 guru sd", "budi12@guru.sd", 0},
    {"akun saya budi12 guru sd", "budi12@guru.sd", 0},
    {"id: budi12 guru sd", "budi12@guru.sd", 0},
    {"user id budi12 guru sd", "budi12@guru.sd", 0},
    // dates
    {"17081985", "", seventeenth},
    {"17-08-1985", "", seventeenth},
    {"17/08/1985", "", seventeenth},
    {"17.08.1985", "", seventeenth},
    {"17 08 1985", "", seventeenth},
    {"17,08,1985", "", seventeenth},
    {"17-8-1985", "", seventeenth},
    {"17/8/1985", "", seventeenth},
    {"17 8 1985", "", seventeenth},
    {"17.8.1985", "", seventeenth},
    {"17/8/85", "", seventeenth},
    {"17-8-85", "", seventeenth},
    {"17-08-85", "", seventeenth},
    {"17 8 85", "", seventeenth},
    {"170885", "", seventeenth},
    {"1985-08-17", "", seventeenth},
    {"1985/08/17", "", seventeenth},
    {"1985 08 17", "", seventeenth},
    {"19850817", "", seventeenth},
    {"17 Agustus 1985", "", seventeenth},
    {"17 agustus 1985", "", seventeenth},
    {"17 AGUSTUS 1985", "", seventeenth},
    {"17 agustus 85", "", seventeenth},
    {"17 agt 85", "", seventeenth},
    {"17 agt 1985", "", seventeenth},
    {"17 ags 1985", "", seventeenth},
    {"17 agu 1985", "", seventeenth},
    {"17 aug 1985", "", seventeenth},
    {"17 August 1985", "", seventeenth},
    {"17 agutus 1985", "", seventeenth},
    {"17 agusuts 1985", "", seventeenth},
    {"17-agustus-1985", "", seventeenth},
    {"17/agt/1985", "", seventeenth},
    {"17agustus1985", "", seventeenth},
    {"I7O8I985", "", seventeenth},
    {"17o81985", "", seventeenth},
    {"l7081985", "", seventeenth},
    {"17-O8-1985", "", seventeenth},
    {"tgl lahir 17081985", "", seventeenth},
    {"tanggal lahir saya 17 agustus 1985", "", seventeenth},
    {"lahir: 17-8-1985", "", seventeenth},
    {"1 jan 1990", "", 19900101},
    {"1 Januari 1990", "", 19900101},
    {"5 pebruari 1979", "", 19790205},
    {"5 februari 1979", "", 19790205},
    {"5 feb 79", "", 19790205},
    {"9 maret 1991", "", 19910309},
    {"9 mrt 1991", "", 19910309},
    {"30 april 1988", "", 19880430},
    {"2 mei 1972", "", 19720502},
    {"2 may 1972", "", 19720502},
    {"11 juni 1969", "", 19690611},
    {"11 juli 1969", "", 19690711},
    {"21 september 2001", "", 20010921},
    {"21 sept 2001", "", 20010921},
    {"28 oktober 1928", "", 19281028},
    {"28 okt 1994", "", 19941028},
    {"10 nopember 1975", "", 19751110},
    {"10 november 1975", "", 19751110},
    {"10 nop 75", "", 19751110},
    {"25 desember 1983", "", 19831225},
    {"25 des 83", "", 19831225},
    {"29 februari 1988", "", 19880229},
    {"010104", "", 20040101},
    // both
    {"budi12 guru sd 17081985", "budi12@guru.sd", seventeenth},
    {"17081985 budi12 guru sd", "budi12@guru.sd", seventeenth},
    {"budi12#guru sd#17081985", "budi12@guru.sd", seventeenth},
    {"#budi12#guru sd#17081985", "budi12@guru.sd", seventeenth},
    {"budi12 guru sd, 17-8-85", "budi12@guru.sd", seventeenth},
    {"budi12@guru.sd.belajar.example 17/08/1985", "budi12@guru.sd", seventeenth},
    {"BUDI12@GURU.SD 17 AGUSTUS 1985", "budi12@guru.sd", seventeenth},
    {"budi12 guru sd 17 agt 85", "budi12@guru.sd", seventeenth},
    {"budi12 guru sd 17 08 1985", "budi12@guru.sd", seventeenth},
    {"budi12 guru sd lahir 17081985", "budi12@guru.sd", seventeenth},
    {"akun budi12 guru sd tgl lahir 17081985", "budi12@guru.sd", seventeenth},
    {"ani56 smp 05022012", "ani56@smp", 20120205},
    {"siti34 admin paud;17081985", "siti34@admin.paud", seventeenth},
};

TEST_CASE("ids and birth dates are understood as people type them", "[conversation]") {
  for (const auto& row : identities) {
    INFO("typed: " << row.typed);
    const auto heard = hear_identity(row.typed, NameRules{}, year_now);
    CHECK(heard.id == row.id);
    CHECK((heard.name == NameHeard::understood) == (*row.id != '\0'));
    CHECK(heard.birth_date == row.birth_date);
    CHECK((heard.date == DateHeard::understood) == (row.birth_date != 0));
  }
}

TEST_CASE("a date that cannot be one is unreadable, not guessed", "[conversation]") {
  for (const auto* typed :
       {"31022000", "00081985", "17131985", "17082030", "17081900", "32 agustus 1985",
        "29 februari 1987", "17 13 1985", "1708198", "99999999"}) {
    INFO("typed: " << typed);
    const auto heard = hear_identity(typed, NameRules{}, year_now);
    CHECK(heard.date == DateHeard::unreadable);
    CHECK(heard.birth_date == 0);
  }
}

TEST_CASE("what is no account name is unreadable, and other kinds of accounts are known",
          "[conversation]") {
  for (const auto* typed : {"budi", "budi12", "budi@example.org", "budi12 guru", "guru sd",
                            "saya lupa sandi", "budi12 guru sd negeri", "@", "budi12 guru tk"}) {
    INFO("typed: " << typed);
    CHECK(hear_identity(typed, NameRules{}, year_now).name == NameHeard::unreadable);
  }
  for (const auto* typed :
       {"budi12 dinas", "budi12@dinas.belajar.example", "siti mitra", "tono yayasan"}) {
    INFO("typed: " << typed);
    CHECK(hear_identity(typed, NameRules{}, year_now).name == NameHeard::excluded);
  }
}

TEST_CASE("a choice from a list comes with a date or alone", "[conversation]") {
  const auto with_date = hear_identity("1 17081985", NameRules{}, year_now);
  CHECK(with_date.choice == 1u);
  CHECK(with_date.birth_date == seventeenth);
  CHECK(hear_identity("2", NameRules{}, year_now).choice == 2u);
  CHECK(hear_identity("3 17 agustus 1985", NameRules{}, year_now).birth_date == seventeenth);
}

TEST_CASE("keywords forgive case, marks and one typo", "[conversation]") {
  struct Row {
    const char* typed;
    Keyword keyword;
  };
  const Row rows[] = {
      {"RESET", Keyword::reset},
      {"reset", Keyword::reset},
      {"Reset.", Keyword::reset},
      {"RISET", Keyword::reset},
      {"REST", Keyword::none},
      {"RESETT", Keyword::reset},
      {"reest", Keyword::reset},
      {" reset ", Keyword::reset},
      {"RESET budi12", Keyword::reset},
      {"RESET#budi12", Keyword::reset},
      {"BATAL", Keyword::cancel},
      {"batl", Keyword::none},
      {"cancel", Keyword::cancel},
      {"BANTUAN", Keyword::help},
      {"BANTUN", Keyword::help},
      {"bantuan!", Keyword::help},
      {"HELP", Keyword::help},
      {"STATUS", Keyword::status},
      {"status 1869899", Keyword::status},
      {"ENGLISH", Keyword::english},
      {"indonesia", Keyword::indonesian},
      {"BUKAN", Keyword::not_me},
      {"bukan saya", Keyword::not_me},
      {"OPERATOR", Keyword::school},
      {"oprator", Keyword::school},
      {"ULANG", Keyword::resend},
      {"ulangi", Keyword::resend},
      {"UBAH", Keyword::change},
      {"reset12 guru sd", Keyword::none},
      {"482916", Keyword::none},
      {"", Keyword::none},
      {"budi12 guru sd", Keyword::none},
  };
  for (const auto& row : rows) {
    INFO("typed: " << row.typed);
    CHECK(hear_command(row.typed).keyword == row.keyword);
  }
  CHECK(hear_command("RESET budi12 guru sd").rest == "budi12 guru sd");
  CHECK(hear_command("status: 1869899").rest == "1869899");
}

TEST_CASE("codes come with blanks, marks and letters that look like digits", "[conversation]") {
  for (const auto* typed : {"482910", "48 29 10", "482-910", "kode 482910", "Kode: 482910",
                            "48291O", "4829 l0", "482 910.", "kodenya 482910", "otp 482910"}) {
    INFO("typed: " << typed);
    CHECK(hear_code(typed) == std::string("482910"));
  }
  CHECK(hear_code("48291630") == std::string("48291630"));
  for (const auto* typed : {"48291", "4829101", "", "kode", "sandi48", "budi12 guru sd"}) {
    INFO("typed: " << typed);
    CHECK_FALSE(hear_code(typed));
  }
}

TEST_CASE("choices and report numbers", "[conversation]") {
  for (const auto* typed : {"1", "1.", " 1 ", "pilih 1", "satu", "no 1", "SATU", "balas 1", "l"}) {
    INFO("typed: " << typed);
    CHECK(hear_choice(typed) == 1u);
  }
  CHECK(hear_choice("dua") == 2u);
  CHECK_FALSE(hear_choice("12"));
  CHECK_FALSE(hear_choice("1 2"));
  CHECK_FALSE(hear_choice(""));
  CHECK(hear_report("1869899") == 1869899u);
  CHECK(hear_report("no. 186 9899") == 1869899u);
  CHECK_FALSE(hear_report("186989"));
}

TEST_CASE("a password typed twice in one message is recognised", "[conversation]") {
  CHECK(hear_password("Gunung tinggi 7").password == "Gunung tinggi 7");
  CHECK_FALSE(hear_password("Gunung tinggi 7").twice);
  for (const auto* typed : {"gunungtinggi7 gunungtinggi7", "gunungtinggi7#gunungtinggi7",
                            "gunungtinggi7, gunungtinggi7", " gunungtinggi7 / gunungtinggi7 "}) {
    INFO("typed: " << typed);
    CHECK(hear_password(typed).twice);
    CHECK(hear_password(typed).password == "gunungtinggi7");
  }
}

TEST_CASE("an account and an address are masked", "[conversation]") {
  CHECK(masked_id("yuniarti10@guru.smk") == "yun***10@guru.smk");
  CHECK(masked_id("ani56@smp") == "an***@smp");
  CHECK(masked_id("yuniarti10@guru.paud") == "yu***10@guru.paud");
  CHECK(masked_id("yuniarti10@admin.kesetaraan") == "y***10@admin.kese");
  CHECK(masked_email("budi@example.org") == "b***@example.org");
  CHECK(masked_email("") == "-");
}

}  // namespace
}  // namespace pulih::conversation
