// See scim_json.hpp. One function for each rule of RFC 8259's grammar, each of which takes what it
// reads from the front; the first octet out of place ends it all.
#include "daemon/directory/scim_json.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace pulih::directory {
namespace {

constexpr std::size_t deepest = 16, most_parts = 300'000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Of the character at the front (RFC 3629, 4); 0: it is none.
std::size_t octets_of_character(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const auto tail = [&](std::size_t i) { return within(i, 0x80, 0xbf); };
  if (within(0, 0x00, 0x7f)) return 1;
  if (within(0, 0xc2, 0xdf)) return tail(1) ? 2 : 0;
  if (within(0, 0xe0, 0xef)) {
    const unsigned low = at(0) == 0xe0 ? 0xa0 : 0x80, high = at(0) == 0xed ? 0x9f : 0xbf;
    return within(1, low, high) && tail(2) ? 3 : 0;
  }
  if (within(0, 0xf0, 0xf4)) {
    const unsigned low = at(0) == 0xf0 ? 0x90 : 0x80, high = at(0) == 0xf4 ? 0x8f : 0xbf;
    return within(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void add_character(Json::Text& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t octet) { text.push_back(static_cast<char>(octet)); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
  } else {
    add(0xf0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3f));
    add(0x80 | (code >> 6 & 0x3f));
  }
  add(0x80 | (code & 0x3f));
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  bool value(Json& into, std::size_t depth) {
    if (++parts_ > most_parts || depth > deepest) return false;
    blanks();
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return object(into, depth);
      case '[':
        return list(into, depth);
      case '"':
        into.kind = Json::Kind::text;
        return text(into.text);
      case 't':
      case 'f':
        into.kind = Json::Kind::flag;
        into.flag = rest_.front() == 't';
        return took(into.flag ? "true" : "false");
      case 'n':
        return took("null");
      default:
        return number(into);
    }
  }
  bool at_end() {
    blanks();
    return rest_.empty();
  }

 private:
  void blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  bool took(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool took_after_blanks(std::string_view word) { return blanks(), took(word); }

  bool list(Json& into, std::size_t depth) {
    into.kind = Json::Kind::list;
    if (took("["), took_after_blanks("]")) return true;
    do
      if (!value(into.items.emplace_back(), depth + 1)) return false;
    while (took_after_blanks(","));
    return took("]");
  }

  bool object(Json& into, std::size_t depth) {
    into.kind = Json::Kind::object;
    std::set<Json::Text> names;
    if (took("{"), took_after_blanks("}")) return true;
    do {
      auto& member = into.members.emplace_back();
      blanks();
      if (!text(member.name) || !took_after_blanks(":") || !value(member.value, depth + 1))
        return false;
      auto name = member.name;
      std::ranges::transform(name, name.begin(), lower);
      if (!names.insert(std::move(name)).second) return false;
    } while (took_after_blanks(","));
    return took("}");
  }

  bool text(Json::Text& into) {
    if (!took("\"")) return false;
    while (!rest_.empty() && rest_.front() != '"') {
      if (took("\\")) {
        if (!escaped(into)) return false;
        continue;
      }
      const auto octets = octets_of_character(rest_);
      if (octets == 0 || static_cast<unsigned char>(rest_.front()) < ' ') return false;
      into.insert(into.end(), rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(octets));
      rest_.remove_prefix(octets);
    }
    return took("\"");
  }

  // Behind the backslash.
  bool escaped(Json::Text& into) {
    constexpr std::string_view signs = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    if (const auto sign = signs.find(rest_.front()); sign != signs.npos) {
      into.push_back(meant[sign]);
      rest_.remove_prefix(1);
      return true;
    }
    auto code = unit();
    if (!code) return false;
    if (*code >= 0xd800 && *code < 0xdc00) {  // the first of a pair (RFC 8259, 7)
      const auto second = took("\\") ? unit() : std::nullopt;
      if (!second || *second < 0xdc00 || *second > 0xdfff) return false;
      *code = 0x10000 + ((*code - 0xd800) << 10) + (*second - 0xdc00);
    } else if (*code >= 0xdc00 && *code <= 0xdfff) {
      return false;
    }
    add_character(into, *code);
    return true;
  }
  // "u00e9"
  std::optional<std::uint32_t> unit() {
    if (!took("u") || rest_.size() < 4) return std::nullopt;
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (error != std::errc{} || end != rest_.data() + 4) return std::nullopt;
    rest_.remove_prefix(4);
    return code;
  }

  std::size_t digits() {
    const auto* end = std::ranges::find_if_not(rest_, is_digit);
    const auto count = static_cast<std::size_t>(end - rest_.begin());
    rest_.remove_prefix(count);
    return count;
  }
  bool number(Json& into) {
    into.kind = Json::Kind::number;
    const auto all = rest_;
    const bool negative = took("-");
    const bool zero = rest_.starts_with('0');
    const auto before_point = digits();
    if (before_point == 0 || (zero && before_point > 1)) return false;
    bool whole = !negative;
    if (took(".")) {
      whole = false;
      if (digits() == 0) return false;
    }
    if (took("e") || took("E")) {
      whole = false;
      if (!took("+")) (void)took("-");
      if (digits() == 0) return false;
    }
    std::uint64_t value = 0;
    if (whole && std::from_chars(all.data(), all.data() + before_point, value).ec == std::errc{})
      into.whole = value;
    return true;
  }

  std::string_view rest_;
  std::size_t parts_ = 0;
};

}  // namespace

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

std::optional<Json> read_json(const accounts::WipedBytes& octets) {
  Reader reader({reinterpret_cast<const char*>(octets.data()), octets.size()});
  Json json;
  if (!reader.value(json, 1) || !reader.at_end()) return std::nullopt;
  return json;
}

const Json* member(const Json& object, std::string_view name) {
  for (const auto& each : object.members)
    if (same_name({each.name.data(), each.name.size()}, name))
      return each.value.kind == Json::Kind::null ? nullptr : &each.value;
  return nullptr;
}

std::optional<std::string_view> text_member(const Json& object, std::string_view name,
                                            std::size_t longest) {
  const auto* found = member(object, name);
  if (found == nullptr || found->kind != Json::Kind::text || found->text.size() > longest)
    return std::nullopt;
  return found->view();
}

std::optional<std::uint64_t> number_member(const Json& object, std::string_view name) {
  const auto* found = member(object, name);
  return found == nullptr ? std::nullopt : found->whole;
}

bool flag_member(const Json& object, std::string_view name) {
  const auto* found = member(object, name);
  return found != nullptr && found->kind == Json::Kind::flag && found->flag;
}

bool is_of_schema(const Json& resource, std::string_view urn) {
  const auto* schemas = member(resource, "schemas");
  return schemas != nullptr && std::ranges::any_of(schemas->items, [&](const Json& each) {
           return each.kind == Json::Kind::text && same_name(each.view(), urn);
         });
}

}  // namespace pulih::directory
