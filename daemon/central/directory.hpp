// The port to a directory that keeps the passwords itself: LDAP, SCIM, an office suite's accounts.
// The hub beside it reads the accounts from there and puts a teacher's new password there, always
// on the state of the entry that she saw. The hub's own database remembers versions, operations and
// gateways; a driver remembers nothing.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "daemon/accounts/birth_date.hpp"
#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/secret.hpp"
#include "daemon/central/central.hpp"

namespace pulih::central {

// How the directory calls an entry: a DN (RFC 4514), the id of a SCIM resource (RFC 7643, 3.1).
using DirectoryHandle = std::string;
inline constexpr std::size_t longest_handle = 512, longest_mark = 128;

// What a change shows in.
struct DirectoryMarks {
  // Of the whole entry; the directory changes only an entry that still has it: entryCSN, an ETag.
  std::string state;
  // Of its password: another one after each change of the password, perhaps also after others, and
  // never the same again. It does not show the password or its hash.
  std::string password;
};

struct DirectoryEntry {
  DirectoryHandle handle;
  DirectoryMarks marks;
  std::string region;  // whose gateways serve it
  std::string id;      // normal form: "budi12@guru.sd"
  accounts::BirthDate birth_date;
  accounts::Msisdn phone;  // empty: none
  accounts::Secret email;  // empty: none
  bool activated = true, locked = false;
};

// One entry of a listing; without a value: it cannot be used, and what is wrong with it, without
// any value of the entry ("no birth date", "a phone that is no number").
using DirectoryListed = tl::expected<DirectoryEntry, std::string>;

struct DirectoryWrite {
  enum class What : std::uint8_t {
    done,     // the entry has the new password, and `marks`
    changed,  // the entry is no longer in the state that was named: nothing was done
    refused,  // the directory's own policy refuses this password: `why`
    gone,     // there is no such entry
  } what{};
  DirectoryMarks marks;
  std::string why;  // for the journal, without a value
};

class Directory {
 public:
  virtual ~Directory() = default;

  // Tells each entry that changed since the place, or every entry for an empty place, and returns
  // the place from which to go on (at most longest_mark octets). An entry may be told though it did
  // not change, and twice; none that changed is left out, whatever the clocks of the servers say.
  // A full listing names every entry that is there: what it does not name is gone. `each` throws to
  // end the listing; nothing is caught here.
  virtual tl::expected<std::string, Unavailable> list(
      const std::string& since, const std::function<void(DirectoryListed)>& each) = 0;

  // As it is now; nothing: there is none.
  virtual tl::expected<std::optional<DirectoryEntry>, Unavailable> read(
      const DirectoryHandle& handle) = 0;

  // Sets the password of the entry only if it is in the state `state`, decided by the directory in
  // one step. After a failure nothing is known of its effect.
  virtual tl::expected<DirectoryWrite, Unavailable> put_password(
      const DirectoryHandle& handle, const std::string& state,
      const accounts::Secret& password) = 0;

  // Whether this is the entry's password now: asked when the answer to put_password was lost.
  // Nothing: this directory cannot tell.
  virtual tl::expected<std::optional<bool>, Unavailable> has_password(
      const DirectoryHandle& handle, const accounts::Secret& password) = 0;

  // From another thread: the call under way, and all after it, fail as `away` soon.
  virtual void interrupt() = 0;
};

}  // namespace pulih::central
