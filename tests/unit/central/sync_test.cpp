// The sync with a central database elsewhere, one thing at a time: the first copy, changes, pushes,
// an outage, a restore, a fence, and what the journal hears of each.
#include "daemon/central/sync.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/central/invented_gateway.hpp"

namespace pulih::central {
namespace {

struct SyncSite {
  InventedCentral central;
  InventedGateway gateway{central};

  SyncSite() {
    for (int i = 1; i <= 3'000; ++i)
      central.add("guru" + std::to_string(i) + "@guru.sd",
                  6281100000000 + static_cast<std::uint64_t>(i));
  }
  void first_copy() {
    while (!gateway.replica->whole()) gateway.step();
  }
};

TEST_CASE_METHOD(SyncSite, "a first copy is made beside and is looked at when it is whole",
                 "[central]") {
  CHECK_THROWS_AS(gateway.readers->by_id(1), engine::StoreError);
  CHECK(gateway.readers->as_of() == accounts::Instant{});
  first_copy();
  CHECK(gateway.agrees());
  CHECK(gateway.told(News::What::first_copy) == 1);
  CHECK(gateway.news.back().number == 3'000);
  CHECK(gateway.told(News::What::repaired) == 0);
  CHECK(central.blocks_read == 3);
  CHECK(gateway.readers->as_of() == gateway.now.wall);
}

TEST_CASE_METHOD(SyncSite, "a first copy that was interrupted goes on with the block it was at",
                 "[central]") {
  gateway.pace.fingerprints = 1;
  gateway.start();
  while (central.blocks_read < 2) gateway.step();
  gateway.start();
  first_copy();
  CHECK(central.blocks_read == 3);
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(SyncSite,
                 "a link that is slower than the poll does not keep a copy from being made",
                 "[central]") {
  for (int i = 0; i < 40 && !gateway.replica->whole(); ++i) {
    gateway.step();
    gateway.pass(10s);
  }
  CHECK(gateway.replica->whole());
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(SyncSite, "changes come with the next poll, deletions too", "[central]") {
  first_copy();
  central.change_phone(5, 6281100000005 + 10'000);
  central.erase(6);
  central.add("baru@guru.sd", 6281100009999);
  gateway.pass(5s);
  gateway.steps(4);
  CHECK(gateway.agrees());
  gateway.readers->look_anew();
  CHECK_FALSE(gateway.readers->by_id(gateway.keys.account("guru6@guru.sd")));
  CHECK(gateway.readers->by_phone(accounts::Msisdn::from_value(6281100009999)).size() == 1);
  CHECK(central.blocks_read == 3);
}

TEST_CASE_METHOD(SyncSite, "how much of a copy is made is told, and how long the rest takes",
                 "[central]") {
  unsigned last = 0;
  int told = 0;
  while (!gateway.replica->whole()) {
    gateway.now.steady += 1s;
    gateway.steps(1);
    const auto figures = gateway.sync().figures();
    if (!figures.copied_percent) continue;
    ++told;
    CHECK(*figures.copied_percent >= last);
    CHECK(*figures.copied_percent <= 100);
    last = *figures.copied_percent;
    if (figures.copy_left) CHECK(*figures.copy_left <= 10s);
  }
  CHECK(told >= 2);
  CHECK(last >= 50);
  gateway.steps(1);
  CHECK_FALSE(gateway.sync().figures().copied_percent);
}

TEST_CASE_METHOD(SyncSite, "a password change is pushed before the copy is whole", "[central]") {
  first_copy();
  REQUIRE(gateway.stage("guru1@guru.sd"));
  gateway.steps(1);
  CHECK(gateway.answered.begin()->second == engine::Pushed::How::applied);
  gateway.pass(5s);
  gateway.steps(4);
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(SyncSite, "while the database is away operations are answered at once",
                 "[central]") {
  first_copy();
  central.link_down = true;
  gateway.pass(5s);
  gateway.steps(2);
  const auto asked = gateway.told(News::What::unavailable);
  REQUIRE(asked > 0);
  gateway.stage("guru1@guru.sd");
  gateway.steps(1);
  CHECK(gateway.in_flight.empty());
  CHECK(gateway.waiting.size() == 1);
  central.link_down = false;
  gateway.pass(1min);
  gateway.steps(8);
  CHECK(gateway.waiting.empty());
  CHECK(gateway.told(News::What::met) == 1);
}

// Seed 121 of the simulation as it was when a copy that is made anew was taken for a new gateway.
TEST_CASE("contacts that were changed before a gateway first met are no news, all others are",
          "[central]") {
  const accounts::SiteKeys keys(invented_key(7));
  InventedCentral central(1, &keys);
  for (std::uint64_t i = 1; i <= 3; ++i)
    central.add("guru" + std::to_string(i) + "@guru.sd", 6281100000000 + i);
  const bool any_before = GENERATE(false, true);
  if (any_before) central.change_phone(1, 6281100000011);
  InventedGateway gateway(central);
  while (!gateway.replica->whole()) gateway.step();
  gateway.steps(10);
  CHECK(gateway.contacts_told.empty());
  gateway.kill();
  std::filesystem::remove(gateway.file);
  central.change_phone(2, 6281100000012);
  gateway.start();
  gateway.steps(20);
  CHECK(gateway.contacts_told == std::vector<std::string>{"guru2@guru.sd"});
}

TEST_CASE_METHOD(SyncSite, "attempts become rarer, up to the longest pause", "[central]") {
  first_copy();
  central.link_down = true;
  const auto from = gateway.now.steady;
  while (gateway.now.steady - from < 1h) gateway.step();
  const auto attempts = gateway.told(News::What::unavailable);
  CHECK(attempts >= 60);
  CHECK(attempts <= 140);
}

TEST_CASE_METHOD(SyncSite, "a database that was restored is told again what it acknowledged",
                 "[central]") {
  first_copy();
  const auto backup = central.state;
  for (int i = 1; i <= 100; ++i) gateway.stage("guru" + std::to_string(i) + "@guru.sd");
  gateway.steps(10);
  REQUIRE(gateway.answered.size() == 100);
  central.link_down = true;
  gateway.steps(3);
  central.link_down = false;
  gateway.steps(10);  // a meeting that the backup does not know of
  central.link_down = true;
  gateway.steps(3);
  central.restore(backup);
  central.change_password(7);
  central.link_down = false;
  const int blocks = central.blocks_read;
  if (const bool killed_on_the_way = GENERATE(false, true); killed_on_the_way) {
    for (int i = 0; i < 100 && gateway.standing.standing.pushed_again == 0; ++i) gateway.steps(1);
    REQUIRE(gateway.standing.standing.pushed_again < 100);
    gateway.start();
  }
  gateway.settle();
  CHECK(gateway.told(News::What::restored) == 1);
  CHECK(gateway.told(News::What::replayed) == 1);
  CHECK(gateway.told(News::What::replay_differs) == 1);
  const auto number_of = [&](News::What what) {
    return std::ranges::find(gateway.news, what, &News::what)->number;
  };
  CHECK(number_of(News::What::replayed) == 100);
  CHECK(number_of(News::What::replay_differs) == 1);  // of account 7: central won
  CHECK(gateway.agrees());
  CHECK(central.state.rows.at(1).password_version == 2);
  CHECK(central.blocks_read - blocks <= 1);  // only what differs is fetched
}

TEST_CASE_METHOD(SyncSite, "the copy that another one has replaced ends", "[central]") {
  first_copy();
  central.taken_over = true;
  gateway.stage("guru1@guru.sd");
  gateway.steps(3);
  CHECK(gateway.sync().fenced());
  CHECK(gateway.told(News::What::fenced) == 1);
  const int meetings = central.meetings;
  CHECK(gateway.sync().step(gateway.now) == Steady::max());
  CHECK(central.meetings == meetings);
}

TEST_CASE_METHOD(SyncSite, "of two copies of one gateway the younger meeting holds", "[central]") {
  first_copy();
  gateway.steps(3);
  InventedGateway other(central, 99);
  other.standing.standing = gateway.standing.standing;
  for (auto* each : {&gateway, &other}) {
    central.link_down = true;
    each->pass(10s);
    each->steps(3);
    central.link_down = false;
    each->steps(4);
  }
  CHECK(other.told(News::What::fence_raised) == 1);
  CHECK_FALSE(other.sync().fenced());
  central.link_down = true;
  gateway.pass(10s);
  gateway.steps(3);
  central.link_down = false;
  gateway.steps(4);
  CHECK(gateway.sync().fenced());
}

TEST_CASE_METHOD(SyncSite, "a block that differs is found by its fingerprint and fetched once",
                 "[central]") {
  first_copy();
  auto rows = central.rows(1).value();
  rows[0].row_version += 1;
  rows.pop_back();
  gateway.replica->replace(1, std::move(rows));
  CHECK_FALSE(gateway.agrees());
  gateway.settle();
  CHECK(gateway.agrees());
  CHECK(gateway.told(News::What::repaired) == 1);
}

TEST_CASE_METHOD(SyncSite, "changes under way are no damage", "[central]") {
  first_copy();
  for (std::uint64_t i = 1; i <= 200; ++i) {
    gateway.pass(Steady{24h} / 200);
    central.change_password(i);
    gateway.steps(20);
  }
  gateway.settle();
  CHECK(gateway.told(News::What::repaired) == 0);
  CHECK(gateway.agrees());
}

TEST_CASE_METHOD(SyncSite, "how many rows it is behind is told until it is behind none",
                 "[central]") {
  first_copy();
  gateway.settle();
  for (std::uint64_t i = 1; i <= 1'200; ++i) central.change_password(i);
  gateway.pass(10s);
  std::vector<std::uint64_t> told;
  for (int i = 0; i < 12; ++i) {
    gateway.step();
    const auto behind = gateway.sync().figures().rows_behind;
    if (told.empty() || told.back() != behind) told.push_back(behind);
  }
  CHECK(told == std::vector<std::uint64_t>{0, 700, 200, 0});
}

TEST_CASE_METHOD(SyncSite, "a watermark that stands while rows flow is told once", "[central]") {
  first_copy();
  central.watermark = 77;
  for (std::uint64_t minute = 1; minute <= 60; ++minute) {
    central.change_password(minute);
    gateway.pass(1min);
    gateway.steps(4);
  }
  CHECK(gateway.told(News::What::stalled) == 1);
  central.watermark = 78;
  gateway.pass(1min);
  gateway.steps(4);
  CHECK(gateway.told(News::What::stalled) == 1);
}

TEST_CASE_METHOD(SyncSite, "a clock that is a year off makes no copy old or new", "[central]") {
  first_copy();
  const auto age = [&] { return gateway.now.wall - gateway.readers->as_of().value(); };
  gateway.steps(3);
  central.link_down = true;
  gateway.now.wall += std::chrono::hours{24 * 365};
  gateway.steps(3);
  CHECK(age() < 5min);
  gateway.now.wall -= std::chrono::hours{24 * 730};
  gateway.steps(3);
  CHECK(age() < 10min);
  CHECK(age() >= 0s);
}

TEST_CASE_METHOD(SyncSite, "the age of a copy goes on over a restart", "[central]") {
  first_copy();
  central.link_down = true;
  gateway.pass(72h);
  gateway.start();
  gateway.steps(1);
  CHECK(gateway.now.wall - gateway.readers->as_of().value() >= 72h);
}

TEST_CASE_METHOD(SyncSite, "a peer that sends what cannot be is told so and nothing is kept",
                 "[central]") {
  class Odd final : public AccountSource {
   public:
    Odd(InventedCentral& to, std::function<void(Row&)> change)
        : to_(to), change_(std::move(change)) {}
    tl::expected<Page, Unavailable> changes(Feed feed, const Cursor& cursor,
                                            std::size_t most) override {
      auto page = to_.changes(feed, cursor, most);
      if (page && cursor != at_present) {
        Row& row = page->rows.emplace_back();
        row.number = 7'000;
        row.row_version = 1'000'000;
        row.id = "budi12@guru.sd";
        change_(row);
      }
      return page;
    }
    tl::expected<std::vector<Fingerprint>, Unavailable> fingerprints(std::uint64_t block,
                                                                     std::size_t most) override {
      return to_.fingerprints(block, most);
    }
    tl::expected<std::vector<Row>, Unavailable> rows(std::uint64_t block) override {
      return to_.rows(block);
    }

   private:
    InventedCentral& to_;
    const std::function<void(Row&)> change_;
  };
  const std::array<std::function<void(Row&)>, 7> oddities{
      [](Row& row) { row.number = ~std::uint64_t{0}; },
      [](Row& row) { row.row_version = ~std::uint64_t{0}; },
      [](Row& row) { row.id.clear(); },
      [](Row& row) { row.id.assign(longest_id + 1, 'a'); },
      [](Row& row) { row.email = accounts::Secret(std::string(longest_email + 1, 'a')); },
      [](Row& row) { row.contact_changed = accounts::Instant::max(); },
      [](Row& row) { row.contact_changed = accounts::Instant::min(); }};
  Odd odd(central, oddities[GENERATE(range(std::size_t{0}, std::size_t{7}))]);
  first_copy();
  std::vector<News> news;
  Sync sync({central, odd, central, *gateway.replica, *gateway.readers, gateway.standing,
             gateway.keys, gateway.chance},
            0, gateway.pace,
            {[](engine::Occurrence) {}, [&](const News& what) { news.push_back(what); }},
            gateway.now);
  for (int i = 0; i < 4; ++i) (void)sync.step(gateway.now);
  REQUIRE(news.size() == 1);
  CHECK(news[0].what == News::What::refused);
  CHECK(gateway.replica->count() == 3'000);
}

}  // namespace
}  // namespace pulih::central
