// What teachers did, where a directory keeps the passwords: put once, on the entry that the teacher
// saw, whichever answer is lost and whoever changes it meanwhile.
#include <atomic>

#include "tests/central/ledger/hub_with_directory.hpp"

namespace pulih::central {
namespace {

using Fault = FakeDriver::Fault;
using What = DirectoryNotice::What;

// This fault at the first call of this name.
FakeDriver::Faults once(
    std::string_view call, Fault fault, const std::function<void()>& and_then = [] {}) {
  return [=, done = false](std::string_view its) mutable {
    if (done || its != call) return Fault::none;
    done = true;
    and_then();
    return fault;
  };
}

TEST_CASE_METHOD(HubWithDirectory, "a new password is put into the directory once",
                 "[directory][postgresql]") {
  auto central = desk();
  const auto change = change_to("Perahu-ke-hulu-7");
  CHECK(apply(*central, change) == Verdict::applied);
  CHECK(password() == "Perahu-ke-hulu-7");
  CHECK(version() == "2");
  CHECK(ledger_agrees());
  CHECK(apply(*central, change) == Verdict::applied);
  CHECK(directory.entry(budi).passwords_put == 1);
  // Our own change is nobody else's.
  REQUIRE(import.list_all());
  CHECK(version() == "2");
  CHECK(sql("SELECT identity_version FROM pulih.account") == "1");
  // The verifier stays with the gateways: the directory hashes by itself.
  CHECK(sql("SELECT count(verifier) FROM pulih.account") == "0");
}

TEST_CASE_METHOD(HubWithDirectory, "a desk that reads ahead puts passwords all the same",
                 "[directory][postgresql]") {
  script(
      "INSERT INTO pulih.account (region, id) SELECT 'papua', 'guru' || n || '@guru.sd'"
      " FROM generate_series(1, 3000) AS n");
  auto central = desk();
  auto& accounts = central->database();
  for (std::uint8_t id = 1; id <= 20; ++id) {
    got(accounts.fingerprints(0, 64));
    CHECK(got(accounts.rows(0)).size() == 1'023);
    CHECK(got(accounts.rows(1)).size() == 1'024);  // and the next block is on its way
    auto change = change_to("Perahu-ke-hulu-" + std::to_string(id), id);
    change.base_password_version = id;
    CHECK(apply(*central, change) == Verdict::applied);
    CHECK(got(accounts.rows(2)).size() == 954);
  }
  CHECK(directory.entry(budi).passwords_put == 20);
}

TEST_CASE_METHOD(HubWithDirectory, "the same id with another content is another change",
                 "[directory][postgresql]") {
  auto central = desk();
  CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
  auto other = change_to("Lain-sekali-8");
  other.verifier += "?";
  CHECK(apply(*central, other) == Verdict::altered);
  CHECK(password() == "Perahu-ke-hulu-7");
}

TEST_CASE_METHOD(HubWithDirectory, "an answer that was lost: the repetition finds it done",
                 "[directory][postgresql]") {
  const bool imported = GENERATE(false, true);
  auto central = desk(once("put", Fault::answer_lost));
  const auto change = change_to("Perahu-ke-hulu-7");
  lost(*central, change);
  CHECK(password() == "Perahu-ke-hulu-7");
  if (imported) REQUIRE(import.list_changes());
  CHECK(apply(*central, change) == Verdict::applied);
  CHECK(directory.entry(budi).passwords_put == 1);
  CHECK(version() == "2");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(HubWithDirectory, "what is withdrawn is not put, and what was put is told",
                 "[directory][postgresql]") {
  const auto change = change_to("Perahu-ke-hulu-7");
  auto withdrawn = change;
  withdrawn.base_identity_version = withdrawn_version;
  SECTION("its answer was lost") {
    auto central = desk(once("put", Fault::answer_lost));
    lost(*central, change);
    CHECK(apply(*central, withdrawn) == Verdict::applied);
    CHECK(apply(*central, change) == Verdict::applied);
    CHECK(directory.entry(budi).passwords_put == 1);
  }
  SECTION("it did not come through") {
    auto central = desk(once("put", Fault::away));
    lost(*central, change);
    CHECK(apply(*central, withdrawn) == Verdict::identity_changed);
    CHECK(apply(*central, change) == Verdict::identity_changed);
    CHECK(password() == "the first one");
  }
  SECTION("it was never asked for, and comes late") {
    auto central = desk();
    CHECK(apply(*central, withdrawn) == Verdict::identity_changed);
    CHECK(apply(*central, change) == Verdict::altered);
    CHECK(password() == "the first one");
  }
  SECTION("another one of its id, by another site, says nothing") {
    auto central = desk();
    CHECK(apply(*central, change) == Verdict::applied);
    sql("UPDATE pulih.operation SET site = 'ambon'");
    CHECK(apply(*central, withdrawn) == Verdict::altered);
  }
}

TEST_CASE_METHOD(HubWithDirectory, "a put that did not come through is put again",
                 "[directory][postgresql]") {
  directory.can_tell = GENERATE(true, false);
  auto central = desk(once("put", Fault::away));
  const auto change = change_to("Perahu-ke-hulu-7");
  lost(*central, change);
  CHECK(password() == "the first one");
  CHECK(apply(*central, change) == Verdict::applied);
  CHECK(version() == "2");
}

TEST_CASE_METHOD(HubWithDirectory,
                 "a hub that is killed between the directory and its ledger: the next one ends it",
                 "[directory][postgresql]") {
  auto central = desk(once("written", Fault::none, [&] { end_hub_connections(); }));
  const auto change = change_to("Perahu-ke-hulu-7");
  lost(*central, change);
  CHECK(sql("SELECT verdict FROM pulih.operation") == "under way");
  central = desk();
  CHECK(apply(*central, change) == Verdict::applied);
  CHECK(directory.entry(budi).passwords_put == 1);
  CHECK(version() == "2");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(HubWithDirectory,
                 "a directory that cannot tell whose password it has: the teacher is told to look",
                 "[directory][postgresql]") {
  directory.can_tell = false;
  auto central = desk(once("put", Fault::answer_lost));
  const auto change = change_to("Perahu-ke-hulu-7");
  lost(*central, change);
  CHECK(apply(*central, change) == Verdict::superseded);
  CHECK(apply(*central, change) == Verdict::superseded);
  CHECK(directory.entry(budi).passwords_put == 1);
}

TEST_CASE_METHOD(HubWithDirectory, "a password changed elsewhere wins", "[directory][postgresql]") {
  auto central = desk();
  SECTION("before the import saw it") { directory.set_password(budi, "by herself"); }
  SECTION("after") {
    directory.set_password(budi, "by herself");
    REQUIRE(import.list_changes());
    CHECK(version() == "2");
  }
  SECTION("in the very moment") {
    central = desk(once("put", Fault::none, [&] { directory.set_password(budi, "by herself"); }));
  }
  const auto change = change_to("Perahu-ke-hulu-7");
  CHECK(apply(*central, change) == Verdict::superseded);
  CHECK(apply(*central, change) == Verdict::superseded);
  CHECK(password() == "by herself");
  CHECK(version() == "2");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(HubWithDirectory, "nobody logs in as a teacher to ask about what was never put",
                 "[directory][postgresql]") {
  int logins = 0;
  auto central = desk([&](std::string_view call) {
    logins += call == "has" ? 1 : 0;
    return Fault::none;
  });
  directory.set_password(budi, "by herself");
  const bool imported = GENERATE(false, true);
  if (imported) REQUIRE(import.list_changes());
  // Not even with the very password: a gateway cannot find it out so.
  CHECK(apply(*central, change_to("by herself")) == Verdict::superseded);
  CHECK(logins == 0);
}

TEST_CASE_METHOD(HubWithDirectory, "a contact that changed in the directory stands against it",
                 "[directory][postgresql]") {
  auto central = desk();
  const auto by_the_desk = [&] {
    directory.change(budi, [](auto& entry) { entry.phone = 6281100000777; });
  };
  SECTION("before the import saw it") { by_the_desk(); }
  SECTION("after") {
    by_the_desk();
    REQUIRE(import.list_changes());
  }
  SECTION("in the very moment") { central = desk(once("put", Fault::none, by_the_desk)); }
  CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::identity_changed);
  CHECK(password() == "the first one");
  // The old contact hears of it, as of every change.
  const auto changes = got(central->database().contact_changes(0, 10));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].new_phone.digits() == "6281100000777");
}

TEST_CASE_METHOD(HubWithDirectory,
                 "a password changed after ours, and before ours was ended, is the ledger's too",
                 "[directory][postgresql]") {
  auto central = desk(once("written", Fault::none, [&] {
    directory.set_password(budi, "by herself");
    REQUIRE(import.list_changes());
  }));
  CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
  CHECK(password() == "by herself");
  CHECK(version() == "2");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(HubWithDirectory, "what else changed about an entry does not stand against it",
                 "[directory][postgresql]") {
  auto central = desk(once("put", Fault::none, [&] { directory.change(budi, [](auto&) {}); }));
  CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
  CHECK(version() == "2");
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(HubWithDirectory, "an entry that is another one at each look is tried again later",
                 "[directory][postgresql]") {
  bool restless = true;
  auto central = desk([&](std::string_view call) {
    if (restless && call == "put") directory.change(budi, [](auto&) {});
    return Fault::none;
  });
  const auto change = change_to("Perahu-ke-hulu-7");
  lost(*central, change);
  restless = false;
  CHECK(apply(*central, change) == Verdict::applied);
}

TEST_CASE_METHOD(HubWithDirectory, "the directory's own policy is told to the teacher",
                 "[directory][postgresql]") {
  auto central = desk();
  CHECK(apply(*central, change_to("refused by policy")) == Verdict::refused);
  CHECK(told(What::refused));
  CHECK(version() == "1");
  auto next = change_to("Perahu-ke-hulu-7", 2);
  CHECK(apply(*central, next) == Verdict::applied);
}

TEST_CASE_METHOD(HubWithDirectory, "an entry that is gone is no account",
                 "[directory][postgresql]") {
  auto central = desk();
  directory.remove(budi);
  const auto change = change_to("Perahu-ke-hulu-7");
  CHECK(apply(*central, change) == Verdict::unknown_account);
  auto other = change_to("Perahu-ke-hulu-7", 2);
  other.account_id = "nobody@guru.sd";
  CHECK(apply(*central, other) == Verdict::unknown_account);
  CHECK(apply(*central, change) == Verdict::unknown_account);
}

TEST_CASE_METHOD(HubWithDirectory, "a change whose text is not there or does not open is refused",
                 "[directory][postgresql]") {
  auto central = desk();
  auto bare = change_to("Perahu-ke-hulu-7");
  bare.sealed.clear();
  CHECK(apply(*central, bare) == Verdict::refused);
  CHECK(told(What::not_sealed));
  auto of_another = change_to("Perahu-ke-hulu-7", 2);
  accounts::OpeningKey key;
  key.fill(8);
  of_another.sealed = accounts::seal_password(accounts::Secret("Perahu-ke-hulu-7"), of_another.id,
                                              of_another.account_id, accounts::sealing_key(key));
  CHECK(apply(*central, of_another) == Verdict::refused);
  CHECK(told(What::does_not_open));
  // What was sealed for one change is good for no other.
  auto moved = change_to("Perahu-ke-hulu-7", 3);
  moved.sealed = change_to("Perahu-ke-hulu-7", 4).sealed;
  CHECK(apply(*central, moved) == Verdict::refused);
  CHECK(password() == "the first one");
  for (const auto& notice : notices) CHECK(notice.text.find("budi") == std::string::npos);
}

TEST_CASE_METHOD(HubWithDirectory,
                 "of two sites that reset one account one is told it came too late",
                 "[directory][postgresql]") {
  script("INSERT INTO pulih.gateway (site, region) VALUES ('timika', 'papua')");
  auto one = desk(), other = unmet("timika");
  Meetings timika;
  got(timika.meet(*other));
  CHECK(apply(*one, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
  CHECK(apply(*other, change_to("Ombak-di-teluk-9", 2)) == Verdict::superseded);
  CHECK(password() == "Perahu-ke-hulu-7");
}

TEST_CASE_METHOD(HubWithDirectory,
                 "one entry that the directory stumbles over holds up nobody else",
                 "[directory][postgresql]") {
  directory.add("uid=siti3", {"siti3@guru.smp"});
  REQUIRE(import.list_changes());
  auto central = desk(once("put", Fault::away));
  auto siti = change_to("", 2);
  siti.account_id = "siti3@guru.smp";
  siti.base_identity_version = 2;
  siti.sealed = accounts::seal_password(accounts::Secret("Ombak-di-teluk-9"), siti.id,
                                        siti.account_id, accounts::sealing_key(opening_key()));
  std::vector<PasswordChange> both;
  both.push_back(change_to("Perahu-ke-hulu-7"));
  both.push_back(siti);
  CHECK_FALSE(central->apply_passwords(both, {}));
  CHECK(directory.entry("uid=siti3").password == "Ombak-di-teluk-9");
  CHECK(got(central->apply_passwords(both, {})) == std::vector{Verdict::applied, Verdict::applied});
}

TEST_CASE_METHOD(HubWithDirectory,
                 "a desk that comes with a change that another one is at waits for its verdict",
                 "[directory][postgresql]") {
  // It could not find out by itself.
  directory.can_tell = false;
  auto second = desk();
  const auto change = change_to("Perahu-ke-hulu-7");
  std::vector<Verdict> heard;
  std::atomic<bool> answered = false;
  std::thread beside;
  const auto waits = [&] {
    return sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname ="
               " current_database()") != "0";
  };
  auto first = unmet("nabire", once("written", Fault::none, [&] {
                       beside = std::thread([&] {
                         heard.push_back(apply(*second, change));
                         answered = true;
                       });
                       while (!waits() && !answered) std::this_thread::yield();
                     }));
  got(first->hello({nabire.checkpoint, nabire.fence}));
  CHECK(apply(*first, change) == Verdict::applied);
  beside.join();
  CHECK(heard == std::vector{Verdict::applied});
}

TEST_CASE_METHOD(HubWithDirectory, "of two verdicts for one change the first one stands",
                 "[directory][postgresql]") {
  // As when the first one's connection was thought to be gone.
  desk();
  PostgresqlLink one(hub_place()), other(hub_place());
  got(one.open());
  got(other.open());
  DirectoryLedger first(one), second(other);
  const auto change = change_to("Perahu-ke-hulu-7");
  const auto begun = got(first.begin("nabire", nabire.fence, change));
  CHECK_FALSE(begun.verdict);
  CHECK_FALSE(begun.put_before);
  const DirectoryMarks marks{"8", "8"};
  CHECK(got(second.end("nabire", change.id, Verdict::refused, nullptr, nullptr)) ==
        Verdict::refused);
  CHECK(got(first.end("nabire", change.id, Verdict::applied, &begun, &marks)) == Verdict::refused);
  CHECK(version() == "1");
  // Nor is a verdict another site's to say.
  script("INSERT INTO pulih.gateway (site, region) VALUES ('timika', 'papua')");
  const auto next = change_to("Perahu-ke-hulu-7", 2);
  CHECK_FALSE(got(first.begin("nabire", nabire.fence, next)).verdict);
  CHECK_FALSE(second.end("timika", next.id, Verdict::applied, nullptr, nullptr));
  CHECK(sql("SELECT count(*) FROM pulih.operation WHERE verdict = 'under way'") == "1");
}

TEST_CASE_METHOD(HubWithDirectory,
                 "a gateway's own login changes no password that a directory keeps",
                 "[directory][postgresql]") {
  auto central = enrolled("biak", "papua");
  Meetings its;
  got(its.meet(central));
  auto change = change_to("Perahu-ke-hulu-7");
  const auto refused = central.apply_passwords({&change, 1}, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Unavailable::Kind::refused);
  CHECK(refused.error().why.find("through the hub") != std::string::npos);
  CHECK(sql("SELECT count(*) FROM pulih.operation") == "0");
}

TEST_CASE_METHOD(HubWithDirectory, "values that nobody types are refused, and break nothing",
                 "[directory][postgresql]") {
  auto central = desk();
  const std::string quote = "'; DROP TABLE pulih.account; --";
  for (const auto& id : {quote, std::string("budi12@guru.sd\0x", 16), std::string(10'000, 'b'),
                         std::string("{\"a\",NULL}"), std::string()}) {
    auto hostile = change_to("", 2);
    hostile.id[0] = static_cast<std::uint8_t>(id.size());
    hostile.account_id = id;
    CHECK(apply(*central, hostile) == Verdict::unknown_account);
  }
  auto bare = change_to("Perahu-ke-hulu-7", 3);
  bare.verifier = std::string("$argon2id$a\0b", 13);
  bare.change_before = accounts::Instant::max();
  bare.sealed.resize(3);
  CHECK(apply(*central, bare) == Verdict::refused);
  CHECK(apply(*central, change_to("Perahu-ke-hulu-7")) == Verdict::applied);
}

TEST_CASE_METHOD(HubWithDirectory, "a copy of a gateway that was replaced puts nothing",
                 "[directory][postgresql]") {
  auto old = desk();
  sql("UPDATE pulih.gateway SET admitted = true");
  auto anew = desk();
  const auto change = change_to("Perahu-ke-hulu-7");
  const auto fenced = old->apply_passwords({&change, 1}, {});
  REQUIRE_FALSE(fenced);
  CHECK(fenced.error().kind == Unavailable::Kind::fenced);
  CHECK(directory.entry(budi).passwords_put == 0);
  // Nor does it hold anything that the other one waits for.
  CHECK(apply(*anew, change) == Verdict::applied);
}

TEST_CASE_METHOD(HubWithDirectory, "what was decided before the directory came stays decided",
                 "[directory][postgresql]") {
  add("ani34@guru.smp", "papua");
  auto change = change_to("", 3);
  change.account_id = "ani34@guru.smp";
  change.base_identity_version = 2;
  PostgresqlCentral before(hub_place(), nullptr, "nabire");
  got(nabire.meet(before));
  CHECK(apply(before, change) == Verdict::applied);
  CHECK(apply(*desk(), change) == Verdict::applied);
}

}  // namespace
}  // namespace pulih::central
