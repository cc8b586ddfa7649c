// The few requests that the driver makes of an LDAP server, in plain types: a search in pages, a
// replacement on a condition, a login, a comparison. A result code is handed back as it came where
// it may be an answer; every value is wiped when it goes.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/accounts/secret.hpp"
#include "daemon/directory/ldap_link.hpp"

namespace pulih::directory {

// Attributes' names are the same in either case (RFC 4512, 2.5).
struct LdapNameOrder {
  bool operator()(std::string_view a, std::string_view b) const;
};
struct LdapEntry {
  std::string dn;
  std::map<std::string, std::vector<accounts::Secret>, LdapNameOrder> attributes;
};

// A text within a filter (RFC 4515, 3).
std::string ldap_filter_value(std::string_view value);
// The DN of the entry above; nothing: there is none, or this is no DN.
std::optional<std::string> ldap_parent(const std::string& dn);

struct LdapSearch {
  std::string base;
  enum class Scope : std::uint8_t { base, subtree } scope = Scope::base;
  std::string filter;
  std::vector<std::string> attributes;
};
struct LdapPage {
  int code = 0;
  std::vector<LdapEntry> entries;
  std::string next;  // the server's cookie; empty: this was the last page
};
// `page`: at most so many entries (RFC 2696), from the cookie on; 0: all at once.
tl::expected<LdapPage, Unavailable> ldap_search(LdapLink& link, const LdapSearch& search,
                                                int page = 0, const std::string& cookie = {});

// What a password policy says of a login or a change (draft-behera-ldap-password-policy-10, 6.2).
enum class PolicyFault : std::uint8_t {
  password_expired,
  account_locked,
  change_after_reset,
  modification_not_allowed,
  must_supply_old_password,
  insufficient_quality,
  too_short,
  too_young,
  in_history,
  too_long,  // OpenLDAP's
};
struct LdapResult {
  int code = 0;
  std::optional<PolicyFault> policy;
  std::optional<LdapEntry> after;  // the entry as this change left it (RFC 4527)
};
// Replaces all values of the attribute by the one, only while the entry matches `condition`
// (RFC 4528), and tells these attributes of the entry as the change left it.
tl::expected<LdapResult, Unavailable> ldap_replace(LdapLink& link, const std::string& dn,
                                                   const std::string& attribute,
                                                   const accounts::Secret& value,
                                                   const std::string& condition,
                                                   const std::vector<std::string>& told);
// Never with an empty password, which a server takes for no login at all and lets in (RFC 4513,
// 5.1.2).
tl::expected<LdapResult, Unavailable> ldap_log_in(LdapLink& link, const std::string& dn,
                                                  const accounts::Secret& password);
// LDAP_COMPARE_TRUE, LDAP_COMPARE_FALSE, or why there is no answer.
tl::expected<LdapResult, Unavailable> ldap_compare_value(LdapLink& link, const std::string& dn,
                                                         const std::string& attribute,
                                                         const accounts::Secret& value);

}  // namespace pulih::directory
