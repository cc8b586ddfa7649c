// A gateway that follows a real PostgreSQL: the first copy, changes, a password change there and
// back; and on bad days a damaged copy, a transaction left open, clocks a year apart, and a
// database that is away for days.
#include <catch2/catch.hpp>

#include "daemon/central/block_hash.hpp"
#include "daemon/central/sync.hpp"
#include "daemon/conversation/policy.hpp"
#include "tests/central/cluster.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;

// As it would be kept on disk.
class KeptStanding final : public engine::StandingStore {
 public:
  engine::Standing load() override { return standing; }
  void save(const engine::Standing& next) override { standing = next; }
  std::vector<engine::Store::OperationRow> applied(std::uint64_t, std::size_t) override {
    return {};
  }
  engine::Standing standing;
};

struct Gateway {
  explicit Gateway(CentralDatabase& of)
      : database(of),
        central(of.enrolled("nabire", "papua")),
        sync({central, central, central, replica, readers, standing, of.keys, entropy}, 0, Pace{},
             {[this](engine::Occurrence what) { heard.push_back(std::move(what)); },
              [this](const News& what) { news.push_back(what); }},
             now) {}

  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      const auto until = sync.step(now);
      if (until <= now.steady) continue;
      const auto time = std::min<Steady>(until - now.steady, 1min);
      now.steady += time;
      now.wall += std::chrono::ceil<std::chrono::seconds>(time);
    }
  }
  void first_copy() {
    for (int i = 0; i < 200 && !replica.whole(); ++i) steps(1);
    REQUIRE(replica.whole());
  }
  bool agrees() {
    const auto ours = replica.fingerprints(0, 1'000);
    const auto theirs = got(central.fingerprints(0, 1'000));
    return std::ranges::equal(ours, theirs,
                              [](const auto& a, const auto& b) { return same(a, b); });
  }

  auto told(News::What what) const { return std::ranges::count(news, what, &News::what); }

  CentralDatabase& database;
  accounts::TemporaryFolder folder;
  accounts::SystemEntropy entropy;
  PostgresqlCentral central;
  KeptStanding standing;
  ReplicaAccounts readers{folder / "replica.db", database.keys};
  Replica replica{{folder / "replica.db", folder / "."}, database.keys, entropy, readers};
  std::vector<engine::Occurrence> heard;
  std::vector<News> news;
  Moment now{accounts::Instant{1'700'000'000s}, 1h};
  Sync sync;
};

TEST_CASE("a gateway follows a real database from the first copy on", "[central]") {
  CentralDatabase database;
  for (int i = 1; i <= 50; ++i) database.add("guru" + std::to_string(i) + "@guru.sd", "papua");
  database.add("lain@guru.sd", "bali");
  Gateway gateway(database);
  gateway.first_copy();
  CHECK(gateway.agrees());
  CHECK(gateway.replica.count() == 50);
  const auto page = got(gateway.central.changes(Feed::all, gateway.replica.cursor(Feed::all), 10));
  CHECK(std::to_string(page.watermark) == page.next.substr(page.next.rfind('.') + 1));

  database.sql("UPDATE pulih.account SET phone = 6281100007777 WHERE id = 'guru7@guru.sd'");
  database.sql("DELETE FROM pulih.account WHERE id = 'guru8@guru.sd'");
  database.sql("UPDATE pulih.account SET region = 'papua' WHERE id = 'lain@guru.sd'");
  gateway.steps(20);
  CHECK(gateway.agrees());
  gateway.readers.look_anew();
  const auto found = gateway.readers.by_phone(accounts::Msisdn::from_value(6281100007777));
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "guru7@guru.sd");
  CHECK_FALSE(gateway.readers.by_id(database.keys.account("guru8@guru.sd")));
  CHECK(gateway.readers.by_id(database.keys.account("lain@guru.sd")));

  engine::Operation operation;
  auto& wanted = operation.password;
  wanted.operation = {1};
  wanted.account = found[0].key;
  wanted.id = found[0].id;
  wanted.password_version = found[0].password_version;
  wanted.identity_version = found[0].identity_version;
  wanted.verifier = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA";
  std::vector<engine::Operation> operations;
  operations.push_back(std::move(operation));
  gateway.sync.add(std::move(operations));
  gateway.heard.clear();
  gateway.steps(20);
  REQUIRE_FALSE(gateway.heard.empty());
  const auto* pushed = std::get_if<engine::Pushed>(&gateway.heard[0]);
  REQUIRE(pushed != nullptr);
  CHECK(pushed->how == engine::Pushed::How::applied);
  CHECK(gateway.agrees());
  for (const auto& news : gateway.news) CHECK(news.what == News::What::first_copy);
}

TEST_CASE("clocks that are a year apart tell the same of how long ago something was", "[central]") {
  const auto year = std::chrono::hours{24 * 366};
  const auto off = GENERATE_COPY(-year, std::chrono::hours{0}, year);
  CentralDatabase database;
  database.add("budi12@guru.sd", "papua");
  Gateway gateway(database);
  const auto right = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  gateway.now.wall = right + off;
  gateway.first_copy();
  const auto budi = database.keys.account("budi12@guru.sd");
  const auto changed_by = [&](const ReplicaAccounts& readers) {
    readers.look_anew();
    const auto found = readers.by_id(budi);
    REQUIRE(found);
    return found->contact_changed;
  };
  const auto hours_ago = [&](const ReplicaAccounts& readers) {
    return std::chrono::round<std::chrono::hours>(gateway.now.wall - changed_by(readers)).count();
  };
  CHECK(changed_by(gateway.readers) == accounts::Instant{});  // never
  database.sql("UPDATE pulih.account SET phone = 6281100007777 WHERE id = 'budi12@guru.sd'");
  gateway.steps(20);
  CHECK(hours_ago(gateway.readers) == 0);
  gateway.now.wall += 5h;
  gateway.now.steady += 5h;
  gateway.steps(1);
  CHECK(hours_ago(gateway.readers) == 5);

  // Our clock is set in the middle, right or wrong.
  gateway.now.wall += std::chrono::hours{2'000};
  gateway.steps(1);
  CHECK(hours_ago(gateway.readers) == 5);

  // In another life of the daemon, which has met nobody yet.
  gateway.now.steady += 2min;
  gateway.now.wall += 2min;
  gateway.steps(20);
  const ReplicaAccounts later(gateway.folder / "replica.db", database.keys);
  const auto hours = hours_ago(later);
  // Where the database is ahead our clock may have been set since: it counts as younger.
  CHECK((gateway.now.wall < right ? hours <= 5 : hours == 5));
}

TEST_CASE("a copy that is damaged is found out and made good from the database", "[central]") {
  CentralDatabase database;
  for (int i = 1; i <= 50; ++i) database.add("guru" + std::to_string(i) + "@guru.sd", "papua");
  Gateway gateway(database);
  gateway.first_copy();
  const auto file = gateway.folder / "replica.db";
  const auto key = database.keys.account("guru7@guru.sd");
  // A row that does not open: its block is fetched again.
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE account SET part = zeroblob(length(part))");
  gateway.readers.look_anew();
  CHECK_THROWS_AS(gateway.readers.by_id(key), engine::StoreError);  // "try later", not "unknown"
  gateway.steps(20);
  gateway.readers.look_anew();
  CHECK(gateway.readers.by_id(key));
  CHECK(gateway.told(News::What::repaired) == 1);
  CHECK(gateway.agrees());

  // A file that is none: another one is made beside and takes its place.
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("DROP TABLE account");
  gateway.readers.look_anew();
  CHECK_THROWS_AS(gateway.readers.by_id(key), engine::StoreError);
  gateway.steps(40);
  gateway.readers.look_anew();
  CHECK(gateway.readers.by_id(key));
  CHECK(gateway.told(News::What::damaged) == 1);
  CHECK(gateway.told(News::What::exchanged) == 1);
  CHECK(gateway.agrees());
}

TEST_CASE("a transaction left open in the database raises an alarm, and rows still flow",
          "[central]") {
  CentralDatabase database;
  database.add("budi12@guru.sd", "papua");
  Gateway gateway(database);
  gateway.first_copy();
  gateway.steps(20);
  PostgresqlLink forgotten(database.owner_place());
  got(forgotten.open());
  database.sql("CREATE TABLE left_open (one integer)");
  database.script("GRANT ALL ON left_open TO pulih_owner");
  got(forgotten.script("BEGIN; INSERT INTO left_open VALUES (1)"));
  for (int minute = 0; minute < 40; ++minute) {
    database.sql("UPDATE pulih.account SET phone = " + std::to_string(6281100000100 + minute) +
                 " WHERE id = 'budi12@guru.sd'");
    gateway.now.steady += 1min;
    gateway.now.wall += 1min;
    gateway.steps(8);
    gateway.readers.look_anew();
    const auto budi = gateway.readers.by_id(database.keys.account("budi12@guru.sd"));
    REQUIRE(budi);
    CHECK(budi->phone.value() == 6281100000100 + static_cast<std::uint64_t>(minute));
    if (minute < 20) CHECK(gateway.told(News::What::stalled) == 0);
  }
  CHECK(gateway.told(News::What::stalled) == 1);
}

TEST_CASE("a database that is away for days leaves a copy that tells its age", "[central]") {
  CentralDatabase database;
  database.add("budi12@guru.sd", "papua");
  Gateway gateway(database);
  gateway.first_copy();
  gateway.steps(20);
  const auto age = [&] { return gateway.now.wall - gateway.readers.as_of().value(); };
  CHECK(age() < 1min);
  gateway.central.interrupt();  // no call is answered any more
  for (int hour = 0; hour < 73; ++hour) {
    gateway.now.wall += 1h;
    gateway.now.steady += 1h;
    gateway.steps(1);
  }
  CHECK(age() >= conversation::Policy{}.replica_age);  // so that nothing is promised: M54
  gateway.readers.look_anew();
  CHECK(gateway.readers.by_id(database.keys.account("budi12@guru.sd")));
}

}  // namespace
}  // namespace pulih::central
