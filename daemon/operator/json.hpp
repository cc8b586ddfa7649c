// The JSON that pulihctl and the daemon speak with each other. What comes from the other side may
// be anything: a value is taken out only with the type that is asked for.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace pulih::operators {

// Objects keep the order in which they were filled, so that a person reads them as they were meant.
using Json = nlohmann::ordered_json;

// One line, whatever octets its strings hold.
inline std::string one_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Nothing: `object` is none, or has no such key, or holds there what is no T.
template <class T>
std::optional<T> field(const Json& object, std::string_view key) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  if constexpr (std::is_same_v<T, std::string>) {
    if (!found->is_string()) return std::nullopt;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!found->is_boolean()) return std::nullopt;
  } else {
    if (!found->is_number_unsigned()) return std::nullopt;
  }
  return found->template get<T>();
}

}  // namespace pulih::operators
