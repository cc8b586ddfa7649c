// See ldap_wire.hpp. The descriptor never blocks: each call waits here first, for the peer and for
// whoever interrupts, and then takes what there is.
#include "daemon/directory/ldap_wire.hpp"

#include <arpa/inet.h>
#include <ldap.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace pulih::directory {
namespace {

using Fault = tl::unexpected<std::string>;

struct FreeList {
  void operator()(LDAPURLDesc* url) const { ldap_free_urldesc(url); }
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::string_view text(const char* octets) { return octets == nullptr ? "" : octets; }

std::string words_of(int error) { return std::generic_category().message(error); }

bool has_something(int descriptor) {
  pollfd waited{descriptor, POLLIN, 0};
  return ::poll(&waited, 1, 0) != 0;
}

void keep_alive(int descriptor) {
  // A server that is gone without a word shows after 45 s, with or without octets under way.
  const int on = 1, idle_seconds = 30, probe_seconds = 5, probes = 3;
  const unsigned unacknowledged_ms = 45'000;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &probe_seconds, sizeof probe_seconds);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
               sizeof unacknowledged_ms);
}

}  // namespace

template <class Call>
std::ptrdiff_t LdapWire::carry(short events, const Call& call) {
  while (wait(events)) {
    const auto carried = call(descriptor_);
    if (carried > 0) return carried;
    if (carried < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    is_lost_ = true;
    return carried;
  }
  is_lost_ = true;
  errno = ETIMEDOUT;
  return -1;
}

namespace {

// ---- the layer for liblber
// ---------------------------------------------------------------------

LdapWire& wire_of(Sockbuf_IO_Desc* layer) { return *static_cast<LdapWire*>(layer->sbiod_pvt); }

int set_up(Sockbuf_IO_Desc* layer, void* wire) {
  layer->sbiod_pvt = wire;
  return 0;
}

int take_down(Sockbuf_IO_Desc*) { return 0; }

int control(Sockbuf_IO_Desc*, int, void*) { return 0; }

int close_wire(Sockbuf_IO_Desc* layer) {
  wire_of(layer).close();
  return 0;
}

ber_slen_t read_wire(Sockbuf_IO_Desc* layer, void* into, ber_len_t most) {
  return wire_of(layer).carry(POLLIN,
                              [&](int descriptor) { return ::recv(descriptor, into, most, 0); });
}

ber_slen_t write_wire(Sockbuf_IO_Desc* layer, void* octets, ber_len_t count) {
  return wire_of(layer).carry(
      POLLOUT, [&](int descriptor) { return ::send(descriptor, octets, count, MSG_NOSIGNAL); });
}

int pass_control(Sockbuf_IO_Desc* layer, int option, void* value) {
  return LBER_SBIOD_CTRL_NEXT(layer, option, value);
}

int pass_close(Sockbuf_IO_Desc*) { return 0; }

ber_slen_t pass_read(Sockbuf_IO_Desc* layer, void* into, ber_len_t most) {
  return LBER_SBIOD_READ_NEXT(layer, into, most);
}

ber_slen_t write_and_wipe(Sockbuf_IO_Desc* layer, void* octets, ber_len_t count) {
  const auto written = LBER_SBIOD_WRITE_NEXT(layer, octets, count);
  if (written > 0) ::explicit_bzero(octets, static_cast<std::size_t>(written));
  return written;
}

}  // namespace

sockbuf_io& LdapWire::wiping_layer() {
  static Sockbuf_IO functions{set_up,    take_down,      pass_control,
                              pass_read, write_and_wipe, pass_close};
  return functions;
}

sockbuf_io& LdapWire::layer() {
  static Sockbuf_IO functions{set_up, take_down, control, read_wire, write_wire, close_wire};
  return functions;
}

// ---- addresses
// -----------------------------------------------------------------------------------

LdapAddress::LdapAddress(const std::string& uri) {
  LDAPURLDesc* read = nullptr;
  if (uri.find_first_of(" ,") != uri.npos || ldap_url_parse(uri.c_str(), &read) != LDAP_URL_SUCCESS)
    return;
  const std::unique_ptr<LDAPURLDesc, FreeList> url(read);
  scheme = text(url->lud_scheme);
  host = text(url->lud_host);
  if (scheme == "ldapi") {
    if (host.empty()) host = "/var/run/slapd/ldapi";  // where Debian's slapd listens
    return;
  }
  port = std::to_string(url->lud_port);
  const bool is_known = scheme == "ldap" || scheme == "ldaps";
  if (!is_known || host.empty() || url->lud_port <= 0 || url->lud_port > 65'535) scheme.clear();
}

std::string LdapAddress::shown() const {
  return scheme + "://" + host + (port.empty() ? "" : ":" + port);
}

bool LdapAddress::is_loopback() const {
  sockaddr_in address{};
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && ::inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1);
}

// ---- the wire
// ------------------------------------------------------------------------------------

LdapWire::LdapWire(std::chrono::milliseconds patience)
    : patience_(patience), interrupted_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (interrupted_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

LdapWire::~LdapWire() {
  close();
  ::close(interrupted_);
}

void LdapWire::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void LdapWire::interrupt() {
  const std::uint64_t one = 1;
  // It fails only when it was interrupted 2^64 - 1 times.
  [[maybe_unused]] const auto written = ::write(interrupted_, &one, sizeof one);
}

bool LdapWire::interrupted() const { return has_something(interrupted_); }
bool LdapWire::has_arrived() const { return descriptor_ < 0 || has_something(descriptor_); }

tl::expected<void, std::string> LdapWire::wait(short events) const {
  std::array<pollfd, 2> waited{pollfd{descriptor_, events, 0}, pollfd{interrupted_, POLLIN, 0}};
  if (descriptor_ < 0) return Fault("the connection broke");
  int ready = 0;
  do ready = ::poll(waited.data(), waited.size(), static_cast<int>(patience_.count()));
  while (ready < 0 && errno == EINTR);
  if (waited[1].revents != 0) return Fault("the hub is stopping");
  if (ready <= 0)
    return Fault("nothing came for " + std::to_string(patience_.count() / 1'000) + " s");
  return {};
}

tl::expected<void, std::string> LdapWire::connect(int family, const void* address,
                                                  std::size_t size) {
  close();
  is_lost_ = false;
  descriptor_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) return Fault(words_of(errno));
  int error = 0;
  if (::connect(descriptor_, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) !=
      0)
    error = errno;
  if (error == EINPROGRESS) {
    if (auto waited = wait(POLLOUT); !waited) return waited;
    socklen_t length = sizeof error;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length);
  }
  if (error != 0) return Fault(words_of(error));
  return {};
}

tl::expected<void, std::string> LdapWire::connect(const LdapAddress& address) {
  if (address.scheme == "ldapi") {
    sockaddr_un name{AF_UNIX, {}};
    if (address.host.size() >= sizeof name.sun_path)
      return Fault("the name of the socket is too long");
    address.host.copy(name.sun_path, sizeof name.sun_path - 1);
    return connect(AF_UNIX, &name, sizeof name);
  }
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const int failed = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &list);
  if (failed != 0) return Fault(::gai_strerror(failed));
  const std::unique_ptr<addrinfo, FreeList> owned(list);
  tl::expected<void, std::string> made = Fault("no address");
  for (const auto* each = list; each != nullptr && !made; each = each->ai_next)
    made = connect(each->ai_family, each->ai_addr, each->ai_addrlen);
  if (made) keep_alive(descriptor_);
  return made;
}

}  // namespace pulih::directory
