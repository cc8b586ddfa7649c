// See names.hpp. Letters are those of ASCII, whatever the locale is: an id has no others.
#include "daemon/directory/names.hpp"

#include <algorithm>

namespace pulih::directory {

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

bool holds_only(std::string_view text, std::string_view signs) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || signs.find(c) != signs.npos;
  });
}

std::optional<std::string> id_within(std::string_view domain, std::string_view written) {
  auto id = in_lower_case(written);
  if (domain.empty()) return id;
  const auto ending = "." + in_lower_case(domain);
  if (!id.ends_with(ending)) return std::nullopt;
  id.resize(id.size() - ending.size());
  return id;
}

}  // namespace pulih::directory
