// The section `directory` of a hub's configuration: a directory that keeps the passwords, by the
// driver that reaches it, and how often it is asked what changed. In plain values: the drivers are
// made of them where the hub's parts are put together.
#pragma once
#include <variant>

#include "config/settings.hpp"

namespace pulih::config {

// "employeeStatus=gone"
struct AttributeTest {
  std::string attribute, value;
};

struct LdapDirectory {
  std::string uri;            // ldaps://, ldap:// or ldapi://
  std::filesystem::path ca;   // empty: the system's
  std::string bind_dn;        // who Pulih logs in as
  accounts::Secret password;  // its
  std::string base;           // the DN below which the accounts are
  std::string filter = "(objectClass=inetOrgPerson)";
  std::string id = "uid", birth_date = "schacDateOfBirth";
  std::string phone = "mobile", email = "mail";  // empty: the directory has none
  std::string region_attribute;                  // empty: every account is of Directory::region
  std::optional<AttributeTest> activated;        // nothing: all are
  std::optional<AttributeTest> locked;           // nothing: none is
  // Hashed here, or as text, which the server judges and hashes.
  enum class Write : std::uint8_t { argon2, text } password_write = Write::argon2;
};

struct ScimDirectory {
  std::string url;           // https://directory.example.org/scim/v2
  std::filesystem::path ca;  // empty: the system's
  accounts::Secret token;
  // As RFC 7644, 3.10, writes them: urn:example:params:scim:schemas:extension:school:2.0:User:born
  std::string birth_date, region_attribute;
  std::string phone_type = "mobile", email_type = "home";  // where none of several is the primary
};

struct Directory {
  std::variant<LdapDirectory, ScimDirectory> server;
  std::string region;          // of all accounts, where no attribute tells it
  std::string account_domain;  // that ids end with, and that is cut off; empty: none
  std::string country = "62";  // of a phone number that is written without one
  std::chrono::seconds poll{30};
  std::chrono::seconds full = std::chrono::hours{24};
};

}  // namespace pulih::config
