// What a gateway reads of a central database on PostgreSQL: changes that are never missed, whatever
// the order in which transactions end, tombstones, fingerprints, blocks and changed contacts.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <thread>

#include "daemon/accounts/keys.hpp"
#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

// A copy of the rows, kept as a gateway keeps its replica.
struct Copy {
  std::map<std::uint64_t, Row> rows;
  Cursor cursor;
  std::size_t received = 0;

  // Until there is nothing more now.
  void follow(AccountSource& source, std::size_t page_size, Feed feed = Feed::all) {
    for (bool more = true; more;) {
      auto page = got(source.changes(feed, cursor, page_size));
      REQUIRE(page.rows.size() <= page_size);
      received += page.rows.size();
      for (auto& row : page.rows) take(std::move(row));
      cursor = page.next;
      REQUIRE(cursor.size() <= most_cursor_octets);
      more = page.behind > 0;
    }
  }
  void take(Row row) {
    const auto here = rows.find(row.number);
    if (here != rows.end() && here->second.row_version > row.row_version) return;
    if (here != rows.end()) rows.erase(here);
    const auto number = row.number;
    if (!row.gone) rows.emplace(number, std::move(row));
  }
  std::string told() const {
    std::string text;
    for (const auto& [number, row] : rows)
      text += std::to_string(number) + ":" + std::to_string(row.row_version) + " ";
    return text;
  }
};

struct FeedsSite : CentralDatabase {
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;
  FeedsSite() { got(gateway.meet(central)); }

  std::string truth(const std::string& region = "papua") {
    return sql(
        "SELECT coalesce(string_agg(number || ':' || row_version || ' ', '' ORDER BY number),"
        " '') FROM pulih.account WHERE region = '" +
        region + "'");
  }
  void add_many(int count, const std::string& region) {
    sql("INSERT INTO pulih.account (region, id, birth_date, phone) SELECT '" + region +
        "', 'guru' || nextval('pulih.row_version') || '@guru.sd', '1985-08-17', 6281100000000 + n "
        "FROM generate_series(1, " +
        std::to_string(count) + ") AS n");
  }
};

TEST_CASE_METHOD(FeedsSite, "an account comes as the central database has it", "[postgresql]") {
  const auto number = add("budi12@guru.sd", "papua");
  sql("UPDATE pulih.account SET birth_date = NULL, phone = NULL, email = NULL, locked = true");
  const auto page = got(central.changes(Feed::all, "", 10));
  REQUIRE(page.rows.size() == 1);
  const auto& row = page.rows[0];
  CHECK(row.number == number);
  CHECK(row.id == "budi12@guru.sd");
  CHECK(row.birth_date.reveal() == 0);
  CHECK(row.phone.empty());
  CHECK(row.email.empty());
  CHECK(row.activated);
  CHECK(row.locked);
  CHECK(row.contact_changed > accounts::Instant{});
  CHECK(row.password_version == 1);
  CHECK(row.identity_version == 2);
  CHECK(sql("SELECT row_version FROM pulih.account") == std::to_string(row.row_version));
}

TEST_CASE_METHOD(FeedsSite, "pages of any size bring every row of the region and no other",
                 "[postgresql]") {
  add_many(25, "papua");
  add_many(3, "maluku");
  add_many(7, "papua");
  for (const std::size_t size : {1u, 2u, 5u, 32u, 33u, 1000u}) {
    Copy copy;
    copy.follow(central, size);
    CHECK(copy.told() == truth());
    CHECK(copy.received == 32);
    // Nothing was changed since.
    copy.follow(central, size);
    CHECK(copy.received == 32);
  }
}

TEST_CASE_METHOD(FeedsSite, "from the present place on only what comes later is told",
                 "[postgresql]") {
  add_many(5, "papua");
  Copy copy;
  copy.cursor = at_present;
  copy.follow(central, 10);
  CHECK(copy.received == 0);
  add_many(2, "papua");
  copy.follow(central, 10);
  CHECK(copy.received == 2);
}

