// A copy whose file is not what was written to it: any octet of any page altered, cut short, under
// another key. Nothing crashes, no look-up takes a damaged row for an absent account or for
// another one, and in the end the copy is whole again. And nothing in the file can be read.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/central/invented_gateway.hpp"

namespace pulih::central {
namespace {

struct DamageSite {
  InventedCentral central;
  InventedGateway gateway{central};

  DamageSite() {
    for (std::uint64_t i = 1; i <= 400; ++i)
      central.add("guru" + std::to_string(i) + "@guru.sd", 6281100000000 + i);
    while (!gateway.replica->whole()) gateway.step();
  }
  // Everything in one file, and nobody has it open.
  void close() {
    gateway.kill();
    SQLite::Database database(gateway.file.string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  void alter(std::uint64_t at, std::uint8_t mask) {
    std::fstream file(gateway.file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto octet = static_cast<char>(file.get() ^ mask);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(octet);
  }
  // Right, or told to come later; never wrong.
  void look_up_all() {
    for (const auto& [number, row] : central.state.rows) {
      try {
        gateway.readers->look_anew();
        const auto found = gateway.readers->by_id(gateway.keys.account(row.id));
        if (found) {
          CHECK(found->id == row.id);
          CHECK(found->phone.value() == row.phone);
        }
        for (const auto& each : gateway.readers->by_phone(accounts::Msisdn::from_value(row.phone)))
          CHECK(each.id == row.id);
      } catch (const engine::StoreError&) {
      }
    }
  }
};

TEST_CASE("any altered octet is found and mended, and nothing crashes", "[central][faults]") {
  const auto seed = GENERATE(range(1u, 61u));
  INFO("seed " << seed);
  simulation::Seeded chance(seed);
  DamageSite site;
  site.close();
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(site.gateway.file));
  const auto times = chance.between(1, 8);
  for (std::int64_t i = 0; i < times; ++i)
    site.alter(static_cast<std::uint64_t>(chance.between(0, size - 1)),
               static_cast<std::uint8_t>(chance.between(1, 255)));
  site.gateway.start();
  site.look_up_all();
  site.gateway.steps(5);
  site.look_up_all();
  site.gateway.settle();
  site.gateway.settle();
  CHECK(site.gateway.agrees());
}

TEST_CASE("a file that was cut short is made anew", "[central][faults]") {
  const auto part = GENERATE(0, 1, 17, 50, 99);
  DamageSite site;
  site.close();
  const auto size = std::filesystem::file_size(site.gateway.file);
  std::filesystem::resize_file(site.gateway.file, size * static_cast<std::uintmax_t>(part) / 100);
  site.gateway.start();
  site.look_up_all();
  site.gateway.settle();
  site.gateway.settle();
  CHECK(site.gateway.agrees());
}

TEST_CASE_METHOD(DamageSite, "a row that does not open is fetched with its block", "[central]") {
  {
    SQLite::Database database(gateway.file.string(), SQLite::OPEN_READWRITE, 1'000);
    database.exec("UPDATE account SET part = zeroblob(136) WHERE number = 5");
  }
  const auto key = gateway.keys.account("guru5@guru.sd");
  gateway.readers->look_anew();
  CHECK_THROWS_AS(gateway.readers->by_id(key), engine::StoreError);
  CHECK(gateway.readers->by_id(gateway.keys.account("guru6@guru.sd")));
  gateway.steps(12);
  gateway.readers->look_anew();
  CHECK(gateway.readers->by_id(key));
  CHECK(gateway.told(News::What::repaired) == 1);
  CHECK(gateway.told(News::What::damaged) == 0);
}

TEST_CASE_METHOD(DamageSite,
                 "a row that is met again and again while the link is down is mended once",
                 "[central]") {
  {
    SQLite::Database database(gateway.file.string(), SQLite::OPEN_READWRITE, 1'000);
    database.exec("UPDATE account SET part = zeroblob(136) WHERE number = 5");
  }
  central.link_down = true;
  const auto key = gateway.keys.account("guru5@guru.sd");
  for (int redelivery = 0; redelivery < 10; ++redelivery) {
    gateway.readers->look_anew();
    CHECK_THROWS_AS(gateway.readers->by_id(key), engine::StoreError);
    gateway.steps(5);
  }
  central.link_down = false;
  gateway.settle();
  gateway.readers->look_anew();
  CHECK(gateway.readers->by_id(key));
  CHECK(gateway.told(News::What::repaired) == 1);
}

TEST_CASE_METHOD(DamageSite, "a copy under another key is made anew", "[central]") {
  gateway.kill();
  accounts::SiteKeys other(invented_key(8));
  ReplicaAccounts readers(gateway.file, other);
  Replica replica({gateway.file, gateway.file.parent_path()}, other, gateway.chance, readers);
  CHECK_THAT(replica.unusable(), Catch::Contains("another site key"));
  CHECK(replica.building());
  CHECK_FALSE(replica.whole());
}

TEST_CASE_METHOD(DamageSite, "nothing in the file can be read", "[central]") {
  close();
  const auto octets = octets_of(gateway.file);
  REQUIRE(octets.size() > 400 * 100);
  for (const auto& [number, row] : central.state.rows) {
    CHECK(octets.find(row.id) == octets.npos);
    CHECK(octets.find(std::to_string(row.phone)) == octets.npos);
    // As SQLite and as a record would hold the digits.
    std::string big, varint;
    for (int shift = 40; shift >= 0; shift -= 8)
      big.push_back(static_cast<char>(row.phone >> shift));
    for (auto left = row.phone; left != 0; left >>= 7)
      varint.push_back(static_cast<char>((left & 0x7F) | (left > 0x7F ? 0x80 : 0)));
    CHECK(octets.find(big) == octets.npos);
    CHECK(octets.find(varint) == octets.npos);
  }
  for (const auto* planted : {"budi12@example.org", "example.org", "guru.sd", "19850817"})
    CHECK(octets.find(planted) == octets.npos);
  CHECK((std::filesystem::status(gateway.file).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

}  // namespace
}  // namespace pulih::central
