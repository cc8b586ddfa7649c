// See ldap_entries.hpp. A fault is the word of whoever keeps the directory: it goes to the journal.
#include "daemon/directory/ldap_entries.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/sha256.hpp"
#include "daemon/directory/ldap_csn.hpp"
#include "daemon/directory/names.hpp"
#include "protocols/gsm/msisdn.hpp"

namespace pulih::directory {
namespace {

using accounts::Secret;
using Fault = tl::unexpected<std::string>;
using Values = std::vector<Secret>;

const Values none;

const Values& values(const LdapEntry& entry, const std::string& attribute) {
  const auto found = entry.attributes.find(attribute);
  return found == entry.attributes.end() ? none : found->second;
}

// The one value; empty: there is none.
tl::expected<std::string_view, std::string> single(const LdapEntry& entry,
                                                   const std::string& attribute,
                                                   std::size_t longest) {
  const auto& all = values(entry, attribute);
  if (all.empty()) return "";
  if (all.size() > 1) return Fault("more than one " + attribute);
  const auto text = all.front().reveal();
  if (text.size() > longest) return Fault("a " + attribute + " that is too long");
  // What stands in these attributes is ASCII: ids, dates, numbers, addresses, regions.
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }))
    return Fault("a " + attribute + " with characters that have no place there");
  return text;
}

tl::expected<std::string, std::string> id_of(const LdapEntry& entry, const LdapSchema& schema) {
  const auto written = single(entry, schema.id, central::longest_id);
  if (!written) return tl::unexpected(written.error());
  if (written->empty()) return Fault("no " + schema.id);
  auto id = id_within(schema.account_domain, *written);
  if (!id) return Fault("a " + schema.id + " outside the account domain");
  const auto at = id->find('@');
  if (at == 0 || at == id->npos || at + 1 == id->size() || id->find('@', at + 1) != id->npos ||
      id->find(' ') != id->npos)
    return Fault("a " + schema.id + " that is no account's");
  return std::move(*id);
}

tl::expected<accounts::BirthDate, std::string> birth_date_of(const LdapEntry& entry,
                                                             const std::string& attribute) {
  // 19850817000000.000+0700 is the longest that is read.
  const auto written = single(entry, attribute, 24);
  if (!written) return tl::unexpected(written.error());
  if (written->empty()) return Fault("no " + attribute);
  std::string digits(*written);
  if (digits.size() == 10 && digits[4] == '-' && digits[7] == '-') std::erase(digits, '-');
  std::uint32_t yyyymmdd = 0;
  const auto [end, error] = std::from_chars(
      digits.data(), digits.data() + std::min<std::size_t>(8, digits.size()), yyyymmdd);
  const auto behind =
      std::string_view(digits).substr(static_cast<std::size_t>(end - digits.data()));
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(yyyymmdd / 10'000)},
                                         std::chrono::month{yyyymmdd / 100 % 100},
                                         std::chrono::day{yyyymmdd % 100}};
  // Behind the day of a Generalized Time (RFC 4517, 3.3.13) stands at least the hour.
  const bool is_time = behind.size() >= 3 && behind[0] >= '0' && behind[0] <= '2';
  if (error != std::errc{} || end != digits.data() + 8 || !(behind.empty() || is_time) ||
      !date.ok() || yyyymmdd < 1900'00'00)
    return Fault("a " + attribute + " that is no date");
  return accounts::BirthDate(yyyymmdd);
}

tl::expected<accounts::Msisdn, std::string> phone_of(const LdapEntry& entry,
                                                     const LdapSchema& schema) {
  if (schema.phone.empty()) return {};
  const auto written = single(entry, schema.phone, 40);
  if (!written) return tl::unexpected(written.error());
  if (written->empty()) return {};
  const auto normal = gsm::normal_form(*written, 0, schema.country);
  const auto number = normal ? accounts::Msisdn::from_normal_form(*normal) : std::nullopt;
  if (!number) return Fault("a " + schema.phone + " that is no number");
  return *number;
}

tl::expected<Secret, std::string> email_of(const LdapEntry& entry, const std::string& attribute) {
  if (attribute.empty()) return {};
  const auto written = single(entry, attribute, central::longest_email);
  if (!written) return tl::unexpected(written.error());
  const auto at = written->find('@');
  if (!written->empty() && (at == 0 || at == written->npos || at + 1 == written->size() ||
                            written->find(' ') != written->npos))
    return Fault("a " + attribute + " that is no address");
  return Secret(*written);
}

