// Each shape is found by reading the text once from left to right; a run is what lies side by side
// in one of the orders below, read either way.
#include "daemon/accounts/patterns.hpp"

#include <algorithm>
#include <array>

namespace pulih::accounts {
namespace {

// Rows and columns of the keyboard among them; the digits go round, "8901".
constexpr std::array<std::string_view, 16> orders = {
    "abcdefghijklmnopqrstuvwxyz",
    "12345678901",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik",
    "9ol",
    "!@#$%^&*()",
    "147258369",  // a phone's keys, column by column
};

bool side_by_side(std::string_view order, char left, char right) {
  const std::array<char, 2> pair = {left, right};
  return order.find(std::string_view(pair.data(), pair.size())) != std::string_view::npos;
}

// The length of the longest prefix in which neighbours satisfy `follows`.
std::size_t prefix_of(std::string_view text, auto follows) {
  std::size_t length = 1;
  while (length < text.size() && follows(text[length - 1], text[length])) ++length;
  return length;
}

std::size_t longest_run(std::string_view text) {
  auto longest = prefix_of(text, [](char a, char b) { return a == b; });
  for (const auto order : orders) {
    if (order.find(text.front()) == std::string_view::npos) continue;
    const auto up = [&](char a, char b) { return side_by_side(order, a, b); };
    const auto down = [&](char a, char b) { return side_by_side(order, b, a); };
    longest = std::max({longest, prefix_of(text, up), prefix_of(text, down)});
  }
  return longest;
}

// Two digits as a number; the caller has seen that they are digits.
int pair_at(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

bool is_day(int n) { return n >= 1 && n <= 31; }
bool is_month(int n) { return n >= 1 && n <= 12; }
bool is_century(int n) { return n == 19 || n == 20; }

// Day and month in either order.
bool is_day_and_month(int a, int b) {
  return (is_day(a) && is_month(b)) || (is_month(a) && is_day(b));
}

bool is_date(std::string_view digits) {
  const int a = pair_at(digits, 0), b = pair_at(digits, 2), c = pair_at(digits, 4);
  if (digits.size() == 6) return is_day_and_month(a, b) || is_day_and_month(b, c);
  const int d = pair_at(digits, 6);
  return (is_day_and_month(a, b) && is_century(c)) || (is_century(a) && is_day_and_month(c, d));
}

}  // namespace

bool is_repetition(std::string_view text) {
  for (std::size_t unit = 1; unit <= text.size() / 2; ++unit) {
    if (text.substr(unit) == text.substr(0, text.size() - unit)) return true;
  }
  return false;
}

bool is_made_of_runs(std::string_view text) {
  constexpr std::size_t average = 3;
  std::size_t runs = 0;
  for (auto rest = text; !rest.empty(); ++runs) rest.remove_prefix(longest_run(rest));
  return runs > 0 && runs * average <= text.size();
}

bool is_made_of_dates(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return false;
  constexpr std::array<std::size_t, 2> lengths = {8, 6};
  return std::ranges::any_of(lengths, [&](std::size_t length) {
    return text.size() >= length && is_date(text.substr(0, length)) &&
           (text.size() == length || is_made_of_dates(text.substr(length)));
  });
}

}  // namespace pulih::accounts
