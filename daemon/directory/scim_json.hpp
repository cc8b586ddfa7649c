// JSON that a stranger wrote (RFC 8259), read within bounds into memory that is wiped: an answer of
// a directory holds birth dates and contacts. Names of attributes match whatever their case (RFC
// 7643, 2.1), and a name that stands twice in one object makes the whole unreadable, since two
// readers would read two things.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/accounts/secret.hpp"

namespace pulih::directory {

using WipedText = std::basic_string<char, std::char_traits<char>, accounts::WipingAllocator<char>>;
using Json = nlohmann::basic_json<std::map, std::vector, WipedText, bool, std::int64_t,
                                  std::uint64_t, double, accounts::WipingAllocator>;

// Nothing: it is no JSON, or deeper or of more parts than any answer of a directory.
std::optional<Json> read_json(const accounts::WipedBytes& octets);

// Null pointers: there is none, it is null (RFC 7643, 2.5: the same), or this is no object.
const Json* member(const Json& object, std::string_view name);
// Nothing: there is none, or it is no text; a text may hold anything but has at most so many
// octets.
std::optional<std::string_view> text_member(const Json& object, std::string_view name,
                                            std::size_t longest);
// Nothing: there is none, or it is no whole number from 0 up.
std::optional<std::uint64_t> number_member(const Json& object, std::string_view name);
// Whether it is there and true.
bool flag_member(const Json& object, std::string_view name);
// Whether `schemas` names this one (RFC 7643, 3).
bool is_of_schema(const Json& resource, std::string_view urn);

bool same_name(std::string_view one, std::string_view other);

}  // namespace pulih::directory
