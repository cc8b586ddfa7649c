// See directory.hpp. A server is reached with TLS unless it is on this machine: what goes over the
// link are birth dates and passwords.
#include "config/directory.hpp"

#include <array>

#include "config/settings_sections.hpp"

namespace pulih::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr LengthRange secret_length{1, 4096};

std::string_view host_of(std::string_view url) {
  auto its = url.substr(url.find("://") + 3);
  its = its.substr(0, its.find('/'));
  return its.starts_with('[') ? its.substr(0, its.find(']') + 1) : its.substr(0, its.find(':'));
}

bool is_here(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

// It is told without the text, which may hold a password.
Parsed<std::string> parse_uri(std::string_view text, std::span<const std::string_view> schemes,
                              const char* example) {
  const auto typed = parse_text(text, {1, 1000});
  bool known = false;
  for (const auto scheme : schemes) known = known || text.starts_with(scheme);
  if (!typed || !known || text.find_first_of("@ ") != text.npos)
    return tl::unexpected(
        Fault{"this is no address of such a directory, or holds a user", example});
  return *typed;
}

Parsed<std::string> parse_ldap_uri(std::string_view text) {
  constexpr std::array<std::string_view, 3> schemes = {"ldaps://", "ldap://", "ldapi://"};
  return parse_uri(text, schemes, "uri: ldaps://ldap.example.org");
}

Parsed<std::string> parse_scim_url(std::string_view text) {
  constexpr std::array<std::string_view, 2> schemes = {"https://", "http://"};
  auto url = parse_uri(text, schemes, "url: https://directory.example.org/scim/v2");
  if (url && url->starts_with("http://") && !is_here(host_of(*url)))
    return tl::unexpected(Fault{"passwords would go over a network that is not encrypted",
                                "url: https://directory.example.org/scim/v2"});
  return url;
}

Parsed<std::string> parse_attribute(std::string_view text) {
  const auto typed = parse_text(text, {1, 256});
  if (!typed || text.find_first_of(" =()*,\"\\") != text.npos)
    return tl::unexpected(Fault{"this is no name of an attribute", "as in birth_date: birthDate"});
  return *typed;
}

// An empty text: the directory has no such attribute.
Parsed<std::string> parse_attribute_or_none(std::string_view text) {
  if (text.empty()) return std::string();
  return parse_attribute(text);
}

Parsed<std::optional<AttributeTest>> parse_test(std::string_view text) {
  const auto equals = text.find('=');
  const auto attribute = parse_attribute(text.substr(0, equals));
  const auto value = text.substr(std::min(equals, text.size() - 1) + 1);
  if (equals == text.npos || !attribute || !parse_text(value, {1, 256}))
    return tl::unexpected(
        Fault{"this is no test of an attribute", "as in locked: \"employeeStatus=suspended\""});
  return AttributeTest{*attribute, std::string(value)};
}

Parsed<LdapDirectory::Write> parse_write(std::string_view text) {
  if (text == "argon2") return LdapDirectory::Write::argon2;
  if (text == "text") return LdapDirectory::Write::text;
  return tl::unexpected(Fault{"a password is not written as '" + std::string(text) + "'",
                              "password_write: argon2, or text where the server hashes"});
}

void read_ca(Section& section, const Places& places, std::filesystem::path& ca) {
  section.read("ca", ca, parse_path);
  if (!ca.empty()) ca = places.beside / ca;
}

void read_credential(Section& section, const Places& places, std::string_view key,
                     const char* example, accounts::Secret& secret) {
  if (!section.require(key, example)) return;
  if (auto source = section.section(key, Section::Keys::confidential))
    secret = read_secret(*source, places, secret_length);
}

LdapDirectory read_ldap(Section& section, const Places& places) {
  LdapDirectory ldap;
  if (section.require("uri", "uri: ldaps://ldap.example.org"))
    section.read("uri", ldap.uri, parse_ldap_uri);
  read_ca(section, places, ldap.ca);
  if (section.require("bind_dn", "bind_dn: \"cn=pulih,dc=example,dc=org\""))
    section.read("bind_dn", ldap.bind_dn, text(1, 512));
  read_credential(section, places, "password", "password: {file: ldap.secret}", ldap.password);
  if (section.require("base", "base: \"ou=teachers,dc=example,dc=org\""))
    section.read("base", ldap.base, text(1, 512));
  section.read("filter", ldap.filter, text(1, 1000));
  section.read("password_write", ldap.password_write, parse_write);
  if (auto attributes = section.section("attributes")) {
    attributes->read("id", ldap.id, parse_attribute);
    attributes->read("birth_date", ldap.birth_date, parse_attribute);
    attributes->read("phone", ldap.phone, parse_attribute_or_none);
    attributes->read("email", ldap.email, parse_attribute_or_none);
    attributes->read("region", ldap.region_attribute, parse_attribute);
    attributes->read("activated", ldap.activated, parse_test);
    attributes->read("locked", ldap.locked, parse_test);
    attributes->finish();
  }
  return ldap;
}

ScimDirectory read_scim(Section& section, const Places& places) {
  ScimDirectory scim;
  if (section.require("url", "url: https://directory.example.org/scim/v2"))
    section.read("url", scim.url, parse_scim_url);
  read_ca(section, places, scim.ca);
  read_credential(section, places, "token", "token: {file: scim.token}", scim.token);
  constexpr const char* example =
      "attributes: {birth_date: "
      "\"urn:example:params:scim:schemas:extension:school:2.0:User:born\"}";
  if (!section.require("attributes", example)) return scim;
  if (auto attributes = section.section("attributes")) {
    if (attributes->require("birth_date", example))
      attributes->read("birth_date", scim.birth_date, parse_attribute);
    attributes->read("region", scim.region_attribute, parse_attribute);
    attributes->read("phone_type", scim.phone_type, text(1, 64));
    attributes->read("email_type", scim.email_type, text(1, 64));
    attributes->finish();
  }
  return scim;
}

void read_common(Section& section, Directory& directory) {
  const auto has_attribute = std::visit(
      [](const auto& server) { return !server.region_attribute.empty(); }, directory.server);
  section.read("region", directory.region, [](std::string_view typed) {
    return parse_name(typed, {1, 32});
  });
  if (has_attribute == section.has("region"))
    section.error("region", {has_attribute ? "the region is told twice" : "no region is told",
                             "region: papua for all, or attributes: {region: l}"});
  section.read("account_domain", directory.account_domain, parse_domain);
  section.read("country", directory.country, parse_prefix);
  section.read("poll", directory.poll, duration(seconds{1}, hours{24}));
  section.read("full", directory.full, duration(hours{1}, hours{24 * 31}));
}

}  // namespace

std::optional<Directory> read_directory(Section& root, const Places& places) {
  auto section = root.section("directory");
  if (!section) return std::nullopt;
  std::string driver;
  if (section->require("driver", "driver: ldap"))
    section->read("driver", driver, [](std::string_view typed) -> Parsed<std::string> {
      if (typed == "ldap" || typed == "scim") return std::string(typed);
      return tl::unexpected(
          Fault{"there is no driver '" + std::string(typed) + "'", "driver: ldap or scim"});
    });
  Directory directory;
  if (driver == "scim")
    directory.server = read_scim(*section, places);
  else if (driver == "ldap")
    directory.server = read_ldap(*section, places);
  else
    return std::nullopt;
  read_common(*section, directory);
  section->finish();
  return directory;
}

}  // namespace pulih::config
