// See shown.hpp. First the parts of any answer, then the carriers, which have a form of their own.
#include "daemon/operator/shown.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace pulih::operators {
namespace {

constexpr std::size_t value_column = 24;

// What a peer said may stand in a text; a terminal obeys some octets.
std::string visible(std::string text) {
  const auto unseen = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::ranges::replace_if(text, unseen, '?');
  return text;
}

std::string in_words(std::string_view key) {
  std::string words(key);
  std::ranges::replace(words, '_', ' ');
  return visible(words);
}

std::string value_of(std::string_view key, const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return visible(value.get<std::string>());
  if (value.is_number_unsigned() && key.ends_with("_s"))
    return shown(std::chrono::seconds{value.get<std::int64_t>()});
  return value.is_number() ? value.dump() : "";
}

std::string_view without_unit(std::string_view key) {
  return key.ends_with("_s") ? key.substr(0, key.size() - 2) : key;
}

void show(std::string& text, std::string_view key, const Json& value, std::size_t depth) {
  std::string line(2 * depth, ' ');
  line += in_words(without_unit(key));
  if (value.is_structured()) {
    text += line + '\n';
    for (const auto& [name, inner] : value.items()) show(text, name, inner, depth + 1);
    return;
  }
  line.resize(std::max(line.size() + 1, value_column), ' ');
  text += line + value_of(key, value) + '\n';
}

// ---- carriers ---------------------------------------------------------------------------------

std::string word(const Json& object, std::string_view key) {
  return visible(field<std::string>(object, key).value_or("?"));
}
std::uint64_t count(const Json& object, std::string_view key) {
  return field<std::uint64_t>(object, key).value_or(0);
}
std::string of(std::uint64_t some, std::uint64_t all) {
  return std::to_string(some) + " of " + std::to_string(all);
}

std::string shown_bind(const Json& bind) {
  std::string text = word(bind, "mode") + " " + word(bind, "state");
  const bool bound = field<std::string>(bind, "state") == "bound";
  if (bound)
    text += " for " + shown(std::chrono::seconds{static_cast<std::int64_t>(
                          field<std::uint64_t>(bind, "bound_s").value_or(0))});
  text += (bound ? " to " : ", ") + word(bind, "host");
  if (bound) text += ", " + of(count(bind, "under_way"), count(bind, "window")) + " under way";
  if (const auto rests = count(bind, "rests_ms"); rests != 0)
    text += ", rests for " + std::to_string((rests + 999) / 1000) + " s";
  if (!bound && field<std::string>(bind, "last_trouble")) text += ": " + word(bind, "last_trouble");
  return text;
}

void show_carrier(std::string& text, const Json& carrier) {
  const auto name = word(carrier, "name"), sender = word(carrier, "sent_by");
  text += "  " + name + ": ";
  if (sender != name)
    text += "away, " + sender + " sends its messages";
  else
    text += field<bool>(carrier, "can_send").value_or(false) ? "sends" : "away, its messages wait";
  text += "; " + of(count(carrier, "waiting"), count(carrier, "queue")) + " waiting\n";
  if (carrier.contains("binds") && carrier["binds"].is_array())
    for (std::size_t i = 0; i < carrier["binds"].size(); ++i)
      text += "    bind " + std::to_string(i + 1) + ": " + shown_bind(carrier["binds"][i]) + '\n';
  if (!carrier.contains("since_start") || !carrier["since_start"].is_object()) return;
  std::string counts;
  for (const auto& [key, value] : carrier["since_start"].items())
    counts += (counts.empty() ? "" : ", ") + in_words(key) + " " + value_of(key, value);
  text += "    since the start: " + counts + '\n';
}

}  // namespace

std::string shown(std::chrono::seconds time) {
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  constexpr std::array units = {Unit{86'400, " d"}, Unit{3'600, " h"}, Unit{60, " min"},
                                Unit{1, " s"}};
  auto left = std::max<std::int64_t>(time.count(), 0);
  auto unit = std::ranges::find_if(units, [&](const Unit& u) { return left >= u.seconds; });
  if (unit == units.end()) return "0 s";
  std::string text = std::to_string(left / unit->seconds) + std::string(unit->name);
  left %= unit->seconds;
  if (++unit != units.end() && left >= unit->seconds)
    text += " " + std::to_string(left / unit->seconds) + std::string(unit->name);
  return text;
}

std::string shown(const Json& sections) {
  std::string text;
  for (const auto& [name, section] : sections.items()) {
    if (name != "carriers" || !section.is_array()) {
      show(text, name, section, 0);
      continue;
    }
    text += "carriers\n";
    for (const auto& carrier : section) show_carrier(text, carrier);
  }
  return text;
}

}  // namespace pulih::operators
