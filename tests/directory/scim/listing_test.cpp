// Listing the users of a SCIM server while users come, go, change and move under its pages: nobody
// who is there is left out, and nobody who changed, whatever its clock does.
#include <charconv>

#include "tests/directory/scim/fixture.hpp"

namespace pulih::directory {
namespace {

const accounts::Instant morning = *read_stamp("2026-08-17T10:00:00Z");
using std::chrono::hours;
using std::chrono::minutes;

// Does it once, before the page that begins at or after `start`, of a listing of everybody.
ScimServer::Script before_page(std::size_t start, std::function<void()> what) {
  auto done = std::make_shared<bool>(false);
  return [=](const ScimRequest& request) -> std::optional<ScimReply> {
    const auto found = request.query.find("startIndex");
    if (found == request.query.end() || request.query.contains("filter") || *done)
      return std::nullopt;
    std::size_t asked = 0;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), asked);
    if (asked < start) return std::nullopt;
    *done = true;
    what();
    return std::nullopt;
  };
}

bool tells_all(const Told& told, int from, int to) {
  for (int i = from; i <= to; ++i) {
    if (told.entries.contains(Running::id(i))) continue;
    UNSCOPED_INFO("not told: " << Running::id(i));
    return false;
  }
  return true;
}

TEST_CASE("every user is told, page by page", "[scim]") {
  const int teachers = GENERATE(1, 2, 199, 200, 201, 399, 400, 1000);
  const bool sorts = GENERATE(true, false);
  Running running(teachers);
  ScimServer::Abilities abilities;
  abilities.sort = sorts;
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto told = told_by(directory);
  CHECK(told.entries.size() == static_cast<std::size_t>(teachers));
  CHECK(told.faults.empty());
  CHECK(told.place == "2026-08-17T10:00:00Z");
  const auto& first = told.entries.at("u0001");
  CHECK(first.id == "budi1@guru.sd");
  CHECK(first.region == "papua");
  CHECK(first.birth_date.reveal() == 19850817);
  CHECK(first.phone.value() == 6'281'100'000'001);
  CHECK(first.email.reveal() == "budi1@example.org");
  CHECK_FALSE(first.locked);
}

TEST_CASE("pages are no larger than the directory allows", "[scim]") {
  Running running(30);
  ScimServer::Abilities abilities;
  abilities.most_results = 7;
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  CHECK(tells_all(told_by(directory), 1, 30));
  for (const auto& request : running.server.requests())
    if (request.query.contains("count")) CHECK(request.query.at("count") == "7");
}

TEST_CASE("users who are deleted under the pages take nobody with them", "[scim]") {
  const bool sorts = GENERATE(true, false);
  const int gone = GENERATE(1, 5, 60, 199, 250, 390);
  Running running(1000);
  running.server.set_clock(morning + hours(2));  // nobody changed lately
  ScimServer::Abilities abilities;
  abilities.sort = sorts;
  running.server.set_abilities(abilities);
  running.server.set_script(before_page(400, [&] {
    for (int i = 1; i <= gone; ++i) running.server.erase(Running::id(i));
  }));
  ScimDirectory directory(settings_for(running.server.url()));
  CHECK(tells_all(told_by(directory), gone + 1, 1000));
}

TEST_CASE("nearly all users deleted under the pages leave the rest told", "[scim]") {
  Running running(1000);
  running.server.set_clock(morning + hours(2));  // nobody changed lately
  running.server.set_script(before_page(600, [&] {
    for (int i = 1; i <= 995; ++i) running.server.erase(Running::id(i));
  }));
  ScimDirectory directory(settings_for(running.server.url()));
  CHECK(tells_all(told_by(directory), 996, 1000));
}

