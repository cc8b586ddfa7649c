// See ldap_link.hpp. The waits are our own, so that another thread can end them: libldap is asked
// only for what has arrived. Connecting is libldap's, within its network timeout.
#include "daemon/directory/ldap_link.hpp"

#include <ldap.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

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

struct FreeUrl {
  void operator()(LDAPURLDesc* url) const { ldap_free_urldesc(url); }
};
using Url = std::unique_ptr<LDAPURLDesc, FreeUrl>;

// The only entry of the URI that is used; null: it is no LDAP URL (RFC 4516), or several.
Url parsed(const std::string& uri) {
  LDAPURLDesc* url = nullptr;
  if (uri.find_first_of(" ,") != uri.npos || ldap_url_parse(uri.c_str(), &url) != LDAP_URL_SUCCESS)
    return nullptr;
  return Url(url);
}

std::string_view text(const char* octets) { return octets == nullptr ? "" : octets; }

// What of it names no person and no secret.
std::string where_of(const std::string& uri) {
  const auto url = parsed(uri);
  if (!url) return "";
  std::string where(text(url->lud_scheme));
  where.append("://").append(text(url->lud_host));
  if (where.starts_with("ldapi")) return where;
  return where.append(":").append(std::to_string(url->lud_port));
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "::1" || host == "[::1]";
}

// Libldap's own words about TLS: a certificate's fault, no more than a line of ASCII.
std::string printable(std::string_view said) {
  std::string shown(said.substr(0, 120));
  std::erase_if(shown, [](char c) { return c < ' ' || c > '~'; });
  return shown;
}

timeval interval(std::chrono::milliseconds time) {
  return {static_cast<time_t>(time.count() / 1'000),
          static_cast<suseconds_t>(time.count() % 1'000 * 1'000)};
}

// A message with more is no entry of ours: only few attributes are asked for.
constexpr ber_len_t most_message_octets = 4'194'304;

}  // namespace

void FreeLdapMessage::operator()(ldapmsg* message) const { ldap_msgfree(message); }
void LdapLink::Unbind::operator()(ldap* connection) const {
  ldap_unbind_ext(connection, nullptr, nullptr);
}

LdapLink::LdapLink(const LdapPlace& place)
    : place_(place),
      where_(where_of(place.uri)),
      interrupted_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (interrupted_ < 0) throw Unavailable{away("no eventfd", "see LimitNOFILE= of pulihd.service")};
}

LdapLink::~LdapLink() { ::close(interrupted_); }

void LdapLink::interrupt() {
  const std::uint64_t one = 1;
  // It fails only when it was interrupted 2^64 - 1 times.
  [[maybe_unused]] const auto written = ::write(interrupted_, &one, sizeof one);
}

bool LdapLink::interrupted() const {
  pollfd waited{interrupted_, POLLIN, 0};
  return ::poll(&waited, 1, 0) != 0;
}

// ---- what went wrong
// -----------------------------------------------------------------------------

Unavailable LdapLink::refused(std::string_view what, std::string_view hint) const {
  auto why = away(what, hint);
  why.kind = Kind::refused;
  return why;
}