TEST_CASE_METHOD(FeedsSite,
                 "a place that is none, of another epoch or of another region is the beginning",
                 "[postgresql]") {
  add_many(4, "papua");
  Copy copy;
  copy.follow(central, 10);
  const auto place = copy.cursor;
  for (const std::string& cursor :
       {std::string("x"), std::string(64, '9'), std::string("'; --"), std::string("a\0b", 3),
        "00000000" + place.substr(8), place + ".1", place.substr(0, 9) + "s" + place.substr(10),
        std::string(1000, 'r')})
    CHECK(got(central.changes(Feed::all, cursor, 10)).rows.size() == 4);
  sql("UPDATE pulih.gateway SET region = 'maluku'");
  add_many(2, "maluku");
  got(gateway.meet(central));
  CHECK(got(central.changes(Feed::all, at_present, 10)).next.substr(0, 8) != place.substr(0, 8));
  CHECK(got(central.changes(Feed::all, place, 10)).rows.size() == 2);
  got(PostgresqlOwner(owner_place()).restored());
  got(gateway.meet(central));
  CHECK(got(central.changes(Feed::all, copy.cursor, 10)).rows.size() == 2);
}

TEST_CASE_METHOD(FeedsSite, "a restore, or another region, ends the connection that met before it",
                 "[postgresql]") {
  add_many(4, "papua");
  const auto met_anew = [&](const char* what) {
    INFO(what);
    const auto epoch = gateway.epoch;
    for (const auto feed : {Feed::urgent, Feed::all}) {
      const auto page = central.changes(feed, at_present, 10);
      REQUIRE_FALSE(page);
      CHECK(page.error().kind == Unavailable::Kind::away);
    }
    CHECK(got(gateway.meet(central)).epoch != epoch);
    CHECK(central.changes(Feed::all, at_present, 10));
  };
  got(PostgresqlOwner(owner_place()).restored());
  met_anew("restored");
  sql("UPDATE pulih.gateway SET region = 'maluku'");
  met_anew("another region");
}

TEST_CASE_METHOD(FeedsSite,
                 "a transaction that began before a page and ended after it is not missed",
                 "[postgresql]") {
  add_many(3, "papua");
  PostgresqlLink slow(owner_place());
  got(slow.open());
  got(slow.script("BEGIN; UPDATE pulih.account SET locked = true WHERE number = 1"));
  sql("UPDATE pulih.account SET locked = true WHERE number = 2");
  Copy copy;
  copy.follow(central, 2);
  const auto stands = got(central.changes(Feed::all, copy.cursor, 2)).watermark;
  CHECK(got(central.changes(Feed::all, at_present, 2)).watermark == stands);
  CHECK_FALSE(copy.rows.at(1).locked);
  CHECK(copy.rows.at(2).locked);
  got(slow.script("COMMIT"));
  copy.follow(central, 2);
  CHECK(got(central.changes(Feed::all, copy.cursor, 2)).watermark > stands);
  CHECK(copy.rows.at(1).locked);
  const auto received = copy.received;
  copy.follow(central, 2);
  CHECK(copy.received == received);
}

TEST_CASE_METHOD(FeedsSite, "with writers at work a reader misses nothing", "[postgresql]") {
  add_many(50, "papua");
  constexpr int writers = 6, rounds = 60;
  std::atomic<int> at_work = writers;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      PostgresqlLink link(owner_place());
      if (link.open())
        for (int round = 0; round < rounds; ++round) {
          // Two rows a transaction, in one order: nobody waits in a circle.
          const auto one = std::to_string(1 + (writer * 7 + round * 3) % 25);
          const auto other = std::to_string(26 + (writer * 5 + round) % 25);
          (void)link.script(
              ("BEGIN; UPDATE pulih.account SET locked = NOT locked WHERE number = " + one +
               "; SELECT pg_sleep(0.002); UPDATE pulih.account SET activated = "
               "NOT activated WHERE number = " +
               other + "; COMMIT")
                  .c_str());
        }
      --at_work;
    });
  Copy copy, urgent;
  while (at_work > 0) {
    copy.follow(central, 7);
    urgent.follow(central, 11, Feed::urgent);
  }
  for (auto& thread : threads) thread.join();
  copy.follow(central, 7);
  urgent.follow(central, 11, Feed::urgent);
  CHECK(copy.told() == truth());
  CHECK(urgent.told() == truth());
}

