// The names that directories give, of whichever kind they are: in either case, and with the account
// domain behind an id.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pulih::directory {

std::string in_lower_case(std::string_view text);
// Small letters, digits, and what stands in `signs`.
bool holds_only(std::string_view text, std::string_view signs);
// The id in lower case, "." and the domain cut off its end (none: `domain` is empty). Nothing: it
// does not end so.
std::optional<std::string> id_within(std::string_view domain, std::string_view written);

}  // namespace pulih::directory
