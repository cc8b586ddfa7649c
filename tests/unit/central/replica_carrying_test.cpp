// The copy in a sealed file: it comes out at another machine as it went in and goes on from its
// cursor; a file that was cut short, altered, or is of another key is told so, and what was read of
// it is kept.
#include "daemon/central/replica_carrying.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/unit/central/invented_gateway.hpp"

namespace pulih::central {
namespace {

struct CarryingSite {
  InventedCentral central;
  InventedGateway gateway{central};
  InventedGateway other{central, 99};
  std::string carried;

  CarryingSite() {
    for (std::uint64_t i = 1; i <= 5'000; ++i)
      central.add("guru" + std::to_string(i) + "@guru.sd", 6281100000000 + i);
    while (!gateway.replica->whole()) gateway.step();
    std::ostringstream out;
    REQUIRE(export_replica(gateway.file, out, gateway.keys, invented_key(7), [](auto, auto) {}) ==
            5'000u);
    carried = out.str();
    other.kill();
    std::filesystem::remove_all(other.file.string() + ".new");
  }
  tl::expected<std::uint64_t, std::string> import(const std::string& from,
                                                  std::uint64_t* blocks = nullptr,
                                                  std::uint8_t key = 7) {
    std::istringstream in(from);
    return import_replica(in, {other.file, other.file.parent_path()}, other.keys, invented_key(key),
                          other.chance, [&](auto, auto) {
                            if (blocks != nullptr) ++*blocks;
                          });
  }
};

TEST_CASE_METHOD(CarryingSite, "a copy that was carried goes on from its cursor", "[central]") {
  central.change_phone(3, 6281100077777);
  REQUIRE(import(carried) == 5'000u);
  const int blocks = central.blocks_read;
  other.standing.standing = {};
  central.admitted = true;
  other.start();
  CHECK(other.replica->whole());
  other.steps(5);
  CHECK(other.agrees());
  CHECK(central.blocks_read == blocks);
}

TEST_CASE_METHOD(CarryingSite, "a file that was cut short is gone on with", "[central]") {
  const auto half = import(carried.substr(0, carried.size() / 2));
  REQUIRE_FALSE(half);
  CHECK_THAT(half.error(), Catch::Contains("cut short") && Catch::Contains("repeat"));
  CHECK_FALSE(std::filesystem::exists(other.file));
  REQUIRE(import(carried) == 5'000u);
  CHECK(std::filesystem::exists(other.file));
}

TEST_CASE_METHOD(CarryingSite, "an import that was cut short is ended by the link", "[central]") {
  REQUIRE_FALSE(import(carried.substr(0, carried.size() / 2)));
  const int blocks = central.blocks_read;
  other.standing.standing = {};
  central.admitted = true;
  other.start();
  while (!other.replica->whole()) other.step();
  CHECK(other.agrees());
  CHECK(central.blocks_read - blocks < 4);  // of five
}

TEST_CASE_METHOD(CarryingSite, "an altered file is refused wherever it was altered", "[central]") {
  simulation::Seeded chance(5);
  for (int i = 0; i < 50; ++i) {
    auto altered = carried;
    const auto at =
        static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(altered.size() - 1)));
    altered[at] = static_cast<char>(altered[at] ^ (1 << chance.between(0, 7)));
    INFO("octet " << at);
    CHECK_FALSE(import(altered));
  }
  CHECK_FALSE(import(""));
  CHECK_FALSE(import("pulih"));
}

TEST_CASE_METHOD(CarryingSite, "a file of another key is refused", "[central]") {
  const auto refused = import(carried, nullptr, 8);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error(), Catch::Contains("another key"));
  // Sealed under a transport key, but of another site.
  std::ostringstream out;
  REQUIRE(export_replica(gateway.file, out, gateway.keys, invented_key(9), [](auto, auto) {}));
  std::istringstream in(out.str());
  const accounts::SiteKeys elsewhere(invented_key(10));
  const auto foreign = import_replica(in, {other.file, other.file.parent_path()}, elsewhere,
                                      invented_key(9), other.chance, [](auto, auto) {});
  REQUIRE_FALSE(foreign);
  CHECK_THAT(foreign.error(), Catch::Contains("another key"));
}

TEST_CASE_METHOD(CarryingSite, "nothing in the carried file can be read", "[central]") {
  for (const auto* planted : {"guru1@guru.sd", "budi12@example.org", "6281100000001"})
    CHECK(carried.find(planted) == carried.npos);
}

}  // namespace
}  // namespace pulih::central
