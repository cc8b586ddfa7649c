// The messages of SCIM (RFC 7644, 3 and 4; RFC 7643, 5) that a driver reads and the one that it
// writes, and what a status means that is no success. Nothing of a message's own words is repeated:
// a `detail` may hold anything.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/directory/http.hpp"
#include "daemon/directory/scim_entries.hpp"

namespace pulih::directory {

struct ScimPage {
  std::uint64_t total = 0;
  std::optional<std::uint64_t> start;  // of its first user, as the directory counts
  std::vector<ScimUser> users;
};
std::optional<ScimPage> read_page(const accounts::WipedBytes& content, const ScimNames& names);

// What a directory says that it can (RFC 7643, 5).
struct ScimAbilities {
  bool patch = false, filter = false, sort = false, etag = false, change_password = false;
  std::optional<std::uint64_t> most_results;
};
std::optional<ScimAbilities> read_abilities(const accounts::WipedBytes& content);

// Whether an answer is the directory's own word, and not that of something on the way to it; and
// the error's kind: one of those of RFC 7644, 3.12, table 9, or empty.
struct ScimError {
  bool own = false;
  std::string_view kind;
};
ScimError read_error(const accounts::WipedBytes& content);

// For statuses that have no meaning of their own in a call.
central::Unavailable meaning_of(const HttpLink& link, const HttpAnswer& answer);

// RFC 7644, 3.5.2.3: the change that sets a password.
accounts::WipedBytes password_patch(const accounts::Secret& password);

}  // namespace pulih::directory
