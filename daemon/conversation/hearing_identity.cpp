// See hearing.hpp: an id and a birth date in one message. The date is found first and taken out;
// what is left is the name, in whichever way its parts were set apart.
#include <algorithm>
#include <array>

#include "daemon/conversation/hearing.hpp"
#include "daemon/conversation/hearing_date.hpp"
#include "daemon/conversation/words.hpp"

namespace pulih::conversation {
namespace {

bool is_one_of(const std::string& word, const std::vector<std::string>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Words that people put around an id or a date and that are neither.
bool is_chatter(const std::string& word) {
  static constexpr std::array<std::string_view, 34> chatter = {
      "akun",    "nama",  "namanya", "user",  "userid", "id",      "login",   "email",  "saya",
      "aku",     "pak",   "bapak",   "bu",    "ibu",    "tgl",     "tanggal", "lahir",  "lhr",
      "ttl",     "mohon", "tolong",  "yth",   "halo",   "selamat", "dan",     "dengan", "adalah",
      "belajar", "my",    "account", "birth", "date",   "born",    "dob"};
  return std::find(chatter.begin(), chatter.end(), word) != chatter.end();
}

// "budi12@guru.sd.belajar.example" → "budi12 guru sd": '@', "at" and the full stops of the domain
// part are separators; the account domain is left out.
std::vector<std::string> name_words(const std::vector<std::string>& words, const NameRules& rules) {
  std::vector<std::string> found;
  bool after_at = false;
  const auto take = [&](std::string_view piece) {
    if (!piece.empty()) found.emplace_back(piece);
  };
  for (const auto& word : words) {
    if (is_chatter(word) && found.empty()) continue;
    if ((word == "at" || word == "et") && !found.empty()) {
      after_at = true;
      continue;
    }
    const auto at = word.find('@');
    std::string_view rest = word;
    if (at != std::string::npos) {
      take(rest.substr(0, at));
      rest = rest.substr(at + 1);
      after_at = true;
    } else if (found.empty() && !after_at) {
      // "budi12.guru.sd": full stops in place of everything. A full stop inside a name stays.
      const auto first_stop = word.find('.');
      const auto next = word.substr(first_stop == std::string::npos ? word.size() : first_stop + 1);
      const auto label = next.substr(0, next.find('.'));
      if (!is_one_of(label, rules.roles) && !is_one_of(label, rules.levels) &&
          !is_one_of(label, rules.excluded)) {
        take(word);
        continue;
      }
    }
    while (!rest.empty()) {
      const auto stop = rest.find('.');
      take(rest.substr(0, stop));
      rest = stop == std::string_view::npos ? std::string_view() : rest.substr(stop + 1);
    }
  }
  return found;
}

bool is_local_part(const std::string& word) {
  return word.size() <= 40 && std::all_of(word.begin(), word.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

// The labels of the account domain may follow, whole or begun ("belajar", "belajar.example").
bool is_domain_tail(const std::vector<std::string>& words, std::size_t from,
                    const NameRules& rules) {
  std::string tail;
  for (std::size_t i = from; i < words.size(); ++i) tail += (i > from ? "." : "") + words[i];
  return tail.empty() || std::string_view(rules.domain).starts_with(tail);
}

void hear_name(const std::vector<std::string>& words, const NameRules& rules, Identity& heard) {
  if (words.empty()) return;
  heard.name = NameHeard::unreadable;
  // The name may be in two words ("budi 12 guru sd"): all before the role or the level is one.
  std::size_t role = 0;
  while (role < words.size() && (role == 0 || (!is_one_of(words[role], rules.roles) &&
                                               !is_one_of(words[role], rules.levels) &&
                                               !is_one_of(words[role], rules.excluded))))
    ++role;
  if (role >= words.size()) return;
  std::string local;
  for (std::size_t i = 0; i < role; ++i) local += words[i];
  // "guru sd" lacks its first part; nobody's account is called guru.
  if (is_one_of(local, rules.roles) || is_one_of(local, rules.levels)) return;
  if (role > 2 || !is_local_part(local)) return;
  if (is_one_of(words[role], rules.excluded)) {
    if (is_domain_tail(words, role + 1, rules)) heard.name = NameHeard::excluded;
    return;
  }
  std::string domain = words[role];
  std::size_t next = role + 1;
  if (is_one_of(words[role], rules.roles)) {
    if (next >= words.size() || !is_one_of(words[next], rules.levels)) return;
    domain += "." + words[next++];
  }
  if (!is_domain_tail(words, next, rules)) return;
  heard.name = NameHeard::understood;
  heard.id = local + "@" + domain;
}

// "1", "1." and the like before a date, as the answer to a list.
bool take_choice(std::vector<std::string>& words, Identity& heard) {
  if (words.empty()) return false;
  static constexpr std::array<std::string_view, 4> before = {"no", "nomor", "pilih", "akun"};
  std::size_t at = 0;
  while (at + 1 < words.size() &&
         std::find(before.begin(), before.end(), words[at]) != before.end())
    ++at;
  const std::string& word = words[at];
  if (word.size() != 1 || !is_digit(word.front()) || words.size() > at + 1) return false;
  heard.choice = static_cast<std::uint32_t>(word.front() - '0');
  words.clear();
  return true;
}

}  // namespace

Identity hear_identity(std::string_view text, const NameRules& rules, std::uint32_t year_now) {
  Identity heard;
  auto words = words_of(text);
  // "1 17081985" before "1 17 8 1985" is read as a date of its own.
  if (words.size() == 2 && words[0].size() == 1 && is_digit(words[0][0])) {
    std::vector<std::string> rest(words.begin() + 1, words.end());
    if (const auto date = find_date(rest, year_now)) {
      heard.choice = static_cast<std::uint32_t>(words[0][0] - '0');
      heard.date = date->understood ? DateHeard::understood : DateHeard::unreadable;
      heard.birth_date = date->birth_date;
      return heard;
    }
  }
  if (const auto date = find_date(words, year_now)) {
    heard.date = date->understood ? DateHeard::understood : DateHeard::unreadable;
    heard.birth_date = date->birth_date;
    const auto from = words.begin() + static_cast<std::ptrdiff_t>(date->from);
    words.erase(from, from + static_cast<std::ptrdiff_t>(date->words));
  }
  if (take_choice(words, heard)) return heard;
  // Chatter at either end says nothing ("tgl lahir saya 17081985").
  while (!words.empty() && is_chatter(words.back()) && !rules.domain.starts_with(words.back()))
    words.pop_back();
  if (!words.empty()) heard.name = NameHeard::unreadable;
  hear_name(name_words(words, rules), rules, heard);
  return heard;
}

}  // namespace pulih::conversation
