// What an operator reads of the sync: each news with its own event and a sentence that says what
// and, where it is known, why; each figure under its name.
#include "daemon/operator/sync_report.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/unit/operator/collected.hpp"

using namespace pulih::operators;
using namespace std::chrono_literals;
using pulih::accounts::Instant;
using pulih::central::News;
using pulih::central::SyncFigures;
using What = News::What;

namespace {

std::vector<Entry> lines_of(const std::vector<News>& news) {
  const auto output = std::make_shared<Collected>();
  {
    Journal journal("nabire", 64, output);
    SyncReport report(journal);
    for (const auto& each : news) report.tell(each);
  }
  return output->entries;
}

std::string field(const Entry& entry, const std::string& name) {
  for (const auto& each : entry)
    if (each.starts_with(name + "=")) return each.substr(name.size() + 1);
  return "";
}

}  // namespace

TEST_CASE("each news of the sync has its own event and says what happened", "[journal]") {
  const std::map<What, std::string> sentences{
      {What::unavailable, "why"},
      {What::refused, "the central database refuses: why"},
      {What::met, "the central database was met again: why"},
      {What::fenced, "why"},
      {What::fence_raised, "why"},
      {What::restored, "the central database was restored or replaced: why"},
      {What::replayed, "acknowledged password changes were pushed again: why"},
      {What::replay_differs, "acknowledged password changes are no longer in force: why"},
      {What::first_copy, "the first copy of the accounts is whole: why"},
      {What::exchanged, "the copy of the accounts was made anew: why"},
      {What::damaged, "the copy of the accounts is made anew: why"},
      {What::repaired, "why"},
      {What::stalled, "why"}};
  std::set<std::string> ids;
  for (int what = 0; what <= static_cast<int>(What::stalled); ++what) {
    const auto lines = lines_of({{static_cast<What>(what), "why", 7}});
    REQUIRE(lines.size() == 1);
    CHECK(field(lines[0], "MESSAGE") == sentences.at(static_cast<What>(what)));
    CHECK(field(lines[0], "NUMBER") == "7");
    CHECK(ids.insert(field(lines[0], "MESSAGE_ID")).second);
  }
  // Without a reason the sentence ends where it is whole.
  CHECK(field(lines_of({{What::met, "", 0}})[0], "MESSAGE") ==
        "the central database was met again");
  CHECK(field(lines_of({{What::met, "", {}}})[0], "NUMBER").empty());
}

TEST_CASE("a number of nothing is a number, and the first block is 0", "[journal]") {
  CHECK(field(lines_of({{What::repaired, "why", 0}}).at(0), "NUMBER") == "0");
  CHECK(field(lines_of({{What::damaged, "why", {}}}).at(0), "NUMBER").empty());
}

TEST_CASE("a database that stays away is one line, and another reason another one", "[journal]") {
  const News away{What::unavailable, "db.example.org: nothing came for 60 s", 0};
  const News refused{What::refused, "db.example.org: no such database", 0};
  CHECK(lines_of({away, away, away}).size() == 1);
  CHECK(lines_of({away, refused, refused, away}).size() == 3);
}

TEST_CASE("the figures of the sync are told by their names", "[journal]") {
  const Instant now{1'800'000'000s};
  SyncFigures figures;
  const auto before = told(figures, now);
  CHECK(before["last_contact_s"] == "never");
  CHECK(before["copy_age_s"] == "never");
  CHECK(before["copy"] == "being made");
  CHECK_FALSE(before.contains("copied_percent"));
  CHECK_FALSE(before.contains("trouble"));

  figures.met = figures.building = figures.whole = figures.replaying = true;
  figures.last_contact = now - 3s;
  figures.agreed = now - 72h;
  figures.rows_behind = 12;
  figures.rows_changed = 34;
  figures.compared_from = 5;
  figures.blocks_fetched = 6;
  figures.blocks_repaired = 7;
  figures.operations_pushed = 8;
  figures.copied_percent = 37;
  figures.copy_left = 90min;
  figures.trouble = "why";
  CHECK(told(figures, now) == Json{{"met", true},
                                   {"last_contact_s", 3},
                                   {"copy", "being made anew"},
                                   {"copy_age_s", 72 * 3'600},
                                   {"rows_behind", 12},
                                   {"compared_up_to_block", 5},
                                   {"rows_changed", 34},
                                   {"blocks_fetched", 6},
                                   {"blocks_repaired", 7},
                                   {"operations_pushed", 8},
                                   {"copied_percent", 37},
                                   {"copy_left_s", 5'400},
                                   {"acknowledged_pushed_again", true},
                                   {"trouble", "why"}});
  // A clock that was set back makes nothing younger than now.
  CHECK(told(figures, now - 1h)["last_contact_s"] == 0);
}
