// A directory that speaks LDAP (RFC 4511), as OpenLDAP's slapd does: the accounts are its entries,
// and a teacher's new password is put there only while the entry has the entryCSN that was read,
// which the server decides in the write itself (RFC 4528). It remembers nothing but its connection.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "daemon/central/directory.hpp"
#include "daemon/directory/ldap_csn.hpp"
#include "daemon/directory/ldap_entries.hpp"
#include "daemon/directory/ldap_link.hpp"

namespace pulih::directory {

// How userPassword is written. Tried with slapd 2.5: the Password Modify operation (RFC 3062) would
// let the server hash, but slapd takes no assertion control with it. Critical, it is refused with
// unavailableCriticalExtension; not critical, it is ignored and any state is overwritten. So both
// forms are a Modify of userPassword, and no third one is offered.
enum class LdapPasswordForm : std::uint8_t {
  // "{ARGON2}$argon2id$…", hashed here: the server never sees the text, and cannot judge it. slapd
  // checks it with its module argon2, which Debian's slapd brings.
  argon2,
  // The text, which the server judges and hashes: slapd with the overlay ppolicy and
  // olcPPolicyHashCleartext.
  text,
};

struct LdapSettings {
  LdapPlace place;
  std::string base;
  std::string filter = "(objectClass=inetOrgPerson)";  // which entries are accounts
  LdapSchema schema;
  LdapPasswordForm password_form = LdapPasswordForm::argon2;
};

// For one thread, but for interrupt().
class LdapDirectory final : public central::Directory {
 public:
  explicit LdapDirectory(LdapSettings settings);

  // The place is the contextCSN of the suffix. A server that keeps none (slapd without the overlay
  // syncprov) or does not show it to this user is listed in full each time.
  tl::expected<std::string, Unavailable> list(
      const std::string& since, const std::function<void(central::DirectoryListed)>& each) override;
  // An entry that cannot be used is none.
  tl::expected<std::optional<central::DirectoryEntry>, Unavailable> read(
      const central::DirectoryHandle& handle) override;
  tl::expected<central::DirectoryWrite, Unavailable> put_password(
      const central::DirectoryHandle& handle, const std::string& state,
      const accounts::Secret& password) override;
  // A login as the entry, on a connection of its own. A wrong password counts as a failed login
  // there (pwdFailureTime), so it is asked once for a lost answer, never in a loop; where the
  // entry is locked the login says nothing of the password, and neither does this.
  tl::expected<std::optional<bool>, Unavailable> has_password(
      const central::DirectoryHandle& handle, const accounts::Secret& password) override;
  void interrupt() override;

 private:
  tl::expected<LdapProgress, Unavailable> progress();
  tl::expected<void, Unavailable> pages(const std::string& filter,
                                        const std::function<void(central::DirectoryListed)>& each);
  tl::expected<central::DirectoryWrite, Unavailable> outcome(const std::string& dn,
                                                             const LdapResult& result,
                                                             const accounts::Secret& password);
  tl::expected<central::DirectoryWrite, Unavailable> really_gone();
  tl::expected<void, Unavailable> prove(const std::string& dn, const accounts::Secret& password);
  tl::expected<bool, Unavailable> is_openldap();

  const LdapSettings settings_;
  LdapLink link_, proving_;
  bool has_policy_ = true;  // until the server says that it knows none
  bool proven_ = false;
};

}  // namespace pulih::directory
