// JSON that a stranger wrote (RFC 8259), read within bounds into memory that is wiped: an answer of
// a directory holds birth dates and contacts, and may repeat a password. The reader is our own
// because nlohmann's keeps each token once more, in memory that nobody wipes. Names of attributes
// match whatever their case (RFC 7643, 2.1), and a name that stands twice in one object makes the
// whole unreadable, since two readers would read two things.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/accounts/secret.hpp"

namespace pulih::directory {

struct Json {
  template <class T>
  using Wiped = std::vector<T, accounts::WipingAllocator<T>>;
  using Text = Wiped<char>;  // not a string, which keeps short texts within itself, on a stack
  struct Member;

  enum class Kind : std::uint8_t { null, flag, number, text, list, object } kind = Kind::null;
  bool flag = false;
  std::optional<std::uint64_t> whole;  // of a number, if it is a whole one from 0 up
  Text text;
  Wiped<Json> items;      // of a list
  Wiped<Member> members;  // of an object

  std::string_view view() const { return {text.data(), text.size()}; }
};
struct Json::Member {
  Text name;
  Json value;
};

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
