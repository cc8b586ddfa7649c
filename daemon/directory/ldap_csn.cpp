// See ldap_csn.hpp. Places are compared as text: they are digits of a fixed number.
#include "daemon/directory/ldap_csn.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "daemon/central/directory.hpp"

namespace pulih::directory {
namespace {

// What each changed server may have gone back after a clock was put right, and whatever was under
// way while the contextCSN was read: entries of this time are told again.
constexpr std::chrono::minutes overlap{10};

constexpr std::size_t second_digits = 14, time_digits = 20, count_digits = 6, server_digits = 3;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool is_decimal(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string digits(int value, std::size_t width) {
  auto written = std::to_string(value);
  if (written.size() < width) written.insert(0, width - written.size(), '0');
  return written;
}

// The second of a place, less the overlap; nothing: it is no time.
std::optional<std::string> earlier_second(std::string_view place) {
  namespace chrono = std::chrono;
  const auto at = [&](std::size_t from, std::size_t count) {
    return number(place.substr(from, count));
  };
  const chrono::year_month_day day{chrono::year{at(0, 4)},
                                   chrono::month{static_cast<unsigned>(at(4, 2))},
                                   chrono::day{static_cast<unsigned>(at(6, 2))}};
  if (!day.ok()) return std::nullopt;
  const auto second = chrono::sys_seconds{chrono::sys_days{day}} + chrono::hours{at(8, 2)} +
                      chrono::minutes{at(10, 2)} + chrono::seconds{at(12, 2)} - overlap;
  const auto midnight = chrono::floor<chrono::days>(second);
  const chrono::year_month_day on{midnight};
  const chrono::hh_mm_ss time{second - midnight};
  return digits(static_cast<int>(on.year()), 4) +
         digits(static_cast<int>(static_cast<unsigned>(on.month())), 2) +
         digits(static_cast<int>(static_cast<unsigned>(on.day())), 2) +
         digits(static_cast<int>(time.hours().count()), 2) +
         digits(static_cast<int>(time.minutes().count()), 2) +
         digits(static_cast<int>(time.seconds().count()), 2);
}

}  // namespace

std::optional<LdapCsn> read_csn(std::string_view written) {
  // 14 digits, '.', 6 digits, 'Z', '#', 6, '#', 3, '#', 6
  if (written.size() != 40 || written[14] != '.' || written[21] != 'Z' || written[22] != '#' ||
      written[29] != '#' || written[33] != '#')
    return std::nullopt;
  const auto second = written.substr(0, second_digits), fraction = written.substr(15, 6),
             count = written.substr(23, count_digits), server = written.substr(30, server_digits),
             part = written.substr(34, 6);
  if (!is_decimal(second) || !is_decimal(fraction) || !is_hex(count) || !is_hex(server) ||
      !is_hex(part))
    return std::nullopt;
  return LdapCsn{server, std::string(second).append(fraction).append(count)};
}

LdapProgress::LdapProgress(std::span<const accounts::Secret> context) {
  for (const auto& value : context) {
    const auto csn = read_csn(value.reveal());
    if (!csn) {
      servers_.clear();
      return;
    }
    auto& place = servers_[std::string(csn->server)];
    place = std::max(place, csn->place);
  }
}

// "001" and the place for each server, one behind the other.
LdapProgress::LdapProgress(std::string_view place) {
  constexpr std::size_t width = server_digits + time_digits + count_digits;
  if (place.size() % width != 0 || !is_hex(place)) return;
  for (; !place.empty(); place.remove_prefix(width))
    servers_.emplace(place.substr(0, server_digits), place.substr(server_digits, width - 3));
}

std::string LdapProgress::place() const {
  std::string written;
  for (const auto& [server, place] : servers_) written.append(server).append(place);
  return written.size() <= central::longest_mark ? written : "";
}

std::optional<std::string> LdapProgress::since(const LdapProgress& earlier) const {
  if (servers_.empty() || earlier.servers_.empty()) return std::nullopt;
  std::string from;
  for (const auto& [server, before] : earlier.servers_) {
    const auto now = servers_.find(server);
    // The directory was restored from a backup, or a server was taken out of it.
    if (now == servers_.end() || now->second < before) return std::nullopt;
    if (now->second != before && (from.empty() || before < from)) from = before;
  }
  // The first changes of a server: its clock may have any time.
  if (servers_.size() != earlier.servers_.size()) return std::nullopt;
  if (from.empty())
    for (const auto& [server, place] : servers_) from = std::max(from, place);
  const auto second = earlier_second(from);
  if (!second) return std::nullopt;
  return *second + ".000000Z#000000#000#000000";
}

}  // namespace pulih::directory