tl::expected<std::string, std::string> region_of(const LdapEntry& entry, const LdapSchema& schema) {
  if (schema.region_attribute.empty()) return schema.region;
  const auto written = single(entry, schema.region_attribute, 32);
  if (!written) return tl::unexpected(written.error());
  if (written->empty()) return Fault("no " + schema.region_attribute);
  auto region = in_lower_case(*written);
  if (!holds_only(region, "-"))
    return Fault("a " + schema.region_attribute +
                 " that is no region: letters, digits and hyphens");
  return region;
}

bool passes(const LdapEntry& entry, const LdapTest& test) {
  const auto& all = values(entry, test.attribute);
  if (test.value == "*") return !all.empty();
  return std::ranges::any_of(all, [&](const Secret& value) {
    return in_lower_case(value.reveal()) == in_lower_case(test.value);
  });
}

// Of octets that are as good as random to whoever has not read the entry: a password's hash has its
// salt in it.
std::string digest(std::vector<std::string_view> parts) {
  std::ranges::sort(parts);
  accounts::Sha256 hash;
  for (const auto part : parts) {
    hash.add(std::to_string(part.size()) + ":");
    hash.add(part);
  }
  const auto made = hash.digest();
  return accounts::in_hex(std::span(made).first(16));
}

// What shows that a password was changed, best first:
// - its hashes, where this user may read them, with the time of the change, since an old hash may
//   be put back;
// - the time of the change (draft-behera-ldap-password-policy-10, 5.3.1). It has no fractions of a
//   second in slapd 2.5, so while the entry's last change is of the same second it is not enough;
// - the CSN of the entry, which changes with everything, a failed login included.
std::string password_mark(const LdapEntry& entry, std::string_view csn) {
  const auto& hashes = values(entry, "userPassword");
  const auto& changed = values(entry, "pwdChangedTime");
  std::vector<std::string_view> parts;
  for (const auto* list : {&hashes, &changed})
    for (const auto& value : *list) parts.push_back(value.reveal());
  if (!hashes.empty()) return "p" + digest(std::move(parts));
  if (changed.empty()) return "s" + std::string(csn);
  const auto second = changed.front().reveal().substr(0, 14);
  const bool is_settled = changed.size() == 1 && csn.substr(0, 14) > second;
  if (!is_settled) parts.push_back(csn);
  return "t" + digest(std::move(parts));
}

}  // namespace

std::vector<std::string> mark_attributes(bool has_policy) {
  std::vector<std::string> names{"entryCSN", "userPassword"};
  if (has_policy) names.emplace_back("pwdChangedTime");
  return names;
}

std::vector<std::string> asked_of(const LdapSchema& schema) {
  auto names = mark_attributes(true);
  for (const auto& name :
       {schema.id, schema.birth_date, schema.phone, schema.email, schema.region_attribute,
        schema.activated ? schema.activated->attribute : "",
        schema.locked ? schema.locked->attribute : ""})
    if (!name.empty()) names.push_back(name);
  return names;
}

std::optional<central::DirectoryMarks> marks_of(const LdapEntry& entry) {
  const auto& all = values(entry, "entryCSN");
  if (all.size() != 1 || !read_csn(all.front().reveal())) return std::nullopt;
  const auto csn = all.front().reveal();
  return central::DirectoryMarks{std::string(csn), password_mark(entry, csn)};
}

central::DirectoryListed account_of(const LdapEntry& entry, const LdapSchema& schema) {
  if (entry.dn.empty() || entry.dn.size() > central::longest_handle)
    return Fault("a DN of more than " + std::to_string(central::longest_handle) + " octets");
  auto marks = marks_of(entry);
  if (!marks) return Fault("no entryCSN");
  const auto id = id_of(entry, schema);
  if (!id) return Fault(id.error());
  const auto birth_date = birth_date_of(entry, schema.birth_date);
  if (!birth_date) return Fault(birth_date.error());
  const auto phone = phone_of(entry, schema);
  if (!phone) return Fault(phone.error());
  auto email = email_of(entry, schema.email);
  if (!email) return Fault(email.error());
  const auto region = region_of(entry, schema);
  if (!region) return Fault(region.error());
  central::DirectoryEntry account;
  account.handle = entry.dn;
  account.marks = std::move(*marks);
  account.region = *region;
  account.id = *id;
  account.birth_date = *birth_date;
  account.phone = *phone;
  account.email = std::move(*email);
  account.activated = !schema.activated || passes(entry, *schema.activated);
  account.locked = schema.locked && passes(entry, *schema.locked);
  return account;
}

}  // namespace pulih::directory
