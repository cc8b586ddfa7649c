// A gateway and the hub over loopback, with all there is between them: every call of the ports
// comes through and back as the database in memory gave it.
#include "tests/unit/hub/hub_in_test.hpp"

namespace pulih::hub {
namespace {

using central::Unavailable;

TEST_CASE("a gateway meets the central database through the hub", "[hub]") {
  HubInTest here;
  const auto gateway = here.connected();
  CHECK_FALSE(gateway->traffic().connected);
  const auto welcome = gateway->hello({{12, 34}, 5});
  REQUIRE(welcome);
  CHECK(welcome->fence == 6);
  CHECK(welcome->epoch == std::array<std::uint8_t, 16>{7, 7, 7});
  CHECK(welcome->region == "papua");
  CHECK_FALSE(welcome->behind);
  CHECK(gateway->hello({{1'001, 34}, 5})->behind);
  CHECK(here.wait_for(Notice::What::connected).site == "nabire");
  CHECK(gateway->traffic().connected);
  CHECK(gateway->traffic().in > 0);
}

TEST_CASE("what teachers did comes through the hub, and the verdicts in their order", "[hub]") {
  HubInTest here;
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  std::vector<central::PasswordChange> changes;
  for (std::uint8_t index = 0; index < 100; ++index) changes.push_back(made_up_change(index));
  changes[41].base_password_version = 0;
  const auto verdicts = gateway->apply_passwords(changes, accounts::Instant());
  REQUIRE(verdicts);
  REQUIRE(verdicts->size() == 100);
  CHECK(verdicts->at(41) == central::Verdict::superseded);
  CHECK(std::ranges::count(*verdicts, central::Verdict::applied) == 99);
  CHECK(here.central.applied().size() == 100);
  REQUIRE(gateway->open_ticket({changes[0].id, 1234567, 9, "budi12@guru.sd", 3, {}}));
  CHECK(here.central.tickets().at(0).report == 1234567);
  CHECK(here.central.tickets().at(0).account_id == "budi12@guru.sd");
}

TEST_CASE("as many sealed passwords as may wait go through, in several messages", "[hub]") {
  HubInTest here;
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  std::vector<central::PasswordChange> changes;
  for (std::size_t index = 0; index < 1'000; ++index) {
    changes.push_back(made_up_change(static_cast<std::uint8_t>(index)));
    changes.back().id[14] = static_cast<std::uint8_t>(index / 256);
    changes.back().sealed.assign(440, 7);
  }
  const auto verdicts = gateway->apply_passwords(changes, accounts::Instant());
  REQUIRE(verdicts);
  CHECK(verdicts->size() == 1'000);
  CHECK(here.central.applied().size() == 1'000);
}

TEST_CASE("a feed comes page by page and ahead of being asked for", "[hub]") {
  HubInTest here;
  here.central.fill(5'000);
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  std::uint64_t number = 0;
  central::Cursor cursor;
  for (bool more = true; more;) {
    const auto page = gateway->changes(central::Feed::all, cursor, 300);
    REQUIRE(page);
    for (const auto& row : page->rows) {
      auto wanted = MemoryCentral::made_up(++number);
      wanted.row_version = number;
      REQUIRE(same_row(row, wanted));
    }
    cursor = page->next;
    more = page->behind > 0;
  }
  CHECK(number == 5'000);
  // At the end a feed is asked anew, and tells what came meanwhile.
  CHECK(gateway->changes(central::Feed::all, cursor, 300)->rows.empty());
  here.central.change(MemoryCentral::made_up(7));
  CHECK(gateway->changes(central::Feed::all, cursor, 300)->rows.size() == 1);
  CHECK(gateway->changes(central::Feed::urgent, central::at_present, 300)->rows.empty());
}

TEST_CASE("blocks and changes of contact come through the hub", "[hub]") {
  HubInTest here;
  here.central.fill(9'000);
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  const auto blocks = gateway->fingerprints(0, 100);
  REQUIRE(blocks);
  REQUIRE(blocks->size() == 9);
  std::size_t rows = 0;
  for (const auto& block : *blocks) {
    const auto found = gateway->rows(block.block);
    REQUIRE(found);
    CHECK(found->size() == block.rows);
    rows += found->size();
  }
  CHECK(rows == 9'000);
  CHECK(here.central.blocks() == 9);
  const auto changes = gateway->contact_changes(0, 10);
  REQUIRE(changes);
  REQUIRE(changes->size() == 1);
  CHECK(changes->front().account == HubInTest::key_of("budi12@guru.sd"));
  CHECK(changes->front().old_email == accounts::Secret("budi12@example.org"));
}

TEST_CASE("a block that was read ahead is read anew when one of its rows has changed", "[hub]") {
  HubInTest here;
  here.central.fill(5'000);
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  const auto now = gateway->changes(central::Feed::all, central::at_present, 100);
  REQUIRE(now);
  REQUIRE(gateway->fingerprints(0, 100));
  REQUIRE(gateway->rows(0));
  REQUIRE(gateway->rows(1));
  while (here.central.blocks() < 5) {
  }
  here.central.change(MemoryCentral::made_up(3'000));
  REQUIRE(gateway->changes(central::Feed::all, now->next, 100)->rows.size() == 1);
  const auto rows = gateway->rows(3'000 / central::block_numbers);
  REQUIRE(rows);
  const auto changed = std::ranges::find(*rows, 3'000u, &central::Row::number);
  REQUIRE(changed != rows->end());
  CHECK(changed->row_version == 5'001);
  CHECK(here.central.blocks() == 6);
}

TEST_CASE("what the central database refuses comes through with its kind", "[hub]") {
  HubInTest here;
  const auto gateway = here.connected();
  here.central.fail_with(Unavailable{"another copy is there", Unavailable::Kind::fenced});
  const auto refused = gateway->hello({});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Unavailable::Kind::fenced);
  CHECK(refused.error().why == "another copy is there");
  here.central.fail_with(std::nullopt);
  CHECK(gateway->hello({}));
}

TEST_CASE("urgent calls overtake pages that are held up by a slow reader or database", "[hub]") {
  HubInTest here;
  here.central.fill(3'000);
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  auto page =
      std::async(std::launch::async, [&] { return gateway->changes(central::Feed::all, {}, 100); });
  const auto change = made_up_change(1);
  CHECK(gateway->apply_passwords({&change, 1}, {}));
  CHECK(page.get());
}

TEST_CASE("an interruption answers the call under way and all after it", "[hub]") {
  HubInTest here;
  here.central.fill(10);
  const auto gateway = here.connected();
  REQUIRE(gateway->hello({}));
  here.central.hold_pages(true);
  auto page =
      std::async(std::launch::async, [&] { return gateway->changes(central::Feed::all, {}, 5); });
  gateway->interrupt();
  CHECK_FALSE(page.get());
  CHECK_FALSE(gateway->hello({}));
  here.central.hold_pages(false);
}

TEST_CASE("without a connection every call but hello fails as away", "[hub]") {
  HubInTest here;
  const auto gateway = here.connected();
  const auto page = gateway->changes(central::Feed::all, {}, 100);
  REQUIRE_FALSE(page);
  CHECK(page.error().kind == Unavailable::Kind::away);
  CHECK_FALSE(gateway->rows(1));
  CHECK_FALSE(gateway->fingerprints(1, 1));
}

}  // namespace
}  // namespace pulih::hub
