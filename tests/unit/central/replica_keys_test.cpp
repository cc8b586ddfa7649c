// A copy comes under another data key while it is followed and looked up, one that is being made
// too, and whoever has only the new key can use it; of the former names of its rows none is left.
// The embedded database does the same.
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "daemon/accounts/keyring.hpp"
#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_schema.hpp"
#include "daemon/store/renaming.hpp"
#include "daemon/store/resealing.hpp"
#include "tests/unit/accounts/names_in_file.hpp"
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

std::uint64_t rename(const std::filesystem::path& file,
                     std::span<const accounts::NamedTable> tables) {
  const accounts::SiteKeys keys(during);
  const auto named = store::rename_rows(file, tables, keys);
  if (!named) throw std::runtime_error(named.error());
  return *named;
}

struct Fixture {
  InventedCentral central;
  InventedGateway gateway{central};

  Fixture() {
    for (std::uint64_t i = 1; i <= 3'000; ++i)
      central.add("guru" + std::to_string(i) + "@guru.sd", 6281100000000 + i);
  }
  std::uint64_t reseal_all() {
    // As the engine does it every second: nobody keeps a view of the file for long.
    const std::jthread engine([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        gateway.readers->look_anew();
        std::this_thread::yield();
      }
    });
    std::uint64_t done = 0;
    for (const auto* end : {"", ".new"}) {
      while (const auto some = reseal(gateway.file.string() + end, replica_sealed_columns))
        done += some;
      named += rename(gateway.file.string() + end, replica_named_tables);
      if (!store::sweep_out(gateway.file.string() + end)) throw std::runtime_error("not swept");
    }
    return done;
  }
  std::uint64_t named = 0;
  // As they were before the rotation.
  std::unordered_set<std::uint64_t> former_names() const {
    std::unordered_set<std::uint64_t> names;
    for (const auto& [number, row] : central.state.rows)
      names.insert({gateway.keys.account(row.id),
                    gateway.keys.person(accounts::Msisdn::from_value(row.phone))});
    return names;
  }
  // As a daemon that starts after the rotation has it.
  void expect_whole_under_the_new_key() {
    gateway.kill();
    CHECK(accounts::names_in(gateway.file, former_names()) == 0);
    const accounts::SiteKeys keys(after);
    accounts::SystemEntropy entropy;
    ReplicaAccounts readers(gateway.file, keys);
    const Replica replica({gateway.file, gateway.file.parent_path()}, keys, entropy, readers);
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
  CHECK(accounts::names_in(site.gateway.file, site.former_names()) == 6'002);
  CHECK(site.reseal_all() >= 2'900);
  CHECK(site.named == 3'001);
  CHECK(site.gateway.agrees());
  site.central.add("last@guru.sd", 6281100009998);
  site.gateway.settle();
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

TEST_CASE("no copy takes its place while somebody changes the keys", "[central]") {
  Fixture site;
  while (!site.gateway.replica->building()) site.gateway.step();
  {
    const accounts::KeyringLock changed(site.gateway.file.parent_path(),
                                        accounts::KeyringLock::How::alone);
    REQUIRE(changed.held());
    site.gateway.kill();
    site.gateway.start();  // nor is one begun
    for (int i = 0; i < 100; ++i) site.gateway.step();
    CHECK_FALSE(site.gateway.replica->whole());
    CHECK(site.gateway.told(News::What::unavailable) > 0);
  }
  while (!site.gateway.replica->whole()) site.gateway.step();
  site.gateway.settle();
  CHECK(site.gateway.agrees());
}

TEST_CASE("a damaged copy that cannot be made anew now is tried again after a while", "[central]") {
  Fixture site;
  while (!site.gateway.replica->whole()) site.gateway.step();
  site.gateway.kill();
  std::ofstream(site.gateway.file, std::ios::binary) << std::string(100'000, 'x');
  const auto state_dir = site.gateway.file.parent_path();
  std::optional<accounts::KeyringLock> changed(std::in_place, state_dir,
                                               accounts::KeyringLock::How::alone);
  site.gateway.start();
  for (int i = 0; i < 20; ++i) {
    const auto now = site.gateway.now.steady;
    CHECK(site.gateway.sync().step(site.gateway.now) > now);
    site.gateway.pass(1min);
  }
  changed.reset();
  site.gateway.pass(2min);
  while (!site.gateway.replica->whole()) site.gateway.step();
  site.gateway.settle();
  CHECK(site.gateway.told(News::What::damaged) == 1);
  CHECK(site.gateway.agrees());
}

TEST_CASE("a look-up that connects in the middle of a batch has one view of its own", "[central]") {
  Fixture site;
  while (!site.gateway.replica->whole()) site.gateway.step();
  REQUIRE(site.gateway.keys.learn(during));
  ReplicaAccounts late(site.gateway.file, site.gateway.keys);
  const auto key = site.gateway.keys.account("guru9@guru.sd");
  REQUIRE(late.by_id(key));
  rename(site.gateway.file, replica_named_tables);
  CHECK(late.by_id(key));
  late.look_anew();
  CHECK(late.by_id(key));
}

TEST_CASE("a copy of the release before names were changed is not fetched again", "[central]") {
  Fixture site;
  while (!site.gateway.replica->whole()) site.gateway.step();
  site.gateway.kill();
  {
    // As that release had it: each key its own name.
    SQLite::Database database(site.gateway.file.string(), SQLite::OPEN_READWRITE);
    const auto& names = site.gateway.keys.row_names();
    SQLite::Statement rows(database, "SELECT number, key, phone FROM account");
    SQLite::Transaction transaction(database);
    while (rows.executeStep()) {
      SQLite::Statement put(database, "UPDATE account SET key = ?, phone = ? WHERE number = ?");
      for (const int column : {1, 2})
        put.bind(column, static_cast<std::int64_t>(names.key(
                             static_cast<std::uint64_t>(rows.getColumn(column).getInt64()))));
      put.bind(3, rows.getColumn(0).getInt64());
      put.exec();
    }
    rows.reset();
    database.exec("DROP TABLE naming; PRAGMA user_version = 1");
    transaction.commit();
  }
  const auto read = site.central.blocks_read;
  site.gateway.start();
  site.gateway.settle();
  CHECK(site.gateway.agrees());
  CHECK(site.central.blocks_read == read);
  CHECK(site.gateway.readers->by_id(site.gateway.keys.account("guru9@guru.sd")));
}

TEST_CASE("the embedded database comes under another key: contacts, verifiers, changes",
          "[central]") {
  InventedSite site;
  const auto budi = site.add_budi();
  REQUIRE(site.open_register().change_phone(budi, InventedSite::phone(2), {}));
  EmbeddedAccounts looked_up(site.file, site.keys);  // as the daemon does it meanwhile
  REQUIRE(site.keys.learn(during));
  CHECK(reseal(site.file, embedded_sealed_columns) == 3);
  CHECK(rename(site.file, embedded_named_tables) == 2);
  REQUIRE(store::sweep_out(site.file));
  looked_up.look_anew();
  CHECK(looked_up.by_id(budi)->phone == InventedSite::phone(2));
  CHECK(looked_up.by_phone(InventedSite::phone(2)).size() == 1);
  CHECK(accounts::names_in(site.file, {budi, site.keys.person(InventedSite::phone(2))}) == 0);
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

TEST_CASE("a database that is made after a change of keys is named by the new one", "[central]") {
  InventedSite site;
  REQUIRE(site.keys.learn(during));
  const auto budi = site.add_budi();
  CHECK(accounts::names_in(site.file, {budi, site.keys.person(InventedSite::phone(1))}) == 0);
  CHECK(site.open_register().state(budi).value()->phone == InventedSite::phone(1));
  CHECK(rename(site.file, embedded_named_tables) == 0);
}

}  // namespace pulih::central
