// A server that is not as it should be: away, silent, not letting us in, without TLS or with
// another certificate, or gone in the middle. What is told says what, where and what to type.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/directory/ldap/slapd.hpp"
#include "tests/link/relay.hpp"

namespace pulih::directory {
namespace {

using Kind = Unavailable::Kind;
using namespace std::chrono_literals;

bool has(const Unavailable& error, std::string_view text) {
  return error.why.find(text) != std::string::npos;
}

Unavailable not_listed(LdapSettings settings) {
  LdapDirectory directory(std::move(settings));
  const auto listed = directory.list("", [](auto&&) {});
  REQUIRE_FALSE(listed);
  CHECK_FALSE(has(listed.error(), "planted"));
  CHECK_FALSE(has(listed.error(), "cn=hub"));
  return listed.error();
}
LdapSettings at(const std::string& uri) {
  auto settings = Slapd::shared().settings();
  settings.place.uri = uri;
  return settings;
}
Unavailable not_listed_at(const std::string& uri) { return not_listed(at(uri)); }

TEST_CASE("a wrong password, user or base is refused, and not told", "[ldap]") {
  auto settings = Slapd::shared().settings();
  settings.place.password = accounts::Secret("planted-and-wrong");
  auto error = not_listed(std::move(settings));
  CHECK(error.kind == Kind::refused);
  CHECK(has(error, "(49)"));
  CHECK(has(error, "the bind DN in the configuration"));
  for (const auto* user : {"", "cn=planted,dc=example,dc=org", "planted"}) {
    settings = Slapd::shared().settings();
    settings.place.bind_dn = user;
    CHECK(not_listed(std::move(settings)).kind == Kind::refused);
  }
  settings = Slapd::shared().settings();
  settings.place.password = {};
  CHECK(not_listed(std::move(settings)).kind == Kind::refused);
  for (const auto* base : {"ou=planted,dc=example,dc=org", "dc=planted", "planted"}) {
    settings = Slapd::shared().settings();
    settings.base = base;
    error = not_listed(std::move(settings));
    CHECK(error.kind == Kind::refused);
    CHECK(has(error, "base"));
  }
  settings = Slapd::shared().settings();
  settings.filter = "(planted";
  error = not_listed(std::move(settings));
  CHECK(error.kind == Kind::refused);
  CHECK(has(error, "filter"));
}

TEST_CASE("a URI that cannot be read is not repeated", "[ldap]") {
  for (const auto* uri : {"", "planted", "planted://planted", "ldap://planted:99999999",
                          "ldap://127.0.0.1 ldap://planted"}) {
    CHECK(not_listed_at(uri).kind == Kind::refused);
  }
}

TEST_CASE("TLS is spoken from the first octet, or after StartTLS, with a proven server", "[ldap]") {
  const auto& slapd = Slapd::shared();
  // 0.0.0.0 leads to this machine, and is no loopback address.
  for (const auto& uri : {slapd.tls(), slapd.tls("0.0.0.0"), slapd.plain("0.0.0.0")}) {
    LdapDirectory directory(at(uri));
    CHECK_NOTHROW(list(directory));
    auto settings = at(uri);
    settings.place.ca_file = slapd / "other-cert.pem";
    const auto error = not_listed(std::move(settings));
    CHECK(error.kind == Kind::refused);
    CHECK(has(error, "CA file"));
    auto without = at(uri);
    without.place.ca_file = slapd / "absent.pem";
    CHECK(not_listed(std::move(without)).kind == Kind::refused);
  }
  const auto other_name = not_listed_at(slapd.tls("127.0.0.2"));
  CHECK(other_name.kind == Kind::refused);
  CHECK(has(other_name, "another host"));
  auto settings = at(slapd.plain("0.0.0.0"));
  settings.place.ca_file.clear();  // this machine's authorities
  CHECK(not_listed(std::move(settings)).kind == Kind::refused);
}

TEST_CASE("to a server without TLS nothing is said over a network", "[ldap]") {
  Slapd slapd({.tls = false});
  auto settings = slapd.settings();
  settings.place.uri = slapd.plain("0.0.0.0");
  const auto error = not_listed(std::move(settings));
  CHECK(error.kind == Kind::refused);
  CHECK(has(error, "StartTLS"));
  settings = slapd.settings();
  settings.place.uri = slapd.plain("127.0.0.1");
  LdapDirectory near(std::move(settings));
  CHECK_NOTHROW(list(near));
}

TEST_CASE("a server that is away is away", "[ldap]") {
  const auto error = not_listed_at("ldapi://%2Ftmp%2Fpulih-absent");
  CHECK(error.kind == Kind::away);
  CHECK(has(error, "is it running"));
}

// Takes connections and says nothing, or what it is given.
struct Silent {
  int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string port;
  Silent() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listening, any, size) == 0);
    REQUIRE(::listen(listening, 5) == 0);
    REQUIRE(::getsockname(listening, any, &size) == 0);
    port = std::to_string(ntohs(address.sin_port));
  }
  ~Silent() { ::close(listening); }
};

TEST_CASE("a server that says nothing is given up after our patience", "[ldap]") {
  const Silent silent;
  for (const std::string scheme : {"ldap", "ldaps"}) {
    auto settings = at(scheme + "://127.0.0.1:" + silent.port);
    settings.place.patience = 150ms;
    CHECK(not_listed(std::move(settings)).kind == Kind::away);
  }
}

