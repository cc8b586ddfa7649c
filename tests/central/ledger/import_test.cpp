// What a directory has, taken into the hub's ledger: every change made elsewhere raises the
// versions that stand against a teacher's change, and only what is really gone is deleted.
#include "tests/central/ledger/hub_with_directory.hpp"

namespace pulih::central {
namespace {

using Fault = FakeDriver::Fault;
using What = DirectoryNotice::What;

struct Importing : HubWithDirectory {
  std::string all(const std::string& column) {
    return sql("SELECT string_agg(a." + column +
               "::text, ' ' ORDER BY a.id) FROM pulih.account AS a");
  }
  void add_teachers(int from, int to) {
    for (int n = from; n <= to; ++n)
      directory.add("uid=guru" + std::to_string(n), {"guru" + std::to_string(n) + "@guru.sd"});
  }
};

TEST_CASE_METHOD(Importing, "entries become accounts, and their changes raise versions",
                 "[directory][postgresql]") {
  directory.add("uid=siti3", {"siti3@guru.smp", "maluku", 19790101, 0, true});
  REQUIRE(import.list_changes());
  CHECK(all("id") == "budi12@guru.sd siti3@guru.smp");
  CHECK(all("region") == "papua maluku");
  CHECK(all("birth_date") == "1985-08-17 1979-01-01");
  CHECK(all("phone") == "6281100000001");
  CHECK(all("locked") == "false true");
  CHECK(all("password_version") == "1 1");
  const auto before = all("row_version");
  REQUIRE(import.list_all());
  CHECK(all("row_version") == before);

  directory.set_password(budi, "by herself");
  directory.change("uid=siti3", [](auto& entry) { entry.phone = 6281100000003; });
  REQUIRE(import.list_changes());
  CHECK(all("password_version") == "2 1");
  CHECK(all("identity_version") == "1 3");
  CHECK(all("phone") == "6281100000001 6281100000003");
  const auto figures = import.figures();
  CHECK(figures.taken_in == 4);
  CHECK(figures.entries == 2);
  CHECK(figures.trouble.empty());
  CHECK(notices.empty());
}

TEST_CASE_METHOD(Importing,
                 "who a full listing does not name is deleted, and its gateway hears of it",
                 "[directory][postgresql]") {
  directory.add("uid=siti3", {"siti3@guru.smp"});
  REQUIRE(import.list_changes());
  directory.remove(budi);
  REQUIRE(import.list_changes());
  CHECK(all("id") == "budi12@guru.sd siti3@guru.smp");
  REQUIRE(import.list_all());
  CHECK(all("id") == "siti3@guru.smp");
  CHECK(sql("SELECT count(*) FROM pulih.tombstone WHERE region = 'papua'") == "1");
  CHECK(import.figures().deleted == 1);
  // It is somebody new who has the id from now on.
  directory.add(budi, {"budi12@guru.sd"});
  REQUIRE(import.list_changes());
  CHECK(all("number").substr(0, 1) == "3");
}

TEST_CASE_METHOD(Importing,
                 "a listing that lacks too much is not believed, until the owner says so",
                 "[directory][postgresql]") {
  add_teachers(1, 299);
  REQUIRE(import.list_changes());
  for (int n = 1; n <= 60; ++n) directory.remove("uid=guru" + std::to_string(n));
  REQUIRE(import.list_all());
  CHECK(sql("SELECT count(*) FROM pulih.account") == "240");  // a fifth, and no more
  for (int n = 61; n <= 120; ++n) directory.remove("uid=guru" + std::to_string(n));
  REQUIRE(import.list_all());
  CHECK(sql("SELECT count(*) FROM pulih.account") == "240");
  CHECK(told(What::not_believed));
  CHECK(import.figures().missing == 60);
  sql("UPDATE pulih.directory_listing SET believed = true");
  REQUIRE(import.list_all());
  CHECK(sql("SELECT count(*) FROM pulih.account") == "180");
  CHECK(sql("SELECT believed FROM pulih.directory_listing") == "f");
}

TEST_CASE_METHOD(Importing, "an empty listing is never believed", "[directory][postgresql]") {
  directory.remove(budi);
  REQUIRE(import.list_all());
  CHECK(all("id") == "budi12@guru.sd");
  CHECK(told(What::not_believed));
}

TEST_CASE_METHOD(Importing, "a listing that breaks off deletes nobody", "[directory][postgresql]") {
  add_teachers(1, 9);
  REQUIRE(import.list_changes());
  directory.remove(budi);
  FakeDriver breaks(directory, [](std::string_view) { return Fault::answer_lost; });
  DirectoryImport other(hub_place(), breaks, teller());
  CHECK_FALSE(other.list_all());
  CHECK(sql("SELECT count(*) FROM pulih.account") == "10");
  CHECK(told(What::unavailable));
  CHECK_FALSE(other.figures().trouble.empty());
}

TEST_CASE_METHOD(Importing, "what cannot be used is counted by its reason",
                 "[directory][postgresql]") {
  directory.add("uid=none", {"none@guru.sd"});
  directory.change("uid=none", [](auto& entry) { entry.unusable = "no birth date"; });
  directory.add("uid=odd", {"NO ID AT ALL"});
  directory.add("uid=elsewhere", {"elsewhere@guru.sd", "Not A Region"});
  directory.add("uid=unborn", {"unborn@guru.sd", "papua", 19850230});
  directory.add("uid=quoted", {R"(a"b\c{},'@guru.sd)"});
  REQUIRE(import.list_all());
  CHECK(all("id") == "budi12@guru.sd");
  const auto figures = import.figures();
  CHECK(figures.unusable == std::map<std::string, std::uint64_t>{
                                {"no birth date", 1}, {"what the accounts here cannot hold", 4}});
  REQUIRE(told(What::unusable));
  CHECK(notices.back().number == 5);
  CHECK(notices.back().text.find("guru") == std::string::npos);
}

TEST_CASE_METHOD(Importing, "an id that two entries have is the first one's",
                 "[directory][postgresql]") {
  directory.add("uid=another", {"budi12@guru.sd", "papua", 19990101});
  REQUIRE(import.list_all());
  CHECK(import.figures().refused == 1);
  CHECK(all("birth_date") == "1985-08-17");
  // The first one leaves it, or goes: it is the other's.
  SECTION("it has another id by now") {
    directory.change(budi, [](auto& entry) { entry.id = "budi13@guru.sd"; });
    REQUIRE(import.list_all());
    CHECK(all("id") == "budi12@guru.sd budi13@guru.sd");
    CHECK(all("birth_date") == "1999-01-01 1985-08-17");
  }
  SECTION("it is gone") {
    directory.remove(budi);
    REQUIRE(import.list_all());
    CHECK(all("birth_date") == "1999-01-01");
  }
}

TEST_CASE_METHOD(Importing, "an entry that moved keeps its account", "[directory][postgresql]") {
  const auto number = all("number");
  directory.rename(budi, "uid=budi12,ou=moved");
  const bool everything = GENERATE(true, false);
  REQUIRE((everything ? import.list_all() : import.list_changes()));
  CHECK(all("number") == number);
  CHECK(all("identity_version") == "1");
  CHECK(all("password_version") == "1");
  CHECK(ledger_agrees("uid=budi12,ou=moved"));
}

TEST_CASE_METHOD(Importing, "an account that was there before the directory is the entry's",
                 "[directory][postgresql]") {
  const auto number = add("ani34@guru.smp", "papua");
  directory.add("uid=ani34", {"ani34@guru.smp"});
  REQUIRE(import.list_changes());
  CHECK(sql("SELECT number FROM pulih.account WHERE id = 'ani34@guru.smp'") ==
        std::to_string(number));
}

TEST_CASE_METHOD(Importing, "what was listed before our own change does not undo it",
                 "[directory][postgresql]") {
  auto central = desk();
  // The directory has answered, and while its answer is on the way the password is put.
  FakeDriver slow(directory, [&](std::string_view call) {
    if (call == "listed") CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
    return Fault::none;
  });
  DirectoryImport other(hub_place(), slow, teller());
  REQUIRE(other.list_all());
  CHECK(version() == "2");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(Importing, "what was changed after our own change, and listed, is not missed",
                 "[directory][postgresql]") {
  auto central = desk();
  FakeDriver slow(directory, [&](std::string_view call) {
    if (call != "list") return Fault::none;
    CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
    directory.set_password(budi, "by herself");
    return Fault::none;
  });
  DirectoryImport other(hub_place(), slow, teller());
  REQUIRE(other.list_all());
  CHECK(version() == "3");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(Importing, "two imports at once count a change once", "[directory][postgresql]") {
  add_teachers(1, 1200);
  FakeDriver driver(directory);
  driver.backwards = true;
  DirectoryImport other(hub_place(), driver, teller());
  bool done = false;
  std::thread beside([&] { done = other.list_all(); });
  CHECK(import.list_all());
  beside.join();
  CHECK(done);
  CHECK(sql("SELECT count(*) || ' ' || max(password_version) FROM pulih.account") == "1201 1");
  CHECK(import.figures().deleted + other.figures().deleted == 0);
}

TEST_CASE_METHOD(Importing, "after the database was away everything is listed anew",
                 "[directory][postgresql]") {
  REQUIRE(import.list_changes());
  const auto full = import.figures().full_listings;
  end_hub_connections();
  // What it was told meanwhile may be lost with a database that was restored.
  sql("UPDATE pulih.directory_entry SET state = 'of a backup'");
  CHECK_FALSE(import.list_changes());
  CHECK(told(What::unavailable));
  // A server's last words may be read before the connection is seen to be gone.
  REQUIRE((import.list_changes() || import.list_changes()));
  CHECK(import.figures().full_listings == full + 1);
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(Importing, "the thread lists everything at first, and ends when it is told",
                 "[directory][postgresql]") {
  DirectoryImportThread::Pace pace;
  pace.poll = std::chrono::hours{1};
  {
    const DirectoryImportThread thread(import, pace, [] { return std::chrono::seconds{0}; });
    while (import.figures().full_listings < 2) std::this_thread::yield();
  }
  CHECK_FALSE(told(What::unavailable));
}

}  // namespace
}  // namespace pulih::central