Unavailable LdapLink::away(std::string_view what, std::string_view hint) const {
  std::string why("directory ");
  return {why.append(where_).append(": ").append(what).append("; ").append(hint), Kind::away};
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

Unavailable LdapLink::not_connected(int code) {
  char* said = nullptr;
  ldap_get_option(native(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
  const std::string diagnosis = printable(text(said));
  ldap_memfree(said);
  close();
  // Before anybody logged in these are words about TLS, or none.
  if (diagnosis.find("TLS") != diagnosis.npos || code == LDAP_CONNECT_ERROR)
    return refused("no encrypted connection: " + diagnosis,
                   "the CA file in the configuration, and the host's name in the certificate");
  return away("no connection (" + std::to_string(code) + ")",
              "is it running, and can this machine reach it?");
}

// ---- the connection
// ----------------------------------------------------------------------------------

tl::expected<void, Unavailable> LdapLink::prepare() {
  LDAP* made = nullptr;
  if (where_.empty() || ldap_initialize(&made, place_.uri.c_str()) != LDAP_SUCCESS)
    return tl::unexpected(
        Unavailable{"the directory's URI cannot be read; it is one, and written "
                    "like ldaps://ldap.example.org",
                    Kind::refused});
  connection_.reset(made);
  // Each is said here, whatever the machine's ldap.conf has.
  const int version = LDAP_VERSION3, none = 0, demand = LDAP_OPT_X_TLS_HARD,
            oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2, new_context = 0, idle_seconds = 30;
  const unsigned unacknowledged_ms = 45'000;
  const auto step = interval(place_.patience / 3);
  const auto* authorities =
      place_.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : place_.ca_file.c_str();
  ber_len_t most = most_message_octets;
  Sockbuf* buffer = nullptr;
  const auto set = [&](int option, const void* value) {
    return ldap_set_option(made, option, value) == LDAP_OPT_SUCCESS;
  };
  const bool done = set(LDAP_OPT_PROTOCOL_VERSION, &version) &&
                    set(LDAP_OPT_REFERRALS, LDAP_OPT_OFF) && set(LDAP_OPT_RESTART, LDAP_OPT_ON) &&
                    set(LDAP_OPT_DEREF, &none) && set(LDAP_OPT_SIZELIMIT, &none) &&
                    set(LDAP_OPT_TIMELIMIT, &none) && set(LDAP_OPT_NETWORK_TIMEOUT, &step) &&
                    set(LDAP_OPT_TIMEOUT, &step) && set(LDAP_OPT_X_KEEPALIVE_IDLE, &idle_seconds) &&
                    set(LDAP_OPT_TCP_USER_TIMEOUT, &unacknowledged_ms) &&
                    set(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) &&
                    set(LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) &&
                    set(LDAP_OPT_X_TLS_CACERTFILE, authorities);
  if (!done || ldap_get_option(made, LDAP_OPT_SOCKBUF, &buffer) != LDAP_OPT_SUCCESS ||
      ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most) != 1)
    return tl::unexpected(lost("libldap lacks an option"));
  if (!set(LDAP_OPT_X_TLS_NEWCTX, &new_context)) {
    close();
    return tl::unexpected(refused("the CA file cannot be read",
                                  "the CA file in the configuration: "
                                  "PEM, and readable for pulihd"));
  }
  return {};
}

tl::expected<void, Unavailable> LdapLink::connect() {
  close();
  if (interrupted()) return tl::unexpected(lost("the hub is stopping"));
  if (const auto prepared = prepare(); !prepared) return prepared;
  if (const int code = ldap_connect(native()); code != LDAP_SUCCESS)
    return tl::unexpected(not_connected(code));
  bound_waits();
  const auto url = parsed(place_.uri);
  if (text(url->lud_scheme) == "ldap" && !is_loopback(text(url->lud_host))) return start_tls();
  return {};
}

// Libldap reads a record or a message to its end once it has begun.
void LdapLink::bound_waits() {
  int descriptor = -1;
  const auto wait = interval(place_.patience);
  if (ldap_get_option(native(), LDAP_OPT_DESC, &descriptor) != LDAP_OPT_SUCCESS) return;
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

tl::expected<void, Unavailable> LdapLink::start_tls() {
  int request = 0;
  const int sent = ldap_start_tls(native(), nullptr, nullptr, &request);
  auto answer = next(sent, request);
  if (!answer) return tl::unexpected(answer.error());
  int code = LDAP_OTHER;
  const int read =
      ldap_parse_result(native(), answer->get(), &code, nullptr, nullptr, nullptr, nullptr, 0);
  if (read != LDAP_SUCCESS || code != LDAP_SUCCESS) {
    close();
    return tl::unexpected(refused("it offers no StartTLS (" + std::to_string(code) + ")",
                                  "give it a certificate (olcTLSCertificateFile): nothing goes "
                                  "over a network that is not encrypted and proven"));
  }
  if (const int made = ldap_install_tls(native()); made != LDAP_SUCCESS)
    return tl::unexpected(not_connected(made));
  return {};
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
  if (connection_ && !interrupted() && !was_closed()) return {};
  if (const auto connected = connect(); !connected) return connected;
  return log_in();
}

// Nothing is asked, so whatever arrives is the end, or the notice of it (RFC 4511, 4.4.1).
bool LdapLink::was_closed() const {
  pollfd waited{-1, POLLIN, 0};
  return ldap_get_option(native(), LDAP_OPT_DESC, &waited.fd) != LDAP_OPT_SUCCESS ||
         ::poll(&waited, 1, 0) != 0;
}

tl::expected<LdapMessage, Unavailable> LdapLink::next(int sent, int request) {
  if (sent != LDAP_SUCCESS) return tl::unexpected(fault(sent));
  for (;;) {
    timeval now{0, 0};
    LDAPMessage* message = nullptr;
    const int got = ldap_result(native(), request, LDAP_MSG_ONE, &now, &message);
    if (got > 0) return LdapMessage(message);
    if (got < 0) return tl::unexpected(lost("the connection broke"));
    std::array<pollfd, 2> waited{pollfd{-1, POLLIN, 0}, pollfd{interrupted_, POLLIN, 0}};
    if (ldap_get_option(native(), LDAP_OPT_DESC, &waited[0].fd) != LDAP_OPT_SUCCESS)
      return tl::unexpected(lost("the connection broke"));
    int ready = 0;
    do ready = ::poll(waited.data(), waited.size(), static_cast<int>(place_.patience.count()));
    while (ready < 0 && errno == EINTR);
    if (waited[1].revents != 0) return tl::unexpected(lost("the hub is stopping"));
    if (ready <= 0)
      return tl::unexpected(
          lost("nothing came for " + std::to_string(place_.patience.count() / 1'000) + " s"));
  }
}

}  // namespace pulih::directory
