// What a person typed, understood as people type: case, spaces, stops and commas do not matter in
// ids and keywords, dates come in every order of writing, O and l stand for digits, one typo is
// forgiven. Pure functions from a text to what it could mean; nothing here guesses when two
// meanings are open.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulih::conversation {

enum class Keyword : std::uint8_t {
  none,
  reset,       // RESET
  cancel,      // BATAL, CANCEL
  help,        // BANTUAN, HELP
  status,      // STATUS
  english,     // ENGLISH
  indonesian,  // INDONESIA
  not_me,      // BUKAN
  school,      // OPERATOR
  resend,      // ULANG
  change,      // UBAH
};

struct Command {
  Keyword keyword = Keyword::none;
  std::string_view
      rest;  // what follows the keyword, separators trimmed; the whole text without one
};
// The keyword at the front of a text (alone or followed by a separator), one typo forgiven for
// words of five letters and more, never where the typo reads as another keyword or as an account
// name.
Command hear_command(std::string_view text);

// Which accounts there are: configuration.
struct NameRules {
  std::string domain = "belajar.example";
  std::vector<std::string> roles = {"guru", "admin"};  // none: a pupil's account
  std::vector<std::string> levels = {"paud", "sd", "smp", "sma", "smk", "slb", "kesetaraan"};
  std::vector<std::string> excluded = {"dinas", "mitra", "yayasan"};  // known, but not served here
};

enum class NameHeard : std::uint8_t { absent, understood, excluded, unreadable };
enum class DateHeard : std::uint8_t { absent, understood, unreadable };

// An id, a birth date, both or neither, in any order, with '#', comma or space between; "1
// 17081985" is a choice from a list with a date.
struct Identity {
  NameHeard name = NameHeard::absent;
  std::string id;  // normal form: "budi12@guru.sd"; a pupil's: "ani56@smp"
  DateHeard date = DateHeard::absent;
  std::uint32_t birth_date = 0;  // yyyymmdd
  std::optional<std::uint32_t> choice;
};
// `year_now` bounds two-digit years and births: a birth date lies 5 to 100 years back.
Identity hear_identity(std::string_view text, const NameRules&, std::uint32_t year_now);

// "482916", "48 29 16", "kode 482916", "482-916", O for 0 and l/I for 1; 6 or 8 digits, else
// nothing.
std::optional<std::string> hear_code(std::string_view text);
// "1", "1.", "pilih 1", "satu", "no 1"; 0–9.
std::optional<std::uint32_t> hear_choice(std::string_view text);
// "1869899" of "STATUS 1869899".
std::optional<std::uint32_t> hear_report(std::string_view rest);
// A password as typed: outer blanks and line ends cut, nothing else touched. If the text is one
// password twice with a separator between, one of them, and `twice` is set.
struct PasswordHeard {
  std::string_view password;
  bool twice = false;
};
PasswordHeard hear_password(std::string_view text);

// "yun***10@guru.smk": what an account may be called in a message to somebody who may not be its
// owner.
std::string masked_id(std::string_view id);
// "b***@example.org"; the domain cut to at most 14 characters and its last label, as the texts
// allow.
std::string masked_email(std::string_view email);

}  // namespace pulih::conversation
