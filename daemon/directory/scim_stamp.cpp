// See scim_stamp.hpp. Years have four digits: what lies beyond is no time at which a user changed.
#include "daemon/directory/scim_stamp.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace pulih::directory {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// Takes exactly so many digits from the front.
std::optional<int> digits(std::string_view& rest, std::size_t count) {
  if (rest.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : rest.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  rest.remove_prefix(count);
  return value;
}
bool took(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<year_month_day> take_date(std::string_view& rest) {
  const auto y = digits(rest, 4);
  const auto m = y && took(rest, '-') ? digits(rest, 2) : std::nullopt;
  const auto d = m && took(rest, '-') ? digits(rest, 2) : std::nullopt;
  if (!d) return std::nullopt;
  const year_month_day date{std::chrono::year{*y}, std::chrono::month{static_cast<unsigned>(*m)},
                            std::chrono::day{static_cast<unsigned>(*d)}};
  return date.ok() ? std::optional(date) : std::nullopt;
}

struct TimeOfDay {
  seconds since_midnight{};
  bool whole = true;  // no fraction but zeros
};
// "T03:15:00.123"
std::optional<TimeOfDay> take_time(std::string_view& rest) {
  const auto h = took(rest, 'T') ? digits(rest, 2) : std::nullopt;
  const auto m = h && took(rest, ':') ? digits(rest, 2) : std::nullopt;
  const auto s = m && took(rest, ':') ? digits(rest, 2) : std::nullopt;
  if (!s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  TimeOfDay time{hours{*h} + minutes{*m} + seconds{*s}};
  if (!took(rest, '.')) return time;
  if (rest.empty() || rest.front() < '0' || rest.front() > '9') return std::nullopt;
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1))
    time.whole &= rest.front() == '0';
  return time;
}

// "Z", "+07:00"
std::optional<minutes> take_zone(std::string_view& rest) {
  if (took(rest, 'Z')) return minutes{0};
  const bool east = rest.starts_with('+');
  if (!east && !rest.starts_with('-')) return std::nullopt;
  rest.remove_prefix(1);
  const auto h = digits(rest, 2);
  const auto m = h && took(rest, ':') ? digits(rest, 2) : std::nullopt;
  if (!m || *h > 14 || *m > 59) return std::nullopt;
  const auto ahead = hours{*h} + minutes{*m};
  return east ? ahead : -ahead;
}

}  // namespace

std::optional<accounts::Instant> read_stamp(std::string_view written) {
  const auto date = take_date(written);
  const auto time = date ? take_time(written) : std::nullopt;
  const auto zone = time ? take_zone(written) : std::nullopt;
  if (!zone || !written.empty()) return std::nullopt;
  return sys_days{*date} + time->since_midnight - *zone;
}

std::string written_stamp(accounts::Instant at) {
  const auto midnight = std::chrono::floor<std::chrono::days>(at);
  const year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{at - midnight};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::optional<std::uint32_t> read_date(std::string_view written) {
  const auto date = take_date(written);
  if (!date) return std::nullopt;
  if (!written.empty()) {
    const auto time = take_time(written);
    if (!time || !time->whole || time->since_midnight != seconds{0}) return std::nullopt;
    if (!written.empty() && !take_zone(written)) return std::nullopt;
  }
  if (!written.empty()) return std::nullopt;
  return static_cast<std::uint32_t>(int(date->year())) * 10'000 + unsigned(date->month()) * 100 +
         unsigned(date->day());
}

}  // namespace pulih::directory
