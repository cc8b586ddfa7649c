// A copy comes under another data key while it is followed and looked up, one that is being made
// too, and whoever has only the new key can use it. The embedded database does the same.
#include <catch2/catch.hpp>

#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_schema.hpp"
#include "daemon/store/resealing.hpp"
#include "tests/unit/central/invented_gateway.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

const accounts::KeyRing during{invented_key(7), {invented_key(8), invented_key(7)}};
const accounts::KeyRing after{invented_key(7), {invented_key(8)}};

std::uint64_t reseal(const std::filesystem::path& file,
                     std::span<const accounts::SealedColumn> columns) {
  const accounts::SiteKeys keys(during);
  accounts::SystemEntropy entropy;
  const auto told = store::reseal(file, columns, keys, entropy, [](const auto&) {});
  if (!told) throw std::runtime_error(told.error());
  if (told->unreadable != 0) throw std::runtime_error("rows that no key opens");
  return told->done;
}

struct Fixture {
  InventedCentral central;
  InventedGateway gateway{central};

  Fixture() {
    for (std::uint64_t i = 1; i <= 3'000; ++i)
      central.add("guru" + std::to_string(i) + "@guru.sd", 6281100000000 + i);
  }
  std::uint64_t reseal_all() {
    std::uint64_t done = 0;
    for (const auto* end : {"", ".new"})
      while (const auto some = reseal(gateway.file.string() + end, replica_sealed_columns))
        done += some;
    return done;
  }
  // As a daemon that starts after the rotation has it.
  void expect_whole_under_the_new_key() {
    gateway.kill();
    const accounts::SiteKeys keys(after);
    accounts::SystemEntropy entropy;
    ReplicaAccounts readers(gateway.file, keys);
    const Replica replica(gateway.file, keys, entropy, readers);
    CHECK(replica.unusable() == "");
    REQUIRE(replica.whole());
    for (const auto& [number, row] : central.state.rows) {
      const auto found = readers.by_id(keys.account(row.id));
      REQUIRE(found);
      CHECK(found->phone.value() == row.phone);
    }
    CHECK_FALSE(readers.by_id(keys.account("nobody@guru.sd")));
  }
};

}  // namespace

TEST_CASE("a copy comes under another key while it is followed and looked up", "[central]") {
  Fixture site;
  while (!site.gateway.replica->whole()) site.gateway.step();
  REQUIRE(site.gateway.agrees());
  REQUIRE(site.gateway.keys.learn(during));
  CHECK(site.gateway.agrees());  // under two keys
  site.central.add("later@guru.sd", 6281100009999);
  site.gateway.settle();
  CHECK(site.reseal_all() >= 2'900);
  CHECK(site.gateway.agrees());
  site.expect_whole_under_the_new_key();
}

TEST_CASE("a copy that is being made comes along", "[central]") {
  Fixture site;
  for (int i = 0; i < 3; ++i) site.gateway.step();
  REQUIRE_FALSE(site.gateway.replica->whole());
  REQUIRE(site.gateway.keys.learn(during));
  CHECK(site.reseal_all() > 0);
  while (!site.gateway.replica->whole()) site.gateway.step();
  site.gateway.settle();
  CHECK(site.reseal_all() == 0);
  site.expect_whole_under_the_new_key();
}

TEST_CASE("the embedded database comes under another key: contacts, verifiers, changes",
          "[central]") {
  InventedSite site;
  const auto budi = site.add_budi();
  REQUIRE(site.open_register().change_phone(budi, InventedSite::phone(2), {}));
  CHECK(reseal(site.file, embedded_sealed_columns) == 3);
  const accounts::SiteKeys keys(after);
  EmbeddedCentral central(site.file, keys, site.entropy);
  const auto changes = central.contact_changes(0, 10);
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);
  CHECK(changes->front().old_phone == InventedSite::phone(1));
  CHECK(EmbeddedAccounts(site.file, keys).by_id(budi)->phone == InventedSite::phone(2));
  AccountRegister accounts(site.file, keys, site.entropy, IfMissing::refuse);
  CHECK(accounts.verifier(budi).value() == InventedSite::first_verifier);
}

}  // namespace pulih::central
