// The directory behind a hub: what is right means what it says, and what is wrong is told with its
// place, without a secret.
#include "config/directory.hpp"

#include <catch2/catch.hpp>

#include "config/hub.hpp"
#include "tests/unit/carriers/certificates.hpp"

namespace {

using namespace pulih::config;
using std::chrono::hours;
using std::chrono::seconds;

struct HubFiles {
  const pulih::carriers::CertificateFolder folder;
  const pulih::carriers::Signed ca = pulih::carriers::make_certificate("example", nullptr);
  const std::filesystem::path certificate = folder.certificate("hub.pem", ca);
  const std::filesystem::path key = folder.key("hub.key", ca);
  const std::filesystem::path secret = folder.text("ldap.secret", "invented\n");
  const std::filesystem::path seal_key = folder.text("seal.key", std::string(64, '1'));

  auto hub(const std::string& directory) const {
    return hub_from(
        "role: hub\n"
        "hub: {listen: '0.0.0.0:8443', tls: {certificate: hub.pem, key: hub.key}, sites: sites}\n"
        "central: {driver: postgresql, uri: 'postgresql://pulih_hub@db.example.org/accounts'}\n" +
            directory,
        certificate.parent_path() / "hub.yaml", {});
  }
  std::string errors(const std::string& directory) const {
    const auto read = hub(directory);
    std::string all;
    if (!read)
      for (const auto& error : read.error()) all += error.text() + "\n";
    return all;
  }
};

const std::string seal = "seal_key: {file: seal.key}\n";

TEST_CASE("a hub's directory may speak LDAP", "[settings][hub]") {
  const HubFiles files;
  const auto least = files.hub(
      "directory: {driver: ldap, uri: 'ldaps://ldap.example.org', bind_dn: 'cn=pulih',"
      " password: {file: ldap.secret}, base: 'ou=teachers', region: papua}\n" +
      seal);
  REQUIRE(least);
  REQUIRE(least->directory);
  CHECK(least->seal_key == files.seal_key);
  CHECK(least->directory->poll == seconds{30});
  CHECK(least->directory->full == hours{24});
  CHECK(least->directory->region == "papua");
  const auto& ldap = std::get<LdapDirectory>(least->directory->server);
  CHECK(ldap.password.reveal() == "invented");
  CHECK(ldap.id == "uid");
  CHECK(ldap.password_write == LdapDirectory::Write::argon2);
  CHECK_FALSE(ldap.locked);

  const auto all = files.hub(
      "directory:\n  driver: ldap\n  uri: ldap://ldap.example.org:1389\n  ca: hub.pem\n"
      "  bind_dn: cn=pulih,dc=example,dc=org\n  password: {file: ldap.secret}\n"
      "  base: ou=teachers,dc=example,dc=org\n  filter: (objectClass=teacher)\n"
      "  password_write: text\n  account_domain: belajar.example\n  country: '62'\n"
      "  poll: 10s\n  full: 12h\n"
      "  attributes: {id: mail, birth_date: born, phone: '', email: '', region: l,"
      " activated: 'status=active', locked: 'locked=TRUE=x'}\n" +
      seal);
  REQUIRE(all);
  CHECK(all->directory->account_domain == "belajar.example");
  CHECK(all->directory->poll == seconds{10});
  const auto& its = std::get<LdapDirectory>(all->directory->server);
  CHECK(its.ca == files.certificate);
  CHECK(its.region_attribute == "l");
  CHECK(its.phone.empty());
  CHECK(its.activated->attribute == "status");
  CHECK(its.locked->value == "TRUE=x");
  CHECK(its.password_write == LdapDirectory::Write::text);
}

TEST_CASE("a hub's directory may speak SCIM", "[settings][hub]") {
  const HubFiles files;
  const auto hub = files.hub(
      "directory: {driver: scim, url: 'https://directory.example.org/scim/v2',"
      " token: {file: ldap.secret}, account_domain: belajar.example,"
      " attributes: {birth_date: 'urn:example:school:2.0:User:born', region: department}}\n" +
      seal);
  REQUIRE(hub);
  const auto& scim = std::get<ScimDirectory>(hub->directory->server);
  CHECK(scim.token.reveal() == "invented");
  CHECK(scim.birth_date == "urn:example:school:2.0:User:born");
  CHECK(scim.region_attribute == "department");
}

TEST_CASE("what a directory lacks, tells twice or does not encrypt is said", "[settings][hub]") {
  const HubFiles files;
  const auto scim = [&](const std::string& url, const std::string& rest) {
    return files.errors("directory: {driver: scim, url: '" + url +
                        "', token: {file: ldap.secret}, attributes: {birth_date: born}" + rest +
                        "}\n" + seal);
  };
  const std::string good = "https://directory.example.org/scim/v2";
  CHECK(scim(good, ", region: papua").empty());
  CHECK(scim("http://127.0.0.1:8080/scim", ", region: papua").empty());
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(has(scim("http://directory.example.org", ", region: papua"), "not encrypted"));
  CHECK(has(scim("http://localhost.example.org", ", region: papua"), "not encrypted"));
  const auto with_user = scim("https://budi:invented@directory.example.org", ", region: papua");
  CHECK(has(with_user, "holds a user"));
  CHECK_FALSE(has(with_user, "invented"));
  CHECK(has(scim(good, ""), "no region is told"));
  CHECK(has(scim(good, ", region: papua, colour: red"), "colour"));
  CHECK(has(files.errors("directory: {driver: nis}\n" + seal), "there is no driver 'nis'"));
  CHECK(has(files.errors("directory: {driver: ldap}\n" + seal), "bind_dn"));
  CHECK(has(files.errors("directory: {driver: scim, url: '" + good +
                         "', token: {file: ldap.secret}, region: papua,"
                         " attributes: {birth_date: born, region: l}}\n" +
                         seal),
            "told twice"));
  CHECK(has(files.errors("directory: {driver: scim, url: '" + good +
                         "', token: {file: ldap.secret}, region: papua,"
                         " attributes: {birth_date: born}}\n"),
            "pulihctl hub seal-key"));
  // Without a directory nothing is sealed.
  CHECK(has(files.errors(seal), "seal_key"));
}

}  // namespace
