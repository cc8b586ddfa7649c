// The section `central`: where the accounts are, by the driver that reaches them. A password never
// stands in the URI, which is told in messages and seen by whoever may read the configuration.
#include <algorithm>

#include "config/settings_sections.hpp"
#include "daemon/accounts/hexadecimal.hpp"

namespace pulih::config {
namespace {

using std::chrono::seconds;

constexpr LengthRange password_length{1, 1024};
constexpr std::string_view uri_example =
    "uri: \"postgresql://pulih_site_nabire@db.example.org/accounts\"";

// The value of a parameter behind the '?'; libpq takes the last one.
std::string_view parameter(std::string_view uri, std::string_view name) {
  std::string_view found;
  for (auto rest = uri.substr(std::min(uri.find('?'), uri.size())); !rest.empty();) {
    rest.remove_prefix(1);
    const auto one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(one.size());
    if (one.substr(0, one.find('=')) == name)
      found = one.substr(std::min(one.find('=') + 1, one.size()));
  }
  return found;
}

// libpq, 34.1.1.2: postgresql://[user[:password]@][host[:port]][,…][/database][?name=value…]
std::string_view after_scheme(std::string_view uri) {
  for (const std::string_view scheme : {"postgresql://", "postgres://"})
    if (uri.starts_with(scheme)) return uri.substr(scheme.size());
  return {};
}

std::string_view authority(std::string_view uri) {
  const auto rest = after_scheme(uri);
  return rest.substr(0, rest.find_first_of("/?"));
}

// It is told without the text, which may hold a password.
Parsed<std::string> parse_uri(std::string_view text) {
  const auto typed = parse_text(text, {1, 1000});
  if (!typed || after_scheme(text).empty())
    return tl::unexpected(
        Fault{"this is no URI of a PostgreSQL database", std::string(uri_example)});
  // An address with more than one '@' has a password that holds one.
  const auto its = authority(text);
  const auto user = its.substr(0, its.rfind('@') == its.npos ? 0 : its.rfind('@'));
  if (user.find_first_of(":@") != user.npos || !parameter(text, "password").empty())
    return tl::unexpected(Fault{"a password stands in the URI",
                                "write it into a file: password: {file: central.secret}"});
  return *typed;
}

// Without a word of it the server has to prove who it is (sslmode verify-full).
void warn_of_bare_link(Section& section, std::string_view uri) {
  const auto mode = parameter(uri, "sslmode");
  auto host = authority(uri);
  if (host.rfind('@') != host.npos) host.remove_prefix(host.rfind('@') + 1);
  const bool here = host.starts_with("localhost") || host.starts_with("127.0.0.1") ||
                    host.starts_with("[::1]") || host.starts_with("%2F") ||
                    (host.empty() && parameter(uri, "host").starts_with('/'));
  if (mode.empty() || mode == "verify-full" || here) return;
  section.warning("uri",
                  {"with sslmode=" + std::string(mode) +
                       " somebody on the way may read birth dates and numbers",
                   "leave sslmode out, and name the authority: sslrootcert=/etc/pulih/ca.pem"});
}

// `longest`: a link that is quiet for longer is taken for dead.
void read_following(Section& section, const Settings& settings, Following& following,
                    seconds longest) {
  following.replica = "replica.db";
  section.read("replica", following.replica, parse_path);
  following.replica = settings.state_dir / following.replica;
  section.read("poll", following.poll, duration(seconds{1}, longest));
}

void read_server(Section& section, const Places& places, PostgresqlCentral& central) {
  if (section.require("uri", uri_example)) section.read("uri", central.uri, parse_uri);
  warn_of_bare_link(section, central.uri);
  if (auto source = section.section("password", Section::Keys::confidential))
    central.password = read_secret(*source, places, password_length);
}

PostgresqlCentral read_postgresql(Section& section, const Places& places,
                                  const Settings& settings) {
  PostgresqlCentral central;
  read_server(section, places, central);
  read_following(section, settings, central, seconds{3600});
  return central;
}

Parsed<std::optional<accounts::SealingKey>> parse_sealing_key(std::string_view text) {
  accounts::SealingKey key;
  if (!accounts::read_hex(text, key))
    return tl::unexpected(
        Fault{"this is no sealing key", "the 64 hex digits that pulihctl hub seal-key printed"});
  return key;
}

HubCentral read_behind_hub(Section& section, const Places& places, const Settings& settings) {
  HubCentral central;
  if (section.require("address", "address: hub.example.org:8443"))
    section.read("address", central.address, parse_address);
  constexpr std::string_view tls_example =
      "tls: {ca: ca.pem, certificate: nabire.pem, key: nabire.key}";
  if (section.require("tls", tls_example)) {
    if (auto tls = section.section("tls"))
      central.tls = read_tls(*tls, places, central.address.host);
    if (central.tls.certificate.empty())
      section.error("tls",
                    {"the hub knows a gateway by its certificate", std::string(tls_example)});
    if (central.tls.server_name.empty()) central.tls.server_name = central.address.host;
  }
  section.read("sealing_key", central.sealing_key, parse_sealing_key);
  read_following(section, settings, central, seconds{240});
  return central;
}

EmbeddedCentral read_embedded(Section& section, const Settings& settings) {
  EmbeddedCentral central{"central.db"};
  section.read("path", central.database, parse_path);
  central.database = settings.state_dir / central.database;
  return central;
}

}  // namespace

std::filesystem::path replica_of(const Settings& settings) {
  return std::visit(
      [](const auto& central) -> std::filesystem::path {
        if constexpr (requires { central.replica; })
          return central.replica;
        else
          return {};
      },
      settings.central);
}

void read_central(Section& root, const Places& places, Settings& settings) {
  if (!root.require("central", "central: {driver: embedded, path: central.db}")) return;
  auto section = root.section("central");
  std::string driver;
  if (section->require("driver", "driver: embedded"))
    section->read("driver", driver, [](std::string_view text) {
      return parse_text(text, {1, 32});
    });
  if (driver == "postgresql")
    settings.central = read_postgresql(*section, places, settings);
  else if (driver == "hub")
    settings.central = read_behind_hub(*section, places, settings);
  else
    settings.central = read_embedded(*section, settings);
  if (!driver.empty() && driver != "embedded" && driver != "postgresql" && driver != "hub")
    section->error("driver",
                   {"there is no driver '" + driver + "'", "driver: embedded, postgresql or hub"});
  section->finish();
}

void read_central_of_hub(Section& root, const Places& places, PostgresqlCentral& central) {
  constexpr std::string_view example =
      "central: {driver: postgresql, uri: \"postgresql://pulih_hub@db.example.org/accounts\"}";
  if (!root.require("central", example)) return;
  auto section = root.section("central");
  if (!section) return;
  std::string driver;
  if (section->require("driver", "driver: postgresql"))
    section->read("driver", driver, [](std::string_view text) -> Parsed<std::string> {
      if (text == "postgresql") return std::string(text);
      return tl::unexpected(
          Fault{"a hub stands before a PostgreSQL database", "driver: postgresql"});
    });
  read_server(*section, places, central);
  section->finish();
}

}  // namespace pulih::config
