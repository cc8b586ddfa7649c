// See hearing_date.hpp. The longest reading is tried first, so that "17 8 1985" is not taken for "8
// 1985".
#include "daemon/conversation/hearing_date.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "daemon/conversation/words.hpp"

namespace pulih::conversation {
namespace {

constexpr std::uint32_t youngest = 5, oldest = 100;

struct MonthName {
  std::string_view name;
  std::uint32_t month;
};
constexpr std::array<MonthName, 49> month_names = {
    {{"januari", 1},   {"january", 1},   {"jan", 1},       {"februari", 2},  {"february", 2},
     {"pebruari", 2},  {"feb", 2},       {"peb", 2},       {"maret", 3},     {"march", 3},
     {"mar", 3},       {"mrt", 3},       {"april", 4},     {"apr", 4},       {"mei", 5},
     {"may", 5},       {"juni", 6},      {"june", 6},      {"jun", 6},       {"juli", 7},
     {"july", 7},      {"jul", 7},       {"agustus", 8},   {"august", 8},    {"agt", 8},
     {"agu", 8},       {"ags", 8},       {"agus", 8},      {"aug", 8},       {"agst", 8},
     {"september", 9}, {"sept", 9},      {"sep", 9},       {"oktober", 10},  {"october", 10},
     {"okt", 10},      {"oct", 10},      {"november", 11}, {"nopember", 11}, {"nov", 11},
     {"nop", 11},      {"desember", 12}, {"december", 12}, {"des", 12},      {"dec", 12},
     {"agustsus", 8},  {"febuari", 2},   {"pebuari", 2},   {"jnuari", 1}}};

std::uint32_t month_of(std::string_view word) {
  for (const auto& each : month_names)
    if (each.name == word) return each.month;
  if (word.size() < 5) return 0;
  std::uint32_t found = 0;
  for (const auto& each : month_names)
    if (each.name.size() >= 5 && distance(each.name, word) <= 1) found = each.month;
  return found;
}

std::uint32_t number(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint32_t>(c - '0');
  return value;
}

// 85 is 1985, 04 is 2004: the latest year that leaves a person old enough.
std::uint32_t full_year(std::string_view digits, std::uint32_t year_now) {
  const auto value = number(digits);
  if (digits.size() == 4) return value;
  if (digits.size() != 2) return 0;
  const auto century = year_now / 100 * 100;
  return century + value + youngest <= year_now ? century + value : century - 100 + value;
}

std::uint32_t checked(std::uint32_t day, std::uint32_t month, std::uint32_t year,
                      std::uint32_t year_now) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || year + youngest > year_now || year + oldest < year_now) return 0;
  return year * 10000 + month * 100 + day;
}

std::uint32_t of_three(const std::array<std::string, 3>& parts, std::uint32_t year_now) {
  const auto& [first, second, third] = parts;
  std::uint32_t month = month_of(second);
  if (month == 0 && (second.size() > 2 || second.empty())) return 0;
  if (month == 0) month = number(second);
  if (first.size() == 4) return checked(number(third), month, number(first), year_now);
  if (first.size() > 2 || first.empty()) return 0;
  return checked(number(first), month, full_year(third, year_now), year_now);
}

// "17081985", "170885", "19850817", "1781985" is not guessed at.
std::uint32_t of_one(const std::string& digits, std::uint32_t year_now) {
  const auto at = [&](std::size_t from, std::size_t count) {
    return number(std::string_view(digits).substr(from, count));
  };
  if (digits.size() == 6)
    return checked(at(0, 2), at(2, 2), full_year(digits.substr(4), year_now), year_now);
  if (digits.size() != 8) return 0;
  if (const auto date = checked(at(0, 2), at(2, 2), at(4, 4), year_now)) return date;
  return checked(at(6, 2), at(4, 2), at(0, 4), year_now);
}

// A word cut at '-', '/' and '.', and where digits and a month's name touch: "17agustus1985".
std::vector<std::string> pieces_of(const std::string& word) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (c == '-' || c == '/' || c == '.') {
      if (!pieces.back().empty()) pieces.emplace_back();
      continue;
    }
    const bool turns = !pieces.back().empty() && is_letter(pieces.back().back()) != is_letter(c);
    const bool looks_like_digit = c == 'o' || c == 'l' || c == 'i';
    // "o8" and "i7" are digits all through.
    const bool look_alikes = pieces.back().find_first_not_of("oli0123456789") == std::string::npos;
    if (turns && !looks_like_digit && !(is_digit(c) && look_alikes)) pieces.emplace_back();
    pieces.back() += c;
  }
  if (pieces.back().empty()) pieces.pop_back();
  return pieces;
}

// Of words that could each be day, month name or year: digits where they read as digits.
std::string as_part(const std::string& piece) {
  const auto digits = digits_of(piece);
  return digits.empty() ? piece : digits;
}

bool looks_like_part(const std::string& part) {
  return month_of(part) != 0 || (!part.empty() && is_digit(part.front()) && part.size() <= 4);
}

}  // namespace

std::optional<DateFound> find_date(const std::vector<std::string>& words, std::uint32_t year_now) {
  std::optional<DateFound> doubtful;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::vector<std::string> parts;
    for (std::size_t taken = 0; taken < 3 && i + taken < words.size(); ++taken) {
      for (const auto& piece : pieces_of(words[i + taken])) parts.push_back(as_part(piece));
      if (parts.size() >= 3) {
        const bool shaped = parts.size() == 3 && looks_like_part(parts[0]) &&
                            looks_like_part(parts[1]) && looks_like_part(parts[2]);
        if (!shaped) break;
        const auto date = of_three({parts[0], parts[1], parts[2]}, year_now);
        if (date != 0) return DateFound{true, date, i, taken + 1};
        if (!doubtful) doubtful = DateFound{false, 0, i, taken + 1};
        break;
      }
    }
    const auto digits = digits_of(words[i]);
    if (digits.size() < 5) continue;
    if (const auto date = of_one(digits, year_now)) return DateFound{true, date, i, 1};
    if (!doubtful) doubtful = DateFound{false, 0, i, 1};
  }
  return doubtful;
}

}  // namespace pulih::conversation