TEST_CASE_METHOD(FeedsSite, "an account that moved or was deleted leaves a tombstone",
                 "[postgresql]") {
  auto other = enrolled("ambon", "maluku");
  Meetings its;
  got(its.meet(other));
  add_many(4, "papua");
  Copy here, there;
  const auto both = [&](Feed feed) {
    here.follow(central, 3, feed);
    there.follow(other, 3, feed);
    CHECK(here.told() == truth("papua"));
    CHECK(there.told() == truth("maluku"));
  };
  const auto feed = GENERATE(Feed::all, Feed::urgent);
  both(feed);
  const auto identity = here.rows.at(1).identity_version;
  sql("UPDATE pulih.account SET region = 'maluku' WHERE number IN (1, 2)");
  sql("DELETE FROM pulih.account WHERE number = 3");
  both(feed);
  CHECK(here.rows.size() == 1);
  CHECK(there.rows.size() == 2);
  sql("UPDATE pulih.account SET region = 'papua' WHERE number = 1");
  both(feed);
  // Back again, and yet not the account that a gateway may remember.
  CHECK(here.rows.at(1).identity_version > identity);
  // In one transaction there and back.
  script(
      "UPDATE pulih.account SET region = 'maluku' WHERE number = 1;"
      "UPDATE pulih.account SET region = 'papua' WHERE number = 1");
  both(feed);
  CHECK_THROWS(sql("TRUNCATE pulih.account"));
}

TEST_CASE_METHOD(FeedsSite, "a page tells how many rows come after it", "[postgresql]") {
  add_many(5, "papua");
  add_many(7, "maluku");
  sql("DELETE FROM pulih.account WHERE number = 5");
  const auto feed = GENERATE(Feed::all, Feed::urgent);
  auto page = got(central.changes(feed, "", 2));
  CHECK(page.behind == 3);  // two accounts and a tombstone
  page = got(central.changes(feed, page.next, 2));
  CHECK(page.behind == 1);
  page = got(central.changes(feed, page.next, 2));
  CHECK(page.rows.size() == 1);
  CHECK(page.behind == 0);
  CHECK(got(central.changes(feed, "", 5)).behind == 0);  // a full page, and nothing after it
}

TEST_CASE_METHOD(FeedsSite, "writing what was there already is no change", "[postgresql]") {
  add_many(3, "papua");
  Copy copy;
  copy.follow(central, 10);
  sql("UPDATE pulih.account SET phone = phone, locked = false, password_version = 9, chg = '1'");
  copy.follow(central, 10);
  CHECK(copy.received == 3);
  CHECK(copy.told() == truth());
}

TEST_CASE_METHOD(FeedsSite, "fingerprints tell which blocks differ, and a block brings its rows",
                 "[postgresql]") {
  add_many(1500, "papua");
  add_many(2, "maluku");
  sql("DELETE FROM pulih.account WHERE number = 7");
  const auto prints = got(central.fingerprints(0, 100));
  REQUIRE(prints.size() == 2);
  CHECK(prints[0].block == 0);
  CHECK(prints[0].rows == 1022);
  CHECK(prints[1].rows == 477);
  for (const auto& print : prints) {
    std::string text;
    for (const auto& row : got(central.rows(print.block))) {
      CHECK(row.number / block_numbers == print.block);
      text += std::to_string(row.number) + ":" + std::to_string(row.row_version) + "\n";
    }
    // As the port promises it: SHA-256, by another hand.
    CHECK(sql("SELECT left(encode(sha256('" + text + "'), 'hex'), 16)") ==
          bytea(print.hash).substr(2));
  }
  CHECK(got(central.fingerprints(1, 100)).size() == 1);
  CHECK(got(central.fingerprints(0, 1)).size() == 1);
  CHECK(got(central.fingerprints(2, 100)).empty());
  CHECK(got(central.fingerprints(~std::uint64_t{0}, 100)).size() <= 2);
  CHECK(got(central.rows(5)).empty());
  CHECK(got(central.rows(std::uint64_t{1} << 62)).empty());
}

