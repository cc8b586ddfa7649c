// See scim_messages.hpp. A message without its schema is none: what stands in the place of a
// directory after a mistake in a URL must not be taken for an empty one.
#include "daemon/directory/scim_messages.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace pulih::directory {
namespace {

constexpr std::array<std::string_view, 11> kinds = {
    "invalidFilter", "tooMany",      "uniqueness",  "mutability", "invalidSyntax", "invalidPath",
    "noTarget",      "invalidValue", "invalidVers", "sensitive",  "invalidCursor"};

bool supports(const Json& abilities, std::string_view what) {
  const auto* ability = member(abilities, what);
  return ability != nullptr && flag_member(*ability, "supported");
}

}  // namespace

std::optional<ScimPage> read_page(const accounts::WipedBytes& content, const ScimNames& names) {
  const auto read = read_json(content);
  if (!read || !is_of_schema(*read, "urn:ietf:params:scim:api:messages:2.0:ListResponse"))
    return std::nullopt;
  const auto total = number_member(*read, "totalResults");
  if (!total) return std::nullopt;
  ScimPage page{*total, number_member(*read, "startIndex"), {}};
  const auto* resources = member(*read, "Resources");
  if (resources == nullptr) return page;
  if (resources->kind != Json::Kind::list) return std::nullopt;
  page.users.reserve(resources->items.size());
  for (const auto& each : resources->items) page.users.push_back(read_user(each, names));
  return page;
}

std::optional<ScimAbilities> read_abilities(const accounts::WipedBytes& content) {
  const auto read = read_json(content);
  if (!read || !is_of_schema(*read, "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"))
    return std::nullopt;
  ScimAbilities can;
  can.patch = supports(*read, "patch");
  can.filter = supports(*read, "filter");
  can.sort = supports(*read, "sort");
  can.etag = supports(*read, "etag");
  can.change_password = supports(*read, "changePassword");
  if (const auto* filter = member(*read, "filter"))
    can.most_results = number_member(*filter, "maxResults");
  return can;
}

ScimError read_error(const accounts::WipedBytes& content) {
  ScimError error;
  const auto read = read_json(content);
  error.own = read && is_of_schema(*read, "urn:ietf:params:scim:api:messages:2.0:Error");
  if (!error.own) return error;
  const auto told = text_member(*read, "scimType", 64).value_or("");
  const auto* known = std::ranges::find(kinds, told);
  if (known != kinds.end()) error.kind = *known;
  return error;
}

central::Unavailable meaning_of(const HttpLink& link, const HttpAnswer& answer) {
  const auto error = read_error(answer.content);
  auto what = "it answers " + std::to_string(answer.status);
  if (!error.kind.empty()) what.append(" ").append(error.kind);
  const auto& status = answer.status;
  if (status == 401)
    return link.refused(what + ": it does not accept the token", "put a valid one into its file");
  if (status == 403)
    return link.refused(what + ": the token has no right to this",
                        "it needs to read users and to change their password");
  if (status >= 300 && status < 400)
    return link.refused(what + ": it is at another place", "write that place's URL");
  if (status == 404)
    return link.refused(what + ": there is no SCIM at this URL", "it often ends with /scim/v2");
  if (status == 400 || status == 405 || status == 501 || status == 428)
    return link.refused(what + ": it does not understand this request",
                        "ask its owner for SCIM 2.0 (RFC 7644) with filters, PATCH and ETags");
  if (answer.retry_after)
    return link.away(what, "it asks to wait " + std::to_string(*answer.retry_after) + " s");
  return link.away(what, "it is tried again");
}

accounts::WipedBytes password_patch(const accounts::Secret& password) {
  constexpr std::string_view front =
      R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
      R"("Operations":[{"op":"replace","path":"password","value":")";
  constexpr std::string_view end = R"("}]})", digits = "0123456789abcdef";
  accounts::WipedBytes patch;
  patch.reserve(front.size() + 6 * password.size() + end.size());
  const auto add = [&](std::string_view text) {
    patch.insert(patch.end(), text.begin(), text.end());
  };
  add(front);
  for (const char c : password.reveal()) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') patch.push_back('\\');
    if (octet < ' ') {  // RFC 8259, 7
      add("\\u00");
      add(digits.substr(octet >> 4, 1));
      add(digits.substr(octet & 15, 1));
    } else {
      patch.push_back(octet);
    }
  }
  add(end);
  return patch;
}

}  // namespace pulih::directory
