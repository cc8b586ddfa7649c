// One connection to an LDAP server (RFC 4511), driven by OpenLDAP's libldap: encrypted and proven
// unless it stays on this machine, and logged in. Nothing waits for longer than its patience, and
// whatever goes wrong is an Unavailable that says what, where and what to type: no DN, no value,
// and no text of the server's, which may repeat either.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/accounts/secret.hpp"
#include "daemon/central/central.hpp"
#include "daemon/directory/ldap_wire.hpp"

// <ldap.h> has hundreds of macros; only the files that call it include it.
struct ldap;
struct ldapmsg;

namespace pulih::directory {

using central::Unavailable;

struct LdapPlace {
  // ldaps://host, ldap://host (StartTLS is insisted on, but for a loopback address), or ldapi://.
  std::string uri;
  std::string bind_dn;
  accounts::Secret password;
  std::string ca_file;  // PEM; empty: the authorities that this machine trusts
  // While nothing arrives.
  std::chrono::milliseconds patience = std::chrono::seconds{30};
};

struct FreeLdapMessage {
  void operator()(ldapmsg* message) const;
};
using LdapMessage = std::unique_ptr<ldapmsg, FreeLdapMessage>;

// For one thread, but for interrupt().
class LdapLink {
 public:
  explicit LdapLink(const LdapPlace& place);
  LdapLink(const LdapLink&) = delete;
  LdapLink& operator=(const LdapLink&) = delete;

  // A new connection, on which nobody has logged in; one that was there is closed.
  tl::expected<void, Unavailable> connect();
  // Connected, and logged in as the place says. A connection that the server has closed meanwhile,
  // as it does with idle ones, is made anew.
  tl::expected<void, Unavailable> ready();
  void close() { connection_.reset(); }

  // The next message that answers the request; `sent` is what libldap said of sending it.
  tl::expected<LdapMessage, Unavailable> next(int sent, int request);
  // What a result code means here (RFC 4511, appendix A; libldap's own are negative). After one of
  // libldap's own the connection is closed.
  Unavailable fault(int code);
  Unavailable refused(std::string_view what, std::string_view hint) const;

  // From another thread: what is under way fails now, and everything after it.
  void interrupt() { wire_.interrupt(); }

  ldap* native() const { return connection_.get(); }

 private:
  struct Unbind {
    void operator()(ldap* connection) const;
  };
  tl::expected<void, Unavailable> prepare();
  tl::expected<void, Unavailable> ask_for_tls();
  tl::expected<void, Unavailable> start_tls();
  tl::expected<void, Unavailable> log_in();
  Unavailable away(std::string_view what, std::string_view hint) const;
  // Closes the connection.
  Unavailable lost(std::string_view what);

  const LdapPlace& place_;
  const LdapAddress address_;
  LdapWire wire_;
  std::unique_ptr<ldap, Unbind> connection_;
};

}  // namespace pulih::directory
