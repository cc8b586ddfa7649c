// The socket under an LDAP connection, whose every wait has an end: nothing takes longer than the
// patience, and another thread can end it. Libldap 2.5 would connect by itself, but given a timeout
// it spins for ever in a TLS handshake that gets no answer, and a write to a server that is gone
// ends the whole process by SIGPIPE.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

struct sockbuf_io;

namespace pulih::directory {

// What a URI says (RFC 4516; ldapi, a socket of this machine, is OpenLDAP's).
struct LdapAddress {
  std::string scheme;  // "ldap", "ldaps", "ldapi"; empty: the URI cannot be read, or names several
  std::string host;    // of ldapi: the name of the socket
  std::string port;

  explicit LdapAddress(const std::string& uri);
  // What of it names no person and no secret.
  std::string shown() const;
  bool is_loopback() const;
};

class LdapWire {
 public:
  // Throws std::system_error where there is no descriptor left.
  explicit LdapWire(std::chrono::milliseconds patience);
  LdapWire(const LdapWire&) = delete;
  LdapWire& operator=(const LdapWire&) = delete;
  ~LdapWire();

  // What is wrong, or nothing: the wire has a descriptor. Looking up a name is the resolver's, with
  // its own timeouts (resolv.conf(5)), and is not interrupted.
  tl::expected<void, std::string> connect(const LdapAddress& address);
  int descriptor() const { return descriptor_; }
  void close();
  // For liblber, with the wire as argument: the lowest layer of a Sockbuf, which closes the wire.
  static sockbuf_io& layer();
  // The highest one: what libldap has written is wiped in its own buffer, which it keeps until the
  // answer is there and frees as it is. A password goes in it.
  static sockbuf_io& wiping_layer();

  // Until the descriptor has `events`: what is wrong, or nothing.
  tl::expected<void, std::string> wait(short events) const;
  // How many octets a call carried, or -1 with errno, as read(2) has it.
  template <class Call>
  std::ptrdiff_t carry(short events, const Call& call);
  // Whether something else than a peer's octets ended what was under way.
  bool is_lost() const { return is_lost_; }
  // Whether anything has arrived, the end included.
  bool has_arrived() const;

  void interrupt();
  bool interrupted() const;

 private:
  tl::expected<void, std::string> connect(int family, const void* address, std::size_t size);

  const std::chrono::milliseconds patience_;
  int descriptor_ = -1;
  bool is_lost_ = false;
  int interrupted_;  // eventfd
};

}  // namespace pulih::directory
