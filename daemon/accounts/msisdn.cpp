// The text forms of a telephone number: the digits for a carrier, and what a journal may show.
#include "daemon/accounts/msisdn.hpp"

#include <algorithm>
#include <charconv>

namespace pulih::accounts {
namespace {

constexpr std::size_t most_digits = 15;  // E.164, 6.2.1

// A national number shorter than this would be readable from its two ends.
constexpr std::size_t shortest_with_prefix = 11;

}  // namespace

std::optional<Msisdn> Msisdn::from_normal_form(std::string_view normal_form) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (normal_form.empty() || normal_form.size() > most_digits || normal_form.front() == '0' ||
      !std::ranges::all_of(normal_form, is_digit))
    return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(normal_form.data(), normal_form.data() + normal_form.size(), value);
  return from_value(value);
}

std::string Msisdn::digits() const { return empty() ? std::string() : std::to_string(digits_); }

std::string Msisdn::last_three() const {
  const auto all = digits();
  return all.substr(all.size() - std::min<std::size_t>(3, all.size()));
}

std::string Msisdn::masked() const {
  if (empty()) return "none";
  const auto all = digits();
  if (all.size() < shortest_with_prefix) return "…" + all.substr(all.size() - 1);
  return all.substr(0, 5) + "…" + last_three();
}

}  // namespace pulih::accounts
