// See ldap_calls.hpp: between our types and libldap's. What a server sends is taken apart by
// libldap and liblber only; what they cannot read ends the connection.
#include "daemon/directory/ldap_calls.hpp"

#include <ldap.h>

#include <algorithm>
#include <memory>

namespace pulih::directory {
namespace {

struct Free {
  void operator()(char* memory) const { ldap_memfree(memory); }
  void operator()(berval** values) const { ldap_value_free_len(values); }
  void operator()(LDAPControl** controls) const { ldap_controls_free(controls); }
  void operator()(BerElement* element) const { ber_free(element, 1); }
  void operator()(berval* value) const { ber_bvfree(value); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string_view view(const berval& value) {
  return value.bv_val == nullptr ? std::string_view()
                                 : std::string_view(value.bv_val, value.bv_len);
}
// Libldap takes no const, and changes nothing.
berval borrowed(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const auto& word : words) list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

// The controls of one request.
class Controls {
 public:
  // `value` is libldap's memory, and freed here.
  void add(const char* oid, berval value, bool critical) {
    owned_.emplace_back(value.bv_val);
    made_.push_back({const_cast<char*>(oid), value, static_cast<char>(critical ? 1 : 0)});
  }
  LDAPControl** list() {
    list_.clear();
    for (auto& control : made_) list_.push_back(&control);
    list_.push_back(nullptr);
    return list_.data();
  }

 private:
  std::vector<Owned<char>> owned_;
  std::vector<LDAPControl> made_;
  std::vector<LDAPControl*> list_;
};

// AttributeSelection (RFC 4511, 4.5.1), the value of the post-read control.
berval attribute_selection(const std::vector<std::string>& names) {
  const Owned<BerElement> element(ber_alloc_t(LBER_USE_DER));
  auto list = pointers(names);
  berval value{};
  berval* flat = nullptr;
  if (element && ber_printf(element.get(), "{v}", list.data()) >= 0 &&
      ber_flatten(element.get(), &flat) == 0) {
    value = *flat;
    flat->bv_val = nullptr;
  }
  const Owned<berval> husk(flat);
  return value;
}

std::vector<accounts::Secret> copied(const berval* const* values) {
  std::vector<accounts::Secret> made;
  for (; values != nullptr && *values != nullptr; ++values) made.emplace_back(view(**values));
  return made;
}

LdapEntry entry_of(LDAP* connection, LDAPMessage* message) {
  LdapEntry entry;
  if (const Owned<char> dn(ldap_get_dn(connection, message)); dn) entry.dn = dn.get();
  BerElement* position = nullptr;
  for (Owned<char> name(ldap_first_attribute(connection, message, &position)); name;
       name.reset(ldap_next_attribute(connection, message, position)))
    entry.attributes[name.get()] =
        copied(Owned<berval*>(ldap_get_values_len(connection, message, name.get())).get());
  ber_free(position, 0);
  return entry;
}

// A SearchResultEntry (RFC 4511, 4.5.2) within a control. Nothing: it is none.
std::optional<LdapEntry> entry_of(const berval& octets) {
  auto source = octets;
  const Owned<BerElement> element(ber_init(&source));
  LdapEntry entry;
  berval name{};
  if (!element || ber_scanf(element.get(), "{m{", &name) == LBER_ERROR) return std::nullopt;
  entry.dn = view(name);
  while (ber_scanf(element.get(), "{m", &name) != LBER_ERROR) {
    berval** values = nullptr;
    const auto read = ber_scanf(element.get(), "[V]}", &values);
    const Owned<berval*> owned(values);
    if (read == LBER_ERROR) return std::nullopt;
    entry.attributes[std::string(view(name))] = copied(values);
  }
  return entry;
}

const LDAPControl* find(LDAPControl** controls, const char* oid) {
  return controls == nullptr ? nullptr : ldap_control_find(oid, controls, nullptr);
}

struct Parsed {
  int code = LDAP_OTHER;
  Owned<LDAPControl*> controls;
};
std::optional<Parsed> parse(LDAP* connection, LDAPMessage* message) {
  Parsed parsed;
  LDAPControl** controls = nullptr;
  if (ldap_parse_result(connection, message, &parsed.code, nullptr, nullptr, nullptr, &controls,
                        0) != LDAP_SUCCESS)
    return std::nullopt;
  parsed.controls.reset(controls);
  return parsed;
}

// The result of a request that was sent, with what its controls say.
tl::expected<LdapResult, Unavailable> result(LdapLink& link, int sent, int request) {
  const auto message = link.next(sent, request);
  if (!message) return tl::unexpected(message.error());
  const auto parsed = parse(link.native(), message->get());
  if (!parsed) return tl::unexpected(link.fault(LDAP_DECODING_ERROR));
  LdapResult made{parsed->code, {}, {}};
  if (const auto* policy = find(parsed->controls.get(), LDAP_CONTROL_PASSWORDPOLICYRESPONSE)) {
    ber_int_t expire = 0, grace = 0;
    LDAPPasswordPolicyError fault = PP_noError;
    if (ldap_parse_passwordpolicy_control(link.native(), const_cast<LDAPControl*>(policy), &expire,
                                          &grace, &fault) == LDAP_SUCCESS &&
        fault >= PP_passwordExpired && fault <= PP_passwordTooLong)
      made.policy = static_cast<PolicyFault>(fault);
  }
  if (const auto* after = find(parsed->controls.get(), LDAP_CONTROL_POST_READ))
    made.after = entry_of(after->ldctl_value);
  return made;
}

}  // namespace

bool LdapNameOrder::operator()(std::string_view a, std::string_view b) const {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

std::string ldap_filter_value(std::string_view value) {
  auto in = borrowed(value);
  berval out{};
  if (ldap_bv2escaped_filter_value(&in, &out) != 0) return "";
  const Owned<char> owned(out.bv_val);
  return std::string(view(out));
}

std::optional<std::string> ldap_parent(const std::string& dn) {
  LDAPDN parts = nullptr;
  if (ldap_str2dn(dn.c_str(), &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || parts == nullptr)
    return std::nullopt;
  char* written = nullptr;
  ldap_dn2str(parts + 1, &written, LDAP_DN_FORMAT_LDAPV3);
  const Owned<char> owned(written);
  const bool is_top = parts[0] == nullptr || parts[1] == nullptr;
  ldap_dnfree(parts);
  if (is_top || written == nullptr) return std::nullopt;
  return std::string(written);
}

tl::expected<LdapPage, Unavailable> ldap_search(LdapLink& link, const LdapSearch& search, int page,
                                                const std::string& cookie) {
  Controls controls;
  if (page != 0) {
    auto from = borrowed(cookie);
    berval value{};
    if (ldap_create_page_control_value(link.native(), page, &from, &value) != LDAP_SUCCESS)
      return tl::unexpected(link.fault(LDAP_NO_MEMORY));
    controls.add(LDAP_CONTROL_PAGEDRESULTS, value, true);
  }
  auto attributes = pointers(search.attributes);
  const int scope = search.scope == LdapSearch::Scope::base ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE;
  int request = 0;
  const int sent =
      ldap_search_ext(link.native(), search.base.c_str(), scope, search.filter.c_str(),
                      attributes.data(), 0, controls.list(), nullptr, nullptr, 0, &request);
  LdapPage found;
  constexpr std::size_t most_without_pages = 1'000;
  const auto most = page != 0 ? static_cast<std::size_t>(page) : most_without_pages;
  for (;;) {
    const auto message = link.next(sent, request);
    if (!message) return tl::unexpected(message.error());
    const int kind = ldap_msgtype(message->get());
    if (kind == LDAP_RES_SEARCH_ENTRY) {
      // A server that knows no pages, or goes on for ever, is not to fill the memory.
      if (found.entries.size() == most) {
        ldap_abandon_ext(link.native(), request, nullptr, nullptr);
        return tl::unexpected(link.fault(LDAP_SIZELIMIT_EXCEEDED));
      }
      found.entries.push_back(entry_of(link.native(), message->get()));
    }
    if (kind != LDAP_RES_SEARCH_RESULT) continue;  // a reference to another server: not followed
    const auto parsed = parse(link.native(), message->get());
    if (!parsed) return tl::unexpected(link.fault(LDAP_DECODING_ERROR));
    found.code = parsed->code;
    if (const auto* next = find(parsed->controls.get(), LDAP_CONTROL_PAGEDRESULTS)) {
      ber_int_t estimate = 0;
      berval place{};
      if (ldap_parse_pageresponse_control(link.native(), const_cast<LDAPControl*>(next), &estimate,
                                          &place) != LDAP_SUCCESS)
        return tl::unexpected(link.fault(LDAP_DECODING_ERROR));
      const Owned<char> owned(place.bv_val);
      found.next = view(place);
    }
    return found;
  }
}

tl::expected<LdapResult, Unavailable> ldap_replace(LdapLink& link, const std::string& dn,
                                                   const std::string& attribute,
                                                   const accounts::Secret& value,
                                                   const std::string& condition,
                                                   const std::vector<std::string>& told) {
  Controls controls;
  berval assertion{};
  if (ldap_create_assertion_control_value(link.native(), const_cast<char*>(condition.c_str()),
                                          &assertion) != LDAP_SUCCESS)
    return tl::unexpected(link.fault(LDAP_FILTER_ERROR));
  controls.add(LDAP_CONTROL_ASSERT, assertion, true);
  controls.add(LDAP_CONTROL_POST_READ, attribute_selection(told), true);
  controls.add(LDAP_CONTROL_PASSWORDPOLICYREQUEST, {}, false);
  auto octets = borrowed(value.reveal());
  berval* values[] = {&octets, nullptr};
  LDAPMod change{LDAP_MOD_REPLACE | LDAP_MOD_BVALUES, const_cast<char*>(attribute.c_str()), {}};
  change.mod_bvalues = values;
  LDAPMod* changes[] = {&change, nullptr};
  int request = 0;
  const int sent =
      ldap_modify_ext(link.native(), dn.c_str(), changes, controls.list(), nullptr, &request);
  return result(link, sent, request);
}

tl::expected<LdapResult, Unavailable> ldap_log_in(LdapLink& link, const std::string& dn,
                                                  const accounts::Secret& password) {
  if (password.empty() || dn.empty()) return LdapResult{LDAP_INVALID_CREDENTIALS, {}, {}};
  Controls controls;
  controls.add(LDAP_CONTROL_PASSWORDPOLICYREQUEST, {}, false);
  auto octets = borrowed(password.reveal());
  int request = 0;
  const int sent = ldap_sasl_bind(link.native(), dn.c_str(), LDAP_SASL_SIMPLE, &octets,
                                  controls.list(), nullptr, &request);
  return result(link, sent, request);
}

tl::expected<LdapResult, Unavailable> ldap_compare_value(LdapLink& link, const std::string& dn,
                                                         const std::string& attribute,
                                                         const accounts::Secret& value) {
  auto octets = borrowed(value.reveal());
  int request = 0;
  const int sent = ldap_compare_ext(link.native(), dn.c_str(), attribute.c_str(), &octets, nullptr,
                                    nullptr, &request);
  return result(link, sent, request);
}

}  // namespace pulih::directory
