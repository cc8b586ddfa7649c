// See scim_json.hpp. The bounds are checked on the octets, before the parser makes anything of
// them.
#include "daemon/directory/scim_json.hpp"

#include <algorithm>
#include <set>

namespace pulih::directory {
namespace {

constexpr std::size_t deepest = 16, most_parts = 300'000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool within_bounds(const accounts::WipedBytes& octets) {
  std::size_t depth = 0, parts = 0;
  bool in_text = false, escaped = false;
  for (const auto octet : octets) {
    const char c = static_cast<char>(octet);
    if (in_text) {
      if (c == '"' && !escaped) in_text = false;
      escaped = c == '\\' && !escaped;
      continue;
    }
    if (c == '"') in_text = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (c == '{' || c == '[' || c == ',' || c == ':') ++parts;
    if (depth > deepest || parts > most_parts) return false;
  }
  return true;
}

}  // namespace

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

std::optional<Json> read_json(const accounts::WipedBytes& octets) {
  if (!within_bounds(octets)) return std::nullopt;
  std::vector<std::set<WipedText>> names;  // of the objects that are open
  bool twice = false;
  const auto seen = [&](int, Json::parse_event_t event, Json& part) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end && !names.empty()) names.pop_back();
    if (event == Json::parse_event_t::key && !names.empty()) {
      auto name = part.get_ref<const WipedText&>();
      std::ranges::transform(name, name.begin(), lower);
      twice |= !names.back().insert(std::move(name)).second;
    }
    return true;
  };
  auto read = Json::parse(octets.begin(), octets.end(), seen, false);
  if (read.is_discarded() || twice) return std::nullopt;
  return read;
}

const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (const auto& [its_name, value] : object.get_ref<const Json::object_t&>())
    if (same_name(its_name, name)) return value.is_null() ? nullptr : &value;
  return nullptr;
}

std::optional<std::string_view> text_member(const Json& object, std::string_view name,
                                            std::size_t longest) {
  const auto* found = member(object, name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  const std::string_view text = found->get_ref<const WipedText&>();
  if (text.size() > longest) return std::nullopt;
  return text;
}

std::optional<std::uint64_t> number_member(const Json& object, std::string_view name) {
  const auto* found = member(object, name);
  if (found == nullptr || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

bool flag_member(const Json& object, std::string_view name) {
  const auto* found = member(object, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

bool is_of_schema(const Json& resource, std::string_view urn) {
  const auto* schemas = member(resource, "schemas");
  return schemas != nullptr && schemas->is_array() &&
         std::ranges::any_of(*schemas, [&](const Json& each) {
           return each.is_string() && same_name(each.get_ref<const WipedText&>(), urn);
         });
}

}  // namespace pulih::directory
