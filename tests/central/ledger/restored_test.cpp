// A ledger that was restored from a backup beside a directory that was not: what teachers did since
// is still in force there, so the changes that the gateways replay are confirmed, and none is put a
// second time over what was set after it.
#include "tests/central/ledger/hub_with_directory.hpp"

namespace pulih::central {
namespace {

using What = DirectoryNotice::What;

// The ledger's tables as they were, put back: what a restore does to them.
struct Restored : HubWithDirectory {
  static constexpr std::array tables = {"account", "operation", "directory_entry", "gateway"};

  const PasswordChange first = change_to("Perahu-ke-hulu-7", 1), second = second_change();
  std::unique_ptr<DirectoryCentral> central;

  void apply_two_after_a_backup() {
    back_up();
    central = desk();
    CHECK(apply(*central, first) == Verdict::applied);
    CHECK(apply(*central, second) == Verdict::applied);
  }
  static PasswordChange second_change() {
    auto change = change_to("Ombak-di-teluk-9", 2);
    change.base_password_version = 2;
    return change;
  }
  void back_up() {
    for (const auto* table : tables) {
      std::string copy = "CREATE TABLE backup_";
      sql(copy.append(table).append(" AS SELECT * FROM pulih.").append(table));
    }
  }
  void restore() {
    std::string script = "SET session_replication_role = replica;";
    for (const auto* table : tables)
      script.append("DELETE FROM pulih.")
          .append(table)
          .append(";INSERT INTO pulih.")
          .append(table)
          .append(" OVERRIDING SYSTEM VALUE SELECT * FROM backup_")
          .append(table)
          .append(";");
    // As a recovery to a point in time leaves it.
    script += "UPDATE pulih.central SET cluster = 'before'; SET session_replication_role = DEFAULT";
    this->script(script);
  }
};

TEST_CASE_METHOD(Restored, "what was applied since the backup is confirmed, and not put again",
                 "[directory][postgresql]") {
  apply_two_after_a_backup();
  const auto state = directory.entry(budi).state;
  const auto epoch = nabire.epoch;

  restore();
  CHECK(version() == "1");
  const bool import_first = GENERATE(true, false);
  if (import_first) REQUIRE(import.list_all());
  central = desk();
  // That is why a gateway replays what it was answered.
  CHECK(nabire.epoch != epoch);
  // Replaced since, so no longer in force; the second is.
  CHECK(apply(*central, first) == Verdict::superseded);
  CHECK(apply(*central, second) == Verdict::applied);
  CHECK(directory.entry(budi).state == state);
  CHECK(ledger_agrees());
}

TEST_CASE_METHOD(Restored, "what a teacher set by herself after it is not overwritten by a replay",
                 "[directory][postgresql]") {
  directory.can_tell = GENERATE(true, false);
  apply_two_after_a_backup();
  directory.set_password(budi, "by herself");

  restore();
  const bool import_first = GENERATE(true, false);
  if (import_first) REQUIRE(import.list_all());
  central = desk();
  CHECK(apply(*central, first) == Verdict::superseded);
  CHECK(apply(*central, second) == Verdict::superseded);
  CHECK(password() == "by herself");
  // A new one goes on from what is known now.
  REQUIRE(import.list_changes());
  auto anew = change_to("Pulang-ke-rumah-1", 3);
  anew.base_password_version = got(central->database().rows(0)).at(0).password_version;
  CHECK(apply(*central, anew) == Verdict::applied);
}

TEST_CASE_METHOD(Restored, "a directory that was restored with it takes the replay as any database",
                 "[directory][postgresql]") {
  const auto entry = directory.entry(budi);
  apply_two_after_a_backup();

  restore();
  directory.put_back(budi, entry);
  REQUIRE(import.list_all());
  central = desk();
  CHECK(apply(*central, first) == Verdict::applied);
  CHECK(apply(*central, second) == Verdict::applied);
  CHECK(password() == "Ombak-di-teluk-9");
}

}  // namespace
}  // namespace pulih::central