TEST_CASE("users who come under the pages push nobody out", "[scim]") {
  Running running(1000);
  running.server.set_clock(morning + hours(2));  // nobody changed lately
  running.server.set_script(before_page(400, [&] {
    for (int i = 1; i <= 150; ++i) running.server.put("a" + std::to_string(i), teacher(2'000 + i));
  }));
  ScimDirectory directory(settings_for(running.server.url()));
  const auto told = told_by(directory);
  CHECK(tells_all(told, 1, 1000));
  // Whoever came meanwhile is told by the next listing at the latest.
  const auto next = told_by(directory, told.place);
  CHECK(next.entries.contains("a1"));
}

TEST_CASE("a directory without an order moves users behind the pages, and they are told",
          "[scim]") {
  Running running(1000);
  running.server.set_clock(morning + hours(2));  // nobody changed lately
  ScimServer::Abilities abilities;
  abilities.sort = false;
  running.server.set_abilities(abilities);
  // It is on a page to come, and moves to the front: as many are before the next page as were.
  running.server.set_script(before_page(400, [&] {
    running.server.erase("u0003");
    running.server.change("u0900", [](auto& user) { user["active"] = false; });
  }));
  ScimDirectory directory(settings_for(running.server.url()));
  const auto told = told_by(directory);
  CHECK(told.entries.contains("u0900"));
  CHECK(told.entries.at("u0900").locked);
}

TEST_CASE("a user who moved ahead of the pages does not stand for those between", "[scim]") {
  Running running(700);
  running.server.set_clock(morning + hours(2));
  ScimServer::Abilities abilities;
  abilities.sort = false;
  abilities.changed_go_last = true;
  running.server.set_abilities(abilities);
  // Ten move up past the next page's beginning, and one of the page before is on it, at its end.
  running.server.set_script(before_page(598, [&] {
    for (int i = 1; i <= 10; ++i) running.server.erase(Running::id(i));
    running.server.change("u0590", [](auto& user) { user["active"] = false; });
  }));
  ScimDirectory directory(settings_for(running.server.url()));
  CHECK(tells_all(told_by(directory), 11, 700));
}

TEST_CASE("after a place only those are told who changed, and an hour before it", "[scim]") {
  Running running(500);
  ScimDirectory directory(settings_for(running.server.url()));
  auto told = told_by(directory);
  running.server.set_clock(morning + hours(5));
  running.server.change("u0007", [](auto& user) { user["active"] = false; });
  told = told_by(directory, told.place);
  CHECK(told.entries.size() == 500);  // all are of the hour before the place
  CHECK(told.place == "2026-08-17T15:00:00Z");
  told = told_by(directory, told.place);
  CHECK(told.entries.size() == 1);
  CHECK(told.entries.at("u0007").locked);

  // One of its servers is behind by less than an hour.
  running.server.set_clock(morning + hours(4) + minutes(5));
  running.server.change("u0008", [](auto& user) { user["active"] = false; });
  running.server.set_clock(morning + hours(6));
  told = told_by(directory, told.place);
  CHECK(told.entries.size() == 2);
  CHECK(told.entries.contains("u0008"));
  // Nobody changed: the place stays where the newest one is.
  CHECK(told.place == "2026-08-17T15:00:00Z");
}

TEST_CASE("a change under the pages is told by the next listing", "[scim]") {
  Running running(1000);
  ScimDirectory directory(settings_for(running.server.url()));
  running.server.set_script(before_page(600, [&] {
    running.server.set_clock(morning + hours(3));  // a slow listing
    running.server.change("u0002", [](auto& user) { user["active"] = false; });
    running.server.set_clock(morning + hours(6));
    running.server.change("u0999", [](auto& user) { user["active"] = false; });
  }));
  auto told = told_by(directory);
  told = told_by(directory, told.place);
  CHECK(told.entries.at("u0002").locked);
  CHECK(told.entries.at("u0999").locked);
}

TEST_CASE("a clock that was set back hides nobody's change", "[scim]") {
  Running running(300);
  ScimDirectory directory(settings_for(running.server.url()));
  running.server.set_clock(morning + hours(48));
  running.server.change("u0001", [](auto& user) { user["active"] = false; });
  auto told = told_by(directory);
  CHECK(told.place == "2026-08-19T10:00:00Z");
  running.server.set_clock(morning - hours(24));
  running.server.change("u0002", [](auto& user) { user["active"] = false; });
  told = told_by(directory, told.place);
  CHECK(told.entries.size() == 300);
  CHECK(told.entries.at("u0002").locked);
  // From here on it is the clock as it is now that counts, though a stamp is in its future.
  CHECK(told.place == "2026-08-16T10:00:00Z");
  running.server.change("u0003", [](auto& user) { user["active"] = false; });
  told = told_by(directory, told.place);
  CHECK(told.entries.contains("u0003"));
}

TEST_CASE("users without a time of change make every listing a full one", "[scim]") {
  Running running(3);
  ScimServer::Abilities abilities;
  abilities.users_have_stamps = false;
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto told = told_by(directory);
  CHECK(told.entries.size() == 3);
  CHECK(told.place.empty());
}

TEST_CASE("a place that is none is the beginning", "[scim]") {
  Running running(3);
  ScimDirectory directory(settings_for(running.server.url()));
  CHECK(told_by(directory, "yesterday").entries.size() == 3);
}

TEST_CASE("a directory that shows nobody is not believed", "[scim]") {
  Running running(0);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto listed = directory.list("", [](auto) {});
  REQUIRE(!listed);
  CHECK(listed.error().kind == Kind::refused);
}

TEST_CASE("whoever listens may end a listing, and ask again", "[scim]") {
  Running running(500);
  ScimDirectory directory(settings_for(running.server.url()));
  int heard = 0;
  CHECK_THROWS_AS(directory.list("",
                                 [&](auto) {
                                   if (++heard == 250) throw std::runtime_error("enough");
                                 }),
                  std::runtime_error);
  CHECK(told_by(directory).entries.size() == 500);
}

TEST_CASE("users that cannot be used are told with what is wrong, and nothing of them", "[scim]") {
  Running running(2);
  auto user = teacher(3);
  user[school]["birthDate"] = "17 Agustus 1985";
  running.server.put("u0003", user);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto told = told_by(directory);
  CHECK(told.entries.size() == 2);
  REQUIRE(!told.faults.empty());
  CHECK(told.faults[0] == "a birth date that is none");
}

}  // namespace
}  // namespace pulih::directory
