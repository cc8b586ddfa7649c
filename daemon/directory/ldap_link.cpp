// See ldap_link.hpp. The waits are our own, so that another thread can end them: libldap is asked
// only for what has arrived.
#include "daemon/directory/ldap_link.hpp"

#include <ldap.h>
#include <openldap.h>
#include <poll.h>

#include <algorithm>
#include <cstring>

#include "daemon/directory/ldap_calls.hpp"

namespace pulih::directory {
namespace {

using Kind = Unavailable::Kind;

struct Meaning {
  int code;
  Kind kind;
  std::string_view what, hint;
};
constexpr Meaning meanings[] = {
    {LDAP_INVALID_CREDENTIALS, Kind::refused, "it does not accept this user or its password",
     "the bind DN in the configuration, and the file with its password"},
    {LDAP_INAPPROPRIATE_AUTH, Kind::refused, "the user that logs in has no password there",
     "give the entry of the bind DN a userPassword"},
    {LDAP_INSUFFICIENT_ACCESS, Kind::refused, "this user has no right to it",
     "in olcAccess give the bind DN read on the accounts and write on userPassword; with a "
     "password policy, the user must not have to change its own first"},
    {LDAP_NO_SUCH_OBJECT, Kind::refused, "the base is not there, or this user may not see it",
     "the base DN in the configuration, and olcAccess there"},
    {LDAP_INVALID_DN_SYNTAX, Kind::refused, "the base or the bind DN is none",
     "write it like ou=guru,dc=example,dc=org"},
    {LDAP_UNAVAILABLE_CRITICAL_EXTENSION, Kind::refused,
     "it lacks a control: assertion (RFC 4528), post-read (RFC 4527) or paged results (RFC 2696)",
     "use a server that has them, as OpenLDAP's slapd does; supportedControl in its root DSE "
     "tells"},
    {LDAP_CONFIDENTIALITY_REQUIRED, Kind::refused, "it wants an encrypted connection",
     "write ldaps:// in the URI"},
    {LDAP_STRONG_AUTH_REQUIRED, Kind::refused, "it wants a stronger login than a password",
     "let the bind DN log in with its password over TLS (olcSecurity)"},
    {LDAP_SIZELIMIT_EXCEEDED, Kind::refused, "it tells this user only so many entries",
     "olcLimits: dn.exact=\"BIND DN\" size=unlimited time=unlimited"},
    {LDAP_ADMINLIMIT_EXCEEDED, Kind::refused, "it tells this user only so many entries",
     "olcLimits: dn.exact=\"BIND DN\" size=unlimited time=unlimited"},
    {LDAP_TIMELIMIT_EXCEEDED, Kind::refused, "it gives this user only so much time",
     "olcLimits: dn.exact=\"BIND DN\" size=unlimited time=unlimited"},
    {LDAP_REFERRAL, Kind::refused, "it is a replica and takes no changes",
     "name the provider in the URI"},
    {LDAP_UNWILLING_TO_PERFORM, Kind::refused, "it is not willing to do this",
     "is it read-only, or a replica? its log tells more"},
    {LDAP_UNDEFINED_TYPE, Kind::refused, "its schema has no such attribute",
     "the attributes' names in the configuration"},
    {LDAP_OBJECT_CLASS_VIOLATION, Kind::refused, "its schema allows the account no userPassword",
     "give the accounts an object class that does, as person"},
    {LDAP_FILTER_ERROR, Kind::refused, "the filter of the accounts cannot be read",
     "write it like (objectClass=inetOrgPerson)"},
    {LDAP_BUSY, Kind::away, "it is busy", "it is tried again"},
    {LDAP_UNAVAILABLE, Kind::away, "it is starting or stopping", "it is tried again"},
    {LDAP_SERVER_DOWN, Kind::away, "the connection broke", "it is tried again"},
    {LDAP_TIMEOUT, Kind::away, "it did not answer in time", "it is tried again"},
};
constexpr Meaning any_other = {0, Kind::away, "it could not do it", "its log tells more"};

const Meaning& meaning_of(int code) {
  const auto* found = std::ranges::find(meanings, code, &Meaning::code);
  return found == std::end(meanings) ? any_other : *found;
}

// Libldap's own words about TLS: a certificate's fault, no more than a line of ASCII.
std::string printable(const char* said) {
  std::string shown(said == nullptr ? "" : said, said == nullptr ? 0 : ::strnlen(said, 120));
  std::erase_if(shown, [](char c) { return c < ' ' || c > '~'; });
  return shown;
}

// A message with more is no entry of ours: only few attributes are asked for.
constexpr ber_len_t most_message_octets = 4'194'304;

}  // namespace

void FreeLdapMessage::operator()(ldapmsg* message) const { ldap_msgfree(message); }
void LdapLink::Unbind::operator()(ldap* connection) const {
  ldap_unbind_ext(connection, nullptr, nullptr);
}

LdapLink::LdapLink(const LdapPlace& place)
    : place_(place), address_(place.uri), wire_(place.patience) {}

// ---- what went wrong
// -----------------------------------------------------------------------------

Unavailable LdapLink::refused(std::string_view what, std::string_view hint) const {
  auto why = away(what, hint);
  why.kind = Kind::refused;
  return why;
}

Unavailable LdapLink::away(std::string_view what, std::string_view hint) const {
  std::string why("directory ");
  return {why.append(address_.shown()).append(": ").append(what).append("; ").append(hint),
          Kind::away};
}

Unavailable LdapLink::lost(std::string_view what) {
  close();
  return away(what, "it is tried again");
}

Unavailable LdapLink::fault(int code) {
  if (code < 0 && code != LDAP_FILTER_ERROR) close();
  const auto& meaning = meaning_of(code);
  auto why = away(std::string(meaning.what) + " (" + std::to_string(code) + ")", meaning.hint);
  why.kind = meaning.kind;
  return why;
}

// ---- the connection
// ----------------------------------------------------------------------------------

tl::expected<void, Unavailable> LdapLink::connect() {
  close();
  if (address_.scheme.empty())
    return tl::unexpected(
        Unavailable{"the directory's URI cannot be read; it is one, and written "
                    "like ldaps://ldap.example.org",
                    Kind::refused});
  if (const auto connected = wire_.connect(address_); !connected)
    return tl::unexpected(away("no connection: " + connected.error(),
                               "is it running, and can this machine reach it?"));
  LDAP* made = nullptr;
  Sockbuf* buffer = nullptr;
  if (ldap_init_fd(wire_.descriptor(), LDAP_PROTO_EXT, place_.uri.c_str(), &made) != LDAP_SUCCESS)
    return tl::unexpected(away("libldap takes no connection", "give this machine more memory"));
  connection_.reset(made);
  ber_len_t most = most_message_octets;
  if (ldap_get_option(made, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS ||
      ber_sockbuf_add_io(buffer, &LdapWire::layer(), LBER_SBIOD_LEVEL_PROVIDER, &wire_) != 0 ||
      ber_sockbuf_add_io(buffer, &LdapWire::wiping_layer(), LBER_SBIOD_LEVEL_APPLICATION,
                         nullptr) != 0 ||
      ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most) != 1)
    return tl::unexpected(lost("libldap lacks an option"));
  if (auto prepared = prepare(); !prepared) return prepared;
  if (address_.scheme == "ldaps") return start_tls();
  if (address_.scheme == "ldapi" || address_.is_loopback()) return {};
  return ask_for_tls().and_then([&] { return start_tls(); });
}

// Each is said here, whatever the machine's ldap.conf has.
tl::expected<void, Unavailable> LdapLink::prepare() {
  const int version = LDAP_VERSION3, none = 0, demand = LDAP_OPT_X_TLS_HARD,
            oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2, new_context = 0;
  const timeval endless{-1, 0};  // the wire's waits have an end
  const auto* authorities =
      place_.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : place_.ca_file.c_str();
  const auto set = [&](int option, const void* value) {
    return ldap_set_option(native(), option, value) == LDAP_OPT_SUCCESS;
  };
  const bool done = set(LDAP_OPT_PROTOCOL_VERSION, &version) &&
                    set(LDAP_OPT_REFERRALS, LDAP_OPT_OFF) && set(LDAP_OPT_RESTART, LDAP_OPT_ON) &&
                    set(LDAP_OPT_DEREF, &none) && set(LDAP_OPT_SIZELIMIT, &none) &&
                    set(LDAP_OPT_TIMELIMIT, &none) && set(LDAP_OPT_NETWORK_TIMEOUT, &endless) &&
                    set(LDAP_OPT_TIMEOUT, &endless) && set(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) &&
                    set(LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) &&
                    set(LDAP_OPT_X_TLS_CACERTFILE, authorities);
  if (!done) return tl::unexpected(lost("libldap lacks an option"));
  if (address_.scheme == "ldapi" || set(LDAP_OPT_X_TLS_NEWCTX, &new_context)) return {};
  close();
  return tl::unexpected(refused("the CA file cannot be read",
                                "the CA file in the configuration: PEM, and readable for pulihd"));
}

// RFC 4511, 4.14.
tl::expected<void, Unavailable> LdapLink::ask_for_tls() {
  int request = 0;
  const int sent = ldap_start_tls(native(), nullptr, nullptr, &request);
  const auto answer = next(sent, request);
  if (!answer) return tl::unexpected(answer.error());
  int code = LDAP_OTHER;
  const int read =
      ldap_parse_result(native(), answer->get(), &code, nullptr, nullptr, nullptr, nullptr, 0);
  if (read == LDAP_SUCCESS && code == LDAP_SUCCESS) return {};
  close();
  return tl::unexpected(refused("it offers no StartTLS (" + std::to_string(code) + ")",
                                "give it a certificate (olcTLSCertificateFile): nothing goes over "
                                "a network that is not encrypted and proven"));
}

tl::expected<void, Unavailable> LdapLink::start_tls() {
  const int code = ldap_install_tls(native());
  if (code == LDAP_SUCCESS) return {};
  char* said = nullptr;
  ldap_get_option(native(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
  auto words = printable(said);
  ldap_memfree(said);
  if (wire_.is_lost()) return tl::unexpected(lost("no TLS: the connection broke"));
  close();
  // Libldap forgets what it found: GnuTLS has no words for its number.
  if (words.starts_with("(unknown")) words = "the certificate is another host's";
  return tl::unexpected(refused("no TLS: " + words,
                                "the CA file in the configuration, and the host's name in the "
                                "certificate"));
}

tl::expected<void, Unavailable> LdapLink::log_in() {
  if (place_.bind_dn.empty() || place_.password.empty()) {
    close();
    return tl::unexpected(refused("there is no user to log in as",
                                  "the bind DN in the configuration, and the file with its "
                                  "password"));
  }
  const auto bound = ldap_log_in(*this, place_.bind_dn, place_.password);
  if (!bound) return tl::unexpected(bound.error());
  if (bound->code == LDAP_SUCCESS) return {};
  close();
  return tl::unexpected(fault(bound->code));
}

tl::expected<void, Unavailable> LdapLink::ready() {
  // Nothing is asked, so whatever has arrived is the end, or the notice of it (RFC 4511, 4.4.1).
  if (connection_ && !wire_.interrupted() && !wire_.has_arrived()) return {};
  if (auto connected = connect(); !connected) return connected;
  return log_in();
}

tl::expected<LdapMessage, Unavailable> LdapLink::next(int sent, int request) {
  if (sent != LDAP_SUCCESS) return tl::unexpected(fault(sent));
  for (;;) {
    timeval now{0, 0};
    LDAPMessage* message = nullptr;
    const int got = ldap_result(native(), request, LDAP_MSG_ONE, &now, &message);
    if (got > 0) return LdapMessage(message);
    if (got < 0) return tl::unexpected(lost("the connection broke"));
    if (const auto waited = wire_.wait(POLLIN); !waited)
      return tl::unexpected(lost(waited.error()));
  }
}

}  // namespace pulih::directory
