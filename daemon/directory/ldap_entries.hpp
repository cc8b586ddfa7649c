// What an entry of an LDAP directory says of an account, by the attributes that the configuration
// names. Schemas differ and data are old: whatever is missing, there twice, too long or no text
// makes an entry that cannot be used, and the fault names the attribute, never a value.
#pragma once
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/central/directory.hpp"
#include "daemon/directory/ldap_calls.hpp"

namespace pulih::directory {

// True where a value of the attribute is this one, in either case; "*": where there is any.
struct LdapTest {
  std::string attribute, value;
};

struct LdapSchema {
  std::string id = "uid";
  std::string account_domain;  // belajar.example: every id ends with it, and it is cut off
  std::string birth_date = "schacDateOfBirth";  // 19850817, 1985-08-17 or a Generalized Time
  std::string phone = "mobile";                 // empty: the directory has none
  std::string country = "62";                   // of a phone number that is written without one
  std::string email = "mail";                   // empty: the directory has none
  std::string region_attribute;                 // empty: every entry is of `region`
  std::string region;
  std::optional<LdapTest> activated;  // nothing: all are
  std::optional<LdapTest> locked;     // nothing: none is
};

// What to ask a server for.
std::vector<std::string> asked_of(const LdapSchema& schema);
// What the marks are made of; pwdChangedTime only where the server has password policies.
std::vector<std::string> mark_attributes(bool has_policy);

// Nothing: the server does not tell its entryCSN.
std::optional<central::DirectoryMarks> marks_of(const LdapEntry& entry);
central::DirectoryListed account_of(const LdapEntry& entry, const LdapSchema& schema);

}  // namespace pulih::directory