TEST_CASE_METHOD(FeedsSite,
                 "a block that was read ahead is never older than what was told before it",
                 "[postgresql]") {
  add_many(2'500, "papua");
  const auto version_of = [&](const std::vector<Row>& rows, std::uint64_t number) {
    return std::ranges::find(rows, number, &Row::number)->password_version;
  };
  got(central.fingerprints(0, 100));
  got(central.rows(0));  // and the next one is on its way
  sql("UPDATE pulih.account SET verifier = 'other' WHERE number = 1500");
  got(central.changes(Feed::all, at_present, 10));
  CHECK(version_of(got(central.rows(1)), 1500) == 2);
  // Another block than the expected one, then the expected one.
  CHECK(got(central.rows(0)).size() == 1'023);
  CHECK(got(central.rows(2)).front().number == 2'048);
  CHECK(got(central.rows(1)).size() == 1'024);
}

TEST_CASE_METHOD(FeedsSite, "an answer that is on its way dies with the connection",
                 "[postgresql]") {
  add_many(1'500, "papua");
  got(central.fingerprints(0, 1));
  got(central.rows(0));  // the fingerprints after it are on their way
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pulih_site_nabire'");
  (void)central.fingerprints(1, 1);  // it may have come before
  const auto rows = central.rows(1);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().kind == Unavailable::Kind::away);
  got(gateway.meet(central));
  CHECK(got(central.rows(1)).size() == 477);
}

TEST_CASE_METHOD(FeedsSite, "a changed contact is told once, with the old one", "[postgresql]") {
  const auto number = std::to_string(add("budi12@guru.sd", "papua"));
  sql("UPDATE pulih.account SET phone = 6281100000777, email = NULL WHERE number = " + number);
  const auto told = got(central.contact_changes(0, 10));
  REQUIRE(told.size() == 1);
  CHECK(told[0].id == "budi12@guru.sd");
  CHECK(told[0].account == keys.account("budi12@guru.sd"));
  CHECK(told[0].old_phone.digits() == "6281100000000");
  CHECK(told[0].old_email.reveal() == "a0@example.org");
  CHECK(told[0].new_phone.digits() == "6281100000777");
  CHECK(got(central.contact_changes(told[0].cursor, 10)).empty());
  sql("UPDATE pulih.account SET phone = NULL");
  const auto next = got(central.contact_changes(told[0].cursor, 10));
  REQUIRE(next.size() == 1);
  CHECK(next[0].new_phone.empty());
  // What is given after a restore comes after all that was given before.
  got(PostgresqlOwner(owner_place()).restored());
  sql("UPDATE pulih.contact_feed SET last_place = 0");
  sql("UPDATE pulih.account SET phone = 6281100000778");
  CHECK(got(central.contact_changes(next[0].cursor, 10)).size() == 1);
}

TEST_CASE_METHOD(FeedsSite,
                 "a contact whose change ends late is told after those that ended before it",
                 "[postgresql]") {
  add_many(4, "papua");
  PostgresqlLink slow(owner_place());
  got(slow.open());
  got(slow.script("BEGIN; UPDATE pulih.account SET phone = 6281100000901 WHERE number = 1"));
  sql("UPDATE pulih.account SET phone = 6281100000902 WHERE number = 2");
  std::multiset<std::uint64_t> told;
  std::uint64_t cursor = 0;
  const auto follow = [&] {
    for (auto& change : got(central.contact_changes(cursor, 1))) {
      REQUIRE(change.cursor > cursor);
      cursor = change.cursor;
      told.insert(change.new_phone.value());
    }
  };
  follow();
  got(slow.script("COMMIT"));
  for (int round = 0; round < 4; ++round) follow();
  CHECK(told == std::multiset<std::uint64_t>{6281100000901, 6281100000902});
}

}  // namespace
}  // namespace pulih::central
