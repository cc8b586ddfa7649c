// See hearing.hpp: keywords, codes, choices, report numbers and passwords. Ids and dates have files
// of their own (hearing_identity.cpp, hearing_date.cpp).
#include "daemon/conversation/hearing.hpp"

#include <algorithm>
#include <array>

#include "daemon/conversation/words.hpp"

namespace pulih::conversation {
namespace {

struct Spelling {
  std::string_view word;
  Keyword keyword;
};
// With the spellings that are more than one typo away and still common.
constexpr std::array<Spelling, 21> spellings = {
    {{"reset", Keyword::reset},     {"riset", Keyword::reset},
     {"reser", Keyword::reset},     {"batal", Keyword::cancel},
     {"cancel", Keyword::cancel},   {"stop", Keyword::cancel},
     {"berhenti", Keyword::cancel}, {"bantuan", Keyword::help},
     {"bantu", Keyword::help},      {"help", Keyword::help},
     {"info", Keyword::help},       {"status", Keyword::status},
     {"cek", Keyword::status},      {"english", Keyword::english},
     {"inggris", Keyword::english}, {"indonesia", Keyword::indonesian},
     {"bukan", Keyword::not_me},    {"operator", Keyword::school},
     {"ulang", Keyword::resend},    {"ulangi", Keyword::resend},
     {"ubah", Keyword::change}}};
constexpr std::size_t long_enough_for_a_typo = 5;

Keyword keyword_of(std::string_view word) {
  for (const auto& each : spellings)
    if (each.word == word) return each.keyword;
  if (word.size() < long_enough_for_a_typo) return Keyword::none;
  Keyword found = Keyword::none;
  for (const auto& each : spellings) {
    if (each.word.size() < long_enough_for_a_typo || distance(each.word, word) > 1) continue;
    if (found != Keyword::none && found != each.keyword)
      return Keyword::none;  // two could be meant
    found = each.keyword;
  }
  return found;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (separates(text.front()) || text.front() == '.')) text.remove_prefix(1);
  while (!text.empty() && separates(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Command hear_command(std::string_view text) {
  const std::string_view whole = trimmed(text);
  std::size_t end = 0;
  while (end < whole.size() && is_letter(whole[end])) ++end;
  // "reset1" and "reset@guru" are ids, not keywords; "reset." is one.
  const bool ends_here =
      end == whole.size() || separates(whole[end]) || whole[end] == '.' || whole[end] == '-';
  if (end == 0 || end > 12 || !ends_here) return {Keyword::none, whole};
  std::string word;
  for (const char c : whole.substr(0, end)) word += lower(c);
  const Keyword keyword = keyword_of(word);
  if (keyword == Keyword::none) return {Keyword::none, whole};
  std::string_view rest = whole.substr(end);
  while (!rest.empty() && (separates(rest.front()) || rest.front() == '.' || rest.front() == '-'))
    rest.remove_prefix(1);
  return {keyword, rest};
}

std::optional<std::string> hear_code(std::string_view text) {
  auto words = words_of(text);
  static constexpr std::array<std::string_view, 9> around = {
      "kode", "kodenya", "code", "otp", "nomor", "no", "ini", "adalah", "saya"};
  std::erase_if(words, [](const std::string& word) {
    return std::find(around.begin(), around.end(), word) != around.end();
  });
  std::string digits;
  for (const auto& word : words) {
    std::string plain;
    for (const char c : word)
      if (c != '-' && c != '.') plain += c;
    const auto part = digits_of(plain);
    // "0o" alone is no digit, but a part of a code may be all letters: "48 29 lO".
    const bool all_look_alike = plain.find_first_not_of("oli") == std::string::npos;
    if (part.empty() && !all_look_alike) return std::nullopt;
    if (part.empty())
      for (const char c : plain) digits += c == 'o' ? '0' : '1';
    else
      digits += part;
  }
  if (digits.size() != 6 && digits.size() != 8) return std::nullopt;
  return digits;
}

std::optional<std::uint32_t> hear_choice(std::string_view text) {
  auto words = words_of(text);
  static constexpr std::array<std::string_view, 9> before = {
      "pilih", "pilihan", "no", "nomor", "nomer", "balas", "jawab", "yang", "opsi"};
  while (words.size() > 1 && std::find(before.begin(), before.end(), words.front()) != before.end())
    words.erase(words.begin());
  if (words.size() != 1) return std::nullopt;
  const std::string& word = words.front();
  static constexpr std::array<std::string_view, 10> names = {
      "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"};
  for (std::uint32_t i = 0; i < names.size(); ++i)
    if (names[i] == word) return i;
  if (word == "l" || word == "i") return 1u;
  if (word.size() != 1 || !is_digit(word.front())) return std::nullopt;
  return static_cast<std::uint32_t>(word.front() - '0');
}

std::optional<std::uint32_t> hear_report(std::string_view rest) {
  std::string digits;
  for (const char c : rest)
    if (is_digit(c)) digits += c;
  if (digits.size() != 7) return std::nullopt;
  std::uint32_t report = 0;
  for (const char c : digits) report = report * 10 + static_cast<std::uint32_t>(c - '0');
  return report;
}

PasswordHeard hear_password(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  // "X X", "X#X", "X,X", "X / X": the same twice with a separator between.
  static constexpr std::array<std::string_view, 8> separators = {" / ", ", ", " # ", " ",
                                                                 "#",   ",",  "/",   "\n"};
  for (const auto separator : separators) {
    if (text.size() < 2 + separator.size() || (text.size() - separator.size()) % 2 != 0) continue;
    const std::size_t half = (text.size() - separator.size()) / 2;
    const auto first = text.substr(0, half);
    if (text.substr(half, separator.size()) == separator &&
        text.substr(half + separator.size()) == first)
      return {first, true};
  }
  return {text, false};
}

std::string masked_id(std::string_view id) {
  // What the texts are measured with (config/catalogue.cpp): with "@admin.kesetaraan" whole, M12
  // and M32 would not fit one SMS. The name gives way first, down to its first letter.
  constexpr std::size_t longest = 17;
  const auto at = std::min(id.find('@'), id.size());
  const auto local = id.substr(0, at);
  std::string rest = "***";
  if (local.size() >= 6) rest += local.substr(local.size() - 2);
  rest += id.substr(at);
  const auto room = rest.size() < longest ? longest - rest.size() : 1;
  const auto shown = std::min({std::size_t{3}, local.size() / 2, room});
  return (std::string(local.substr(0, shown)) + rest).substr(0, longest);
}

std::string masked_email(std::string_view email) {
  const auto at = email.find('@');
  if (at == std::string_view::npos || at == 0) return "-";
  constexpr std::size_t longest_domain = 18;
  return std::string(email.substr(0, 1)) + "***@" +
         std::string(email.substr(at + 1, longest_domain));
}

}  // namespace pulih::conversation