TEST_CASE("a stop of the hub ends a wait, and all after it", "[ldap]") {
  for (const std::string scheme : {"ldap", "ldaps"}) {
    const Silent silent;
    LdapDirectory directory(at(scheme + "://127.0.0.1:" + silent.port));
    // The login is on its way, or the first words of TLS.
    std::jthread stopping([&] {
      const int accepted = ::accept4(silent.listening, nullptr, nullptr, SOCK_CLOEXEC);
      char first = 0;
      (void)::recv(accepted, &first, 1, MSG_PEEK);
      directory.interrupt();
      while (::recv(accepted, &first, 1, 0) > 0) {
      }
      ::close(accepted);
    });
    CHECK(directory.list("", [](auto&&) {}).error().kind == Kind::away);
    CHECK(directory.list("", [](auto&&) {}).error().kind == Kind::away);
    CHECK(directory.read("uid=x,dc=example,dc=org").error().kind == Kind::away);
    CHECK(directory.has_password("uid=x,dc=example,dc=org", accounts::Secret("x")).error().kind ==
          Kind::away);
  }
}

TEST_CASE("a connection is used again, and one that is done with leaves nothing behind", "[ldap]") {
  const auto descriptors = [] {
    std::size_t open = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
      if (each.is_symlink()) ++open;
    return open;
  };
  auto& slapd = Slapd::shared();
  test::Relay relay(slapd.tls_port());
  const auto uri = "ldaps://127.0.0.1:" + std::to_string(relay.port());
  {
    LdapDirectory directory(at(uri));
    for (int i = 0; i < 20; ++i) list(directory);
    CHECK(relay.connections() == 1);
  }
  LdapDirectory directory(at(slapd.socket()));
  list(directory);
  const auto before = descriptors();
  for (int i = 0; i < 20; ++i) {
    LdapDirectory another(at(slapd.tls()));
    list(another);
    CHECK(got(directory.has_password("cn=hub," + suffix, accounts::Secret("secret-of-hub"))) ==
          true);
    CHECK(got(directory.has_password("cn=hub," + suffix, accounts::Secret("wrong"))) == false);
  }
  CHECK(descriptors() == before);
}

TEST_CASE("what is no LDAP ends the connection, and nothing else", "[ldap]") {
  const std::string hostile[] = {
      std::string(1'000, '\0'), std::string(1'000, '\xff'), "HTTP/1.1 400 Bad Request\r\n\r\n",
      std::string("\x30\x84\x7f\xff\xff\xff\x02\x01\x01", 9),
      // The right answer's number, and an end in its middle.
      std::string("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x7f\x04\x00", 14),
      std::string("\x30\x05\x02\x01\x01\x64\x00", 7)};
  for (const auto& octets : hostile) {
    const Silent server;
    std::jthread answering([&] {
      const int accepted = ::accept4(server.listening, nullptr, nullptr, SOCK_CLOEXEC);
      char first = 0;
      (void)::recv(accepted, &first, 1, 0);
      (void)::send(accepted, octets.data(), octets.size(), MSG_NOSIGNAL);
      ::shutdown(accepted, SHUT_WR);
      std::array<char, 1'000> rest{};
      while (::recv(accepted, rest.data(), rest.size(), 0) > 0) {
      }
      ::close(accepted);
    });
    LdapDirectory directory(at("ldap://127.0.0.1:" + server.port));
    CHECK(directory.list("", [](auto&&) {}).error().kind == Kind::away);
  }
}

TEST_CASE("a server that stops is away, and found again when it is back", "[ldap]") {
  Slapd slapd;
  Invented budi;
  slapd.change(budi.ldif());
  for (const auto& uri : {slapd.socket(), slapd.tls()}) {
    auto settings = slapd.settings();
    settings.place.uri = uri;
    LdapDirectory directory(std::move(settings));
    CHECK(list(directory).entries.size() == 1);
    slapd.stop();
    CHECK(directory.read(budi.dn()).error().kind == Kind::away);
    CHECK(directory.list("", [](auto&&) {}).error().kind == Kind::away);
    slapd.start();
    CHECK(got(directory.read(budi.dn())));
    // An idle connection that the server has ended meanwhile is not even noticed.
    slapd.stop();
    slapd.start();
    CHECK(list(directory).entries.size() == 1);
  }
}

TEST_CASE("a listing that breaks off in the middle is none", "[ldap]") {
  auto& slapd = Slapd::shared();
  test::Relay relay(slapd.plain_port());
  auto settings = at("ldap://127.0.0.1:" + std::to_string(relay.port()));
  settings.base = new_base(slapd);
  std::string ldif;
  for (int i = 0; i < 600; ++i) {
    Invented teacher;
    teacher.id = "guru" + std::to_string(i) + "@guru.sd";
    teacher.base = settings.base;
    teacher.password = "";
    ldif += teacher.ldif();
  }
  slapd.change(ldif);
  LdapDirectory directory(std::move(settings));
  int told = 0;
  const auto broken = directory.list("", [&](auto&&) {
    if (++told == 500) relay.lose_next_answer();
  });
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind == Kind::away);
  CHECK(told == 500);
  CHECK(list(directory).entries.size() == 600);
}

}  // namespace
}  // namespace pulih::directory
