// The file of sites: what may stand in it, what is said of what may not, and what an operator's
// commands make of it.
#include "daemon/hub/sites.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "daemon/accounts/hexadecimal.hpp"
#include "tests/unit/carriers/certificates.hpp"

namespace pulih::hub {
namespace {

CertificateHash hash_of(std::uint8_t first) { return {first}; }

std::string fault_of(const std::string& text) {
  const auto sites = Sites::parse(text, "sites");
  return sites ? "" : sites.error();
}

TEST_CASE("a line of the file of sites is a site, a region and a fingerprint", "[hub][sites]") {
  const std::string hash = accounts::in_hex(hash_of(0xAB));
  const auto sites = Sites::parse("# who may\n\n nabire\tpapua " + hash + "  # since May\r\n", "s");
  REQUIRE(sites);
  REQUIRE(sites->find(hash_of(0xAB)));
  CHECK(sites->find(hash_of(0xAB))->name == "nabire");
  CHECK(sites->find(hash_of(0xAB))->region == "papua");
  CHECK_FALSE(sites->find(hash_of(0xAC)));
  CHECK(fault_of("nabire papua").starts_with("sites:1: a line of 2 words; a line is"));
  CHECK(fault_of("\nna;bire papua " + hash).starts_with("sites:2: this is no name of a site"));
  CHECK(fault_of("nabire p/a " + hash).starts_with("sites:1: this is no name of a region"));
  CHECK(fault_of("nabire papua " + hash + "0").starts_with("sites:1: this is no fingerprint"));
  CHECK(fault_of("a p " + hash + "\nb p " + hash).starts_with("sites:2: this certificate stands"));
}

TEST_CASE("sites are enrolled, given a second certificate and revoked", "[hub][sites]") {
  Sites sites;
  CHECK(sites.enrol({"nabire", "papua", hash_of(1)}));
  CHECK_FALSE(sites.enrol({"nabire", "papua", hash_of(2)}));
  CHECK_FALSE(sites.enrol({"biak", "papua", hash_of(1)}));
  CHECK_FALSE(sites.enrol({"", "papua", hash_of(3)}));
  CHECK_FALSE(sites.rotate("biak", hash_of(2)));
  CHECK_FALSE(sites.rotate("nabire", hash_of(1)));
  REQUIRE(sites.rotate("nabire", hash_of(2)));
  CHECK(sites.find(hash_of(1)));
  REQUIRE(sites.rotate("nabire", hash_of(3)));
  CHECK_FALSE(sites.find(hash_of(1)));
  CHECK(sites.find(hash_of(3))->region == "papua");
  CHECK(sites.revoke("nabire", hash_of(1)) == 0);
  CHECK(sites.revoke("nabire", hash_of(2)) == 1);
  CHECK(sites.revoke("nabire", std::nullopt) == 1);
}

TEST_CASE("what is written is read again, and a file that is missing holds none", "[hub][sites]") {
  const carriers::CertificateFolder folder;
  const auto file = folder.text("sites", "#\n");
  Sites sites;
  REQUIRE(sites.enrol({"nabire", "papua", hash_of(1)}));
  REQUIRE(sites.write(file));
  CHECK(Sites::read(file)->all() == sites.all());
  std::filesystem::remove(file);
  CHECK(Sites::read(file)->all().empty());
  CHECK_FALSE(sites.write(file / "below"));
  CHECK_FALSE(certificate_hash(folder.text("x.pem", "no certificate")));
  CHECK_FALSE(certificate_hash(file));
}

TEST_CASE("a file of sites stays readable to whom it was", "[hub][sites]") {
  const carriers::CertificateFolder folder;
  const auto file = folder.text("sites", "#\n");
  struct stat there {};
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  // Where the test is root, as the operator is; the hub is not.
  constexpr gid_t of_the_hub = 4242;
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::chown(file.c_str(), 0, of_the_hub) == 0);
  Sites sites;
  REQUIRE(sites.enrol({"nabire", "papua", hash_of(1)}));
  REQUIRE(sites.write(file));
  REQUIRE(::stat(file.c_str(), &there) == 0);
  CHECK((there.st_mode & 0777) == 0640);
  if (root) CHECK(there.st_gid == of_the_hub);

  std::filesystem::remove(file);
  if (root) REQUIRE(::chown(file.parent_path().c_str(), 0, of_the_hub) == 0);
  REQUIRE(sites.write(file));
  REQUIRE(::stat(file.c_str(), &there) == 0);
  CHECK((there.st_mode & 0777) == 0640);
  if (root) CHECK(there.st_gid == of_the_hub);
}

}  // namespace
}  // namespace pulih::hub
