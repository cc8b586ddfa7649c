// See ldap.hpp. Each call finds or makes a connection first; what is read of an entry is read in
// one request, and what is written in another.
#include "daemon/directory/ldap.hpp"

#include <ldap.h>

#include <utility>

#include "daemon/accounts/password.hpp"

namespace pulih::directory {
namespace {

using central::DirectoryEntry;
using central::DirectoryHandle;
using central::DirectoryListed;
using central::DirectoryWrite;

constexpr int page_entries = 500;

std::string in_brackets(const std::string& filter) {
  return filter.starts_with('(') ? filter : "(" + filter + ")";
}

// A DN for libldap, which ends one at a zero octet.
bool is_dn(const std::string& handle) {
  return !handle.empty() && handle.size() <= central::longest_handle &&
         handle.find('\0') == handle.npos;
}

bool is_absent(int code) { return code == LDAP_NO_SUCH_OBJECT || code == LDAP_INVALID_DN_SYNTAX; }

std::string_view what_a_policy_said(PolicyFault fault) {
  switch (fault) {
    case PolicyFault::too_short:
      return "it is too short";
    case PolicyFault::too_long:
      return "it is too long";
    case PolicyFault::in_history:
      return "it was used before";
    case PolicyFault::too_young:
      return "the present one was set too short a time ago";
    case PolicyFault::insufficient_quality:
      return "it is too simple";
    default:
      return "it may not be changed";
  }
}

accounts::Secret written(LdapPasswordForm form, const accounts::Secret& password) {
  if (form == LdapPasswordForm::text) return password.duplicate();
  return accounts::Secret("{ARGON2}" + accounts::hash(password, {}));
}

DirectoryWrite without_effect(DirectoryWrite::What what, std::string why = {}) {
  return {what, {}, std::move(why)};
}

}  // namespace

LdapDirectory::LdapDirectory(LdapSettings settings)
    : settings_(std::move(settings)), link_(settings_.place), proving_(settings_.place) {}

void LdapDirectory::interrupt() {
  link_.interrupt();
  proving_.interrupt();
}

// ---- reading
// -------------------------------------------------------------------------------------

tl::expected<std::optional<DirectoryEntry>, Unavailable> LdapDirectory::read(
    const DirectoryHandle& handle) {
  if (const auto ready = link_.ready(); !ready) return tl::unexpected(ready.error());
  if (!is_dn(handle)) return std::nullopt;
  const auto found = ldap_search(
      link_,
      {handle, LdapSearch::Scope::base, in_brackets(settings_.filter), asked_of(settings_.schema)});
  if (!found) return tl::unexpected(found.error());
  if (is_absent(found->code)) {
    if (const auto gone = really_gone(); !gone) return tl::unexpected(gone.error());
    return std::nullopt;
  }
  if (found->code != LDAP_SUCCESS) return tl::unexpected(link_.fault(found->code));
  if (found->entries.empty()) return std::nullopt;
  auto account = account_of(found->entries.front(), settings_.schema);
  if (!account) return std::nullopt;
  return std::move(*account);
}

// The contextCSN stands in the suffix, which is the base or above it.
tl::expected<LdapProgress, Unavailable> LdapDirectory::progress() {
  for (std::optional<std::string> dn = settings_.base; dn; dn = ldap_parent(*dn)) {
    const auto found =
        ldap_search(link_, {*dn, LdapSearch::Scope::base, "(objectClass=*)", {"contextCSN"}});
    if (!found) return tl::unexpected(found.error());
    if (found->code != LDAP_SUCCESS) break;
    if (found->entries.empty()) continue;
    const auto& told = found->entries.front().attributes;
    if (const auto csn = told.find("contextCSN"); csn != told.end())
      return LdapProgress(std::span(csn->second));
  }
  return LdapProgress(std::string_view());
}

tl::expected<std::string, Unavailable> LdapDirectory::list(
    const std::string& since, const std::function<void(DirectoryListed)>& each) {
  if (const auto ready = link_.ready(); !ready) return tl::unexpected(ready.error());
  // Before the entries: what changes while they are listed is after this place.
  const auto now = progress();
  if (!now) return tl::unexpected(now.error());
  auto filter = in_brackets(settings_.filter);
  if (const auto from = now->since(LdapProgress(std::string_view(since))); from)
    filter = "(&(entryCSN>=" + *from + ")" + filter + ")";
  if (const auto listed = pages(filter, each); !listed) return tl::unexpected(listed.error());
  return now->place();
}

tl::expected<void, Unavailable> LdapDirectory::pages(
    const std::string& filter, const std::function<void(DirectoryListed)>& each) {
  const LdapSearch search{settings_.base, LdapSearch::Scope::subtree, filter,
                          asked_of(settings_.schema)};
  constexpr int most_empty = 100;  // pages in a row, of a server that goes on for ever
  int empty = 0;
  std::string cookie;
  do {
    const auto page = ldap_search(link_, search, page_entries, cookie);
    if (!page) return tl::unexpected(page.error());
    if (page->code != LDAP_SUCCESS) return tl::unexpected(link_.fault(page->code));
    cookie = page->next;
    empty = page->entries.empty() ? empty + 1 : 0;
    if (empty > most_empty) return tl::unexpected(link_.fault(LDAP_SIZELIMIT_EXCEEDED));
    for (const auto& entry : page->entries) each(account_of(entry, settings_.schema));
  } while (!cookie.empty());
  return {};
}

// ---- writing
// -------------------------------------------------------------------------------------

tl::expected<DirectoryWrite, Unavailable> LdapDirectory::put_password(
    const DirectoryHandle& handle, const std::string& state, const accounts::Secret& password) {
  using What = DirectoryWrite::What;
  if (password.empty()) return without_effect(What::refused, "it is empty");
  if (!read_csn(state)) return without_effect(What::changed);  // no entry was ever in this state
  if (const auto ready = link_.ready(); !ready) return tl::unexpected(ready.error());
  if (!is_dn(handle)) return without_effect(What::gone);
  const auto put = [&] {
    return ldap_replace(link_, handle, "userPassword", written(settings_.password_form, password),
                        "(entryCSN=" + ldap_filter_value(state) + ")",
                        mark_attributes(has_policy_));
  };
  auto result = put();
  // slapd without ppolicy knows no pwdChangedTime, and refuses all of a change whose post-read
  // names it (tried with 2.5); in a search it would only leave it out.
  if (result && result->code == LDAP_UNDEFINED_TYPE && std::exchange(has_policy_, false))
    result = put();
  if (!result) return tl::unexpected(result.error());
  return outcome(handle, *result, password);
}

tl::expected<DirectoryWrite, Unavailable> LdapDirectory::outcome(const std::string& dn,
                                                                 const LdapResult& result,
                                                                 const accounts::Secret& password) {
  using What = DirectoryWrite::What;
  if (result.code == LDAP_ASSERTION_FAILED) return without_effect(What::changed);
  if (is_absent(result.code)) return really_gone();
  if (result.policy == PolicyFault::must_supply_old_password)
    return tl::unexpected(link_.refused("its policy wants the old password for a new one",
                                        "pwdSafeModify: FALSE in the policy of the accounts"));
  if (result.code == LDAP_CONSTRAINT_VIOLATION) {
    // Without having seen it.
    if (result.policy == PolicyFault::insufficient_quality &&
        settings_.password_form == LdapPasswordForm::argon2)
      return tl::unexpected(link_.refused(
          "its policy takes no password that it cannot judge",
          "send the text (password form text, with olcPPolicyHashCleartext: TRUE there), or set "
          "pwdCheckQuality: 1"));
    return without_effect(What::refused, result.policy
                                             ? std::string(what_a_policy_said(*result.policy))
                                             : "the directory's rules");
  }
  if (result.code != LDAP_SUCCESS) return tl::unexpected(link_.fault(result.code));
  auto marks = result.after ? marks_of(*result.after) : std::nullopt;
  if (!marks)
    return tl::unexpected(link_.refused("this user may not read entryCSN",
                                        "in olcAccess give the bind DN read on the accounts"));
  if (!proven_)
    if (const auto is_proven = prove(dn, password); !is_proven)
      return tl::unexpected(is_proven.error());
  return DirectoryWrite{What::done, std::move(*marks), {}};
}

// A server may say that there is no such entry where it means that this user may not see it (RFC
// 4511, appendix A.2; slapd.access, "disclose"). One that does not show the base is not believed.
tl::expected<DirectoryWrite, Unavailable> LdapDirectory::really_gone() {
  const auto base = ldap_search(
      link_, {settings_.base, LdapSearch::Scope::base, "(objectClass=*)", {LDAP_NO_ATTRS}});
  if (!base) return tl::unexpected(base.error());
  if (base->code != LDAP_SUCCESS || base->entries.empty())
    return tl::unexpected(link_.fault(LDAP_NO_SUCH_OBJECT));
  return without_effect(DirectoryWrite::What::gone);
}

// The first password shows whether the server understands the form: slapd without the module argon2
// takes the hash for a text, and without olcPPolicyHashCleartext it keeps the text as it is, and
// lets anybody in who reads it. No attribute that this user may read tells beforehand.
tl::expected<void, Unavailable> LdapDirectory::prove(const std::string& dn,
                                                     const accounts::Secret& password) {
  if (settings_.password_form == LdapPasswordForm::argon2) {
    const auto opens = has_password(dn, password);
    proven_ = opens && opens->value_or(false);
    if (opens && !opens->value_or(true))
      return tl::unexpected(
          link_.refused("it has taken a new password as {ARGON2}, but lets nobody in with it",
                        "olcModuleLoad: argon2 there, or password form text"));
    return {};
  }
  const auto openldap = is_openldap();
  if (!openldap) return {};
  proven_ = !*openldap;  // others hash what they take
  if (proven_) return {};
  // slapd compares what it has, octet for octet.
  const auto same = ldap_compare_value(link_, dn, "userPassword", password);
  if (!same) return {};
  proven_ = same->code == LDAP_COMPARE_FALSE;
  if (proven_) return {};
  if (same->code == LDAP_COMPARE_TRUE)
    return tl::unexpected(
        link_.refused("it keeps a new password as a text that can be read",
                      "olcPPolicyHashCleartext: TRUE in its overlay ppolicy, or password form "
                      "argon2"));
  return tl::unexpected(
      link_.refused("whether it hashes a password that comes as text cannot be told",
                    "in olcAccess give the bind DN =cw on userPassword, or password form argon2"));
}

tl::expected<bool, Unavailable> LdapDirectory::is_openldap() {
  const auto root = ldap_search(
      link_, {"", LdapSearch::Scope::base, "(objectClass=OpenLDAProotDSE)", {LDAP_NO_ATTRS}});
  if (!root) return tl::unexpected(root.error());
  return !root->entries.empty();
}

tl::expected<std::optional<bool>, Unavailable> LdapDirectory::has_password(
    const DirectoryHandle& handle, const accounts::Secret& password) {
  if (!is_dn(handle)) return false;
  if (const auto connected = proving_.connect(); !connected)
    return tl::unexpected(connected.error());
  const auto result = ldap_log_in(proving_, handle, password);
  if (!result) return tl::unexpected(result.error());
  std::optional<bool> answer;
  // A policy says that a password has expired only where it was the right one.
  if (result->code == LDAP_SUCCESS || result->policy == PolicyFault::password_expired)
    answer = true;
  else if (result->policy == PolicyFault::account_locked)
    answer = std::nullopt;
  else if (result->code == LDAP_INVALID_CREDENTIALS || result->code == LDAP_INAPPROPRIATE_AUTH ||
           is_absent(result->code))
    answer = false;
  else
    return tl::unexpected(proving_.fault(result->code));
  proving_.close();
  return answer;
}

}  // namespace pulih::directory
