// See entry.hpp. Packing is the form in which journald takes fields, so that nothing has to be
// copied again on the way out; the readable form is made only where a person reads along.
#include "daemon/operator/entry.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pulih::operators {
namespace {

void pack(std::string& entry, std::string_view name, std::string_view value) {
  entry.append(name).append("=");
  const auto start = entry.size();
  entry.append(value);
  std::replace(entry.begin() + static_cast<std::ptrdiff_t>(start), entry.end(), '\0', ' ');
  entry.push_back('\0');
}

std::string_view word(std::string_view priority) {
  constexpr std::array<std::string_view, 7> words = {"EMERGENCY", "ALERT",  "CRITICAL", "ERROR",
                                                     "WARNING",   "NOTICE", "INFO"};
  const auto at = static_cast<std::size_t>(priority.empty() ? '6' : priority.front()) - '0';
  return words[std::min(at, words.size() - 1)];
}

void append_printable(std::string& line, std::string_view text) {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f)
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", octet);
    else
      line.push_back(c);
  }
}

void append_field(std::string& line, std::string_view name, std::string_view value) {
  for (const char c : name) line.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  const bool quoted = value.empty() || value.find(' ') != value.npos;
  line.append(quoted ? "=\"" : "=");
  append_printable(line, value);
  line.append(quoted ? "\" " : " ");
}

}  // namespace

std::string packed_entry(const Event& what, std::string_view message, std::string_view site,
                         std::initializer_list<Field> fields) {
  std::string entry;
  pack(entry, "MESSAGE", message);
  pack(entry, "MESSAGE_ID", what.id);
  pack(entry, "PRIORITY", std::to_string(static_cast<int>(what.priority)));
  if (!site.empty()) pack(entry, "SITE", site);
  for (const auto& field : fields) pack(entry, field.name(), field.value());
  return entry;
}

std::vector<std::string_view> fields_of(std::string_view packed) {
  std::vector<std::string_view> fields;
  while (!packed.empty()) {
    const auto end = std::min(packed.find('\0'), packed.size());
    fields.push_back(packed.substr(0, end));
    packed.remove_prefix(std::min(end + 1, packed.size()));
  }
  return fields;
}

// The message id and the site would only tire a reader who sits before one machine.
std::string readable_line(std::string_view packed, std::chrono::system_clock::time_point at) {
  std::string named;
  std::string_view message, priority;
  for (const auto field : fields_of(packed)) {
    const auto split = std::min(field.find('='), field.size());
    const auto name = field.substr(0, split);
    const auto value = field.substr(std::min(split + 1, field.size()));
    if (name == "MESSAGE")
      message = value;
    else if (name == "PRIORITY")
      priority = value;
    else if (name != "MESSAGE_ID" && name != "SITE")
      append_field(named, name, value);
  }
  const auto second = std::chrono::time_point_cast<std::chrono::seconds>(at);
  auto line =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ} {} {}", fmt::gmtime(second), word(priority), named);
  append_printable(line, message);
  line.push_back('\n');
  return line;
}

}  // namespace pulih::operators
