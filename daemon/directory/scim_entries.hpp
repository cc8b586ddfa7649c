// A user of a SCIM directory (RFC 7643, 4.1) as an entry of ours. SCIM has no birth date and no
// region, so the settings name the attributes that carry them; what cannot be used is said without
// any value of it. A version is taken as the mark of the entry and of its password: SCIM shows
// nothing of a password, so that any change of a user counts as one of its password.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/central/directory.hpp"
#include "daemon/directory/scim_json.hpp"

namespace pulih::directory {

// Where a user has what. An attribute is written as in RFC 7644, 3.10: "department",
// "urn:example:params:scim:schemas:extension:school:2.0:User:birthDate".
struct ScimNames {
  std::string birth_date;
  std::string region_attribute;  // empty: all users are of `region`
  std::string region;
  std::string domain;                 // of accounts: "belajar.example"; cut off a userName
  std::string phone_type = "mobile";  // which of several, when none is the primary one
  std::string email_type = "home";
  std::string country = "62";  // in front of a number that begins with one 0
};

struct ScimUser {
  std::string id;                          // empty: it has none that can be used
  std::optional<accounts::Instant> stamp;  // meta.lastModified
  std::string version;                     // empty: it has none that can be used
  central::DirectoryListed entry;
};

ScimUser read_user(const Json& resource, const ScimNames& names);

// What a request has to ask for, so that read_user finds all it needs (RFC 7644, 3.9).
std::string needed_attributes(const ScimNames& names);

// An entity-tag that names one version (RFC 9110, 8.8.3), or a word without quotes, as some write
// it. Neither "*" nor a list: If-Match would take those for any version, or for several.
bool is_version(std::string_view text);

// An id that a path can carry: neither empty nor a step of it (RFC 3986, 5.2.4).
bool is_user_id(std::string_view text);

}  // namespace pulih::directory
