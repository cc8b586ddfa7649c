// See values.hpp. Every refusal names the text, since what is read here is never a secret.
#include "config/values.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <vector>

namespace pulih::config {
namespace {

using std::chrono::seconds;

struct Unit {
  char letter;
  seconds length;
};
constexpr Unit units[] = {{'d', std::chrono::hours{24}},
                          {'h', std::chrono::hours{1}},
                          {'m', std::chrono::minutes{1}},
                          {'s', seconds{1}}};
// Longer than any range, and short enough that its product with a day does not overflow.
constexpr std::uint32_t longest_count = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::optional<std::uint32_t> whole(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Parsed<std::uint32_t> in_range(std::uint32_t value, NumberRange range, std::string_view unit) {
  if (value >= range.least && value <= range.most) return value;
  return tl::unexpected(Fault{std::to_string(value) + std::string(unit) + " is out of range",
                              "from " + std::to_string(range.least) + std::string(unit) + " to " +
                                  std::to_string(range.most) + std::string(unit)});
}

Parsed<std::uint32_t> with_unit(std::string_view text, NumberRange range, std::string_view unit,
                                const Fault& fault) {
  const auto value =
      text.ends_with(unit) ? whole(text.substr(0, text.size() - unit.size())) : std::nullopt;
  if (!value) return tl::unexpected(fault);
  return in_range(*value, range, unit);
}

}  // namespace

Parsed<std::uint32_t> parse_number(std::string_view text, NumberRange range) {
  const auto value = whole(text);
  if (!value)
    return tl::unexpected(
        Fault{quoted(text) + " is not a whole number",
              "from " + std::to_string(range.least) + " to " + std::to_string(range.most)});
  return in_range(*value, range, "");
}

Parsed<seconds> parse_duration(std::string_view text, DurationRange range) {
  const auto unit =
      text.empty() ? std::end(units) : std::ranges::find(units, text.back(), &Unit::letter);
  const auto count =
      unit == std::end(units) ? std::nullopt : whole(text.substr(0, text.size() - 1));
  if (!count || *count > longest_count)
    return tl::unexpected(Fault{quoted(text) + " is not a duration",
                                "write a whole number and s, m, h or d, as in 90s, 10m, 24h, 7d"});
  const seconds duration = *count * unit->length;
  if (duration < range.least || duration > range.most)
    return tl::unexpected(Fault{std::string(text) + " is out of range",
                                "from " + written(range.least) + " to " + written(range.most)});
  return duration;
}

Parsed<std::uint32_t> parse_rate(std::string_view text, NumberRange range) {
  return with_unit(text, range, "/s",
                   {quoted(text) + " is not a rate", "messages a second, as in 200/s"});
}

Parsed<std::uint32_t> parse_mebibytes(std::string_view text, NumberRange range) {
  return with_unit(text, range, "MiB",
                   {quoted(text) + " is not a size", "whole mebibytes, as in 19MiB"});
}

Parsed<Address> parse_address(std::string_view text) {
  const Fault fault{quoted(text) + " is not an address",
                    "host:port, as in smsc.example.org:2775; an IPv6 address in brackets, as in "
                    "[2001:db8::1]:2775"};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return tl::unexpected(fault);
  auto host = text.substr(0, colon);
  const auto port = whole(text.substr(colon + 1));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto allowed = [&](char c) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return is_name_character(lower) || c == '.' || c == '_' ||
           (bracketed && (c == ':' || c == '%'));
  };
  if (!port || *port == 0 || *port > 65535 || host.empty() || host.size() > 253 ||
      !std::ranges::all_of(host, allowed) || bracketed != (host.find(':') != host.npos))
    return tl::unexpected(fault);
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

Parsed<std::string> parse_text(std::string_view text, LengthRange range) {
  const std::string hint = std::to_string(range.least) + " to " + std::to_string(range.most) +
                           " printable ASCII characters";
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }))
    return tl::unexpected(Fault{"a character outside printable ASCII", hint});
  if (text.size() < range.least || text.size() > range.most)
    return tl::unexpected(Fault{std::to_string(text.size()) + " characters", hint});
  return std::string(text);
}

Parsed<std::string> parse_name(std::string_view text, LengthRange range) {
  if (!std::ranges::all_of(text, is_name_character) || text.size() < range.least ||
      text.size() > range.most)
    return tl::unexpected(Fault{quoted(text) + " is not a name",
                                std::to_string(range.least) + " to " + std::to_string(range.most) +
                                    " lower-case letters, digits and hyphens"});
  return std::string(text);
}

Parsed<std::string> parse_domain(std::string_view text) {
  std::size_t labels = 0;
  bool good = text.size() <= 253;
  for (std::size_t start = 0; good && start <= text.size(); ++labels) {
    const auto end = std::min(text.find('.', start), text.size());
    good = parse_name(text.substr(start, end - start), {1, 63}).has_value();
    start = end + 1;
  }
  if (!good || labels < 2)
    return tl::unexpected(Fault{quoted(text) + " is not a domain",
                                "lower-case labels with dots between, as in belajar.example"});
  return std::string(text);
}

// E.164: at most 15 digits, and no country code begins with 0.
Parsed<std::string> parse_prefix(std::string_view text) {
  if (text.empty() || text.size() > 15 || text.front() == '0' ||
      !std::ranges::all_of(text, is_digit))
    return tl::unexpected(
        Fault{quoted(text) + " is not the front of an international number",
              "digits from the country code on, without + or 0, as in \"62811\""});
  return std::string(text);
}

std::string written(seconds duration) {
  for (const auto& unit : units)
    if (duration >= unit.length && duration % unit.length == seconds{0})
      return std::to_string(duration / unit.length) + unit.letter;
  return std::to_string(duration.count()) + "s";
}

namespace {

// Levenshtein's distance: letters to insert, drop or replace.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view typed, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, std::min<std::size_t>(3, typed.size() / 3));
  if (typed.size() > 64) return best;
  for (const auto name : names) {
    const bool cut = typed.size() > 2 && (name.starts_with(typed) || typed.starts_with(name));
    const auto letters = cut ? std::size_t{1} : distance(typed, name);
    if (letters > best_distance || (letters == best_distance && !best.empty())) continue;
    best = name;
    best_distance = letters;
  }
  return best;
}

}  // namespace pulih::config
