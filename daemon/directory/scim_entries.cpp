// See scim_entries.hpp. Each reader gives a value or what is wrong; the first fault of a user is
// the one that is told.
#include "daemon/directory/scim_entries.hpp"

#include <algorithm>
#include <array>

#include "daemon/directory/names.hpp"
#include "daemon/directory/scim_stamp.hpp"
#include "protocols/gsm/msisdn.hpp"

namespace pulih::directory {
namespace {

using Fault = std::string;
template <class T>
using Read = tl::expected<T, Fault>;

constexpr std::size_t longest_text = 512, longest_region = 64;

tl::unexpected<Fault> fault(std::string what) { return tl::unexpected(std::move(what)); }

// "urn:…:User:name.part", "name.part" or "name" (RFC 7644, 3.10).
const Json* at_path(const Json& resource, std::string_view path) {
  const Json* within = &resource;
  if (same_name(path.substr(0, 4), "urn:")) {
    const auto colon = path.rfind(':');
    within = member(resource, path.substr(0, colon));
    path.remove_prefix(colon + 1);
  }
  while (within != nullptr) {
    const auto dot = path.find('.');
    within = member(*within, path.substr(0, dot));
    if (dot == path.npos) break;
    path.remove_prefix(dot + 1);
  }
  return within;
}

// Nothing: there is none, or it is no text.
std::optional<std::string_view> text_at(const Json& resource, std::string_view path) {
  const auto* found = at_path(resource, path);
  if (found == nullptr || found->kind != Json::Kind::text || found->text.size() > longest_text)
    return std::nullopt;
  return found->view();
}

Read<std::string> id_of(const Json& resource, const ScimNames& names) {
  const auto name = text_member(resource, "userName", longest_text);
  if (!name) return fault("no userName");
  auto id = id_within(names.domain, *name);
  if (!id) return fault("a userName outside the domain of the accounts");
  const auto at = id->find('@');
  if (at == 0 || at == id->npos || at + 1 == id->size() || id->size() > central::longest_id ||
      !holds_only(std::string_view(*id).substr(0, at), "._+-") ||
      !holds_only(std::string_view(*id).substr(at + 1), ".-"))
    return fault("a userName that is no account's");
  return std::move(*id);
}

Read<std::string> region_of(const Json& resource, const ScimNames& names) {
  if (names.region_attribute.empty()) return names.region;
  const auto written = text_at(resource, names.region_attribute);
  if (!written) return fault("no region");
  auto region = in_lower_case(*written);
  if (region.empty() || region.size() > longest_region || !holds_only(region, "-"))
    return fault("a region that is none");
  return region;
}

Read<accounts::BirthDate> birth_date_of(const Json& resource, const ScimNames& names) {
  const auto written = text_at(resource, names.birth_date);
  if (!written) return fault("no birth date");
  const auto date = read_date(*written);
  if (!date) return fault("a birth date that is none");
  return accounts::BirthDate(*date);
}

// Of several values (RFC 7643, 2.4) the one that counts: the primary one, else the one of this
// type, else the only one. An empty text: there are none.
Read<std::string_view> value_that_counts(const Json& resource, std::string_view attribute,
                                         std::string_view type) {
  const auto* values = member(resource, attribute);
  if (values == nullptr) return "";
  if (values->kind != Json::Kind::list) return fault(std::string(attribute) + " that are no list");
  const Json *primary = nullptr, *of_type = nullptr;
  std::size_t primaries = 0, of_types = 0;
  const auto& all = values->items;
  for (const auto& each : all) {
    if (flag_member(each, "primary")) primary = &each, ++primaries;
    const auto its_type = text_member(each, "type", longest_text);
    if (its_type && same_name(*its_type, type)) of_type = &each, ++of_types;
  }
  const Json* counts = primary;
  if (primaries == 0) counts = of_types != 0 ? of_type : all.size() == 1 ? all.data() : nullptr;
  if (primaries > 1 || (primaries == 0 && of_types > 1) || (counts == nullptr && !all.empty()))
    return fault("several " + std::string(attribute) + ", and nothing says which counts");
  if (counts == nullptr) return "";
  const auto value = text_member(*counts, "value", longest_text);
  if (!value) return fault("one of its " + std::string(attribute) + " has no value");
  return *value;
}

// "tel:+62-811-0000-0001" (RFC 3966), or as people write it.
Read<accounts::Msisdn> phone_of(const Json& resource, const ScimNames& names) {
  const auto written = value_that_counts(resource, "phoneNumbers", names.phone_type);
  if (!written) return fault(written.error());
  auto number = *written;
  if (number.empty()) return accounts::Msisdn();
  if (same_name(number.substr(0, 4), "tel:")) number.remove_prefix(4);
  // What begins neither with a sign for it nor with the country may be any country's.
  const bool tells_country =
      number.starts_with('+') || number.starts_with('0') || number.starts_with(names.country);
  const auto digits = tells_country ? gsm::normal_form(number, 0, names.country) : std::nullopt;
  const auto phone = digits ? accounts::Msisdn::from_normal_form(*digits) : std::nullopt;
  if (!phone) return fault("a phone that is no number");
  return *phone;
}

Read<accounts::Secret> email_of(const Json& resource, const ScimNames& names) {
  const auto written = value_that_counts(resource, "emails", names.email_type);
  if (!written) return fault(written.error());
  const auto at = written->find('@');
  const bool plain = std::ranges::all_of(*written, [](char c) { return c > ' ' && c < 0x7f; });
  if (!written->empty() && (!plain || written->size() > central::longest_email || at == 0 ||
                            at == written->npos || at + 1 == written->size()))
    return fault("an e-mail address that is none");
  return accounts::Secret(*written);
}

// RFC 7643, 4.1.1: a user who is not active has no use of the account, so there is no reset either.
Read<bool> locked_of(const Json& resource) {
  const auto* active = member(resource, "active");
  if (active == nullptr) return false;
  if (active->kind != Json::Kind::flag) return fault("active that is neither true nor false");
  return !active->flag;
}

central::DirectoryListed entry_of(const Json& resource, const ScimNames& names,
                                  const std::string& handle, std::string_view version) {
  if (handle.empty()) return fault("no id that a request can name");
  if (version.empty()) return fault("no version");
  auto id = id_of(resource, names);
  if (!id) return fault(id.error());
  auto region = region_of(resource, names);
  if (!region) return fault(region.error());
  auto birth_date = birth_date_of(resource, names);
  if (!birth_date) return fault(birth_date.error());
  auto phone = phone_of(resource, names);
  if (!phone) return fault(phone.error());
  auto email = email_of(resource, names);
  if (!email) return fault(email.error());
  const auto locked = locked_of(resource);
  if (!locked) return fault(locked.error());
  central::DirectoryEntry entry;
  entry.handle = handle;
  entry.marks = {std::string(version), std::string(version)};
  entry.region = std::move(*region);
  entry.id = std::move(*id);
  entry.birth_date = *birth_date;
  entry.phone = *phone;
  entry.email = std::move(*email);
  entry.locked = *locked;
  return entry;
}

}  // namespace

ScimUser read_user(const Json& resource, const ScimNames& names) {
  ScimUser user;
  if (const auto id = text_member(resource, "id", central::longest_handle); id && is_user_id(*id))
    user.id = *id;
  if (const auto* meta = member(resource, "meta")) {
    if (const auto version = text_member(*meta, "version", central::longest_mark);
        version && is_version(*version))
      user.version = *version;
    user.stamp = read_stamp(text_member(*meta, "lastModified", longest_text).value_or(""));
  }
  user.entry = entry_of(resource, names, user.id, user.version);
  return user;
}

std::string needed_attributes(const ScimNames& names) {
  std::string list = "id,userName,active,meta,phoneNumbers,emails," + names.birth_date;
  if (!names.region_attribute.empty()) list += "," + names.region_attribute;
  return list;
}

bool is_version(std::string_view text) {
  if (text.size() > central::longest_mark) return false;
  auto tag = text;
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  const bool quoted = tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"');
  if (quoted) tag = tag.substr(1, tag.size() - 2);
  constexpr std::string_view word = "-._~+/=:";
  return !tag.empty() && std::ranges::all_of(tag, [&](char c) {
    if (quoted) return c > ' ' && c < 0x7f && c != '"';
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           word.find(c) != word.npos;
  });
}

bool is_user_id(std::string_view text) {
  return !text.empty() && text.size() <= central::longest_handle && text != "." && text != ".." &&
         std::ranges::none_of(
             text, [](char c) { return (static_cast<unsigned char>(c) < ' ') || c == 0x7f; });
}

}  // namespace pulih::directory
