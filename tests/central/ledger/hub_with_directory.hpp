// A hub's parts around a directory in memory and a real ledger: an import, and as many desks as a
// test wants, for the site nabire or another one, each with connections of its own.
#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "daemon/central/directory_central.hpp"
#include "daemon/central/directory_import.hpp"
#include "tests/central/cluster.hpp"
#include "tests/central/ledger/fake_directory.hpp"

namespace pulih::central {

inline constexpr const char* budi = "uid=budi12";

inline accounts::OpeningKey opening_key() {
  accounts::OpeningKey key;
  key.fill(9);
  return key;
}

// A change of budi's, on the versions of a fresh account.
inline PasswordChange change_to(const std::string& password, std::uint8_t id = 1) {
  PasswordChange change;
  change.id.fill(id);
  change.account_id = "budi12@guru.sd";
  change.base_password_version = 1;
  change.base_identity_version = 1;
  change.verifier = "$argon2id$of" + std::to_string(id);
  change.sealed = accounts::seal_password(accounts::Secret(password), change.id, change.account_id,
                                          accounts::sealing_key(opening_key()));
  return change;
}

struct HubWithDirectory : CentralDatabase {
  const std::string hub_uri = made_hub();
  FakeDirectory directory;
  std::mutex notices_mutex;
  std::vector<DirectoryNotice> notices;
  Meetings nabire;
  FakeDriver of_import{directory};
  DirectoryImport import{hub_place(), of_import, teller()};

  // With budi in the directory, taken in.
  HubWithDirectory() {
    script("INSERT INTO pulih.gateway (site, region) VALUES ('nabire', 'papua')");
    directory.add(budi, {"budi12@guru.sd"});
    REQUIRE(import.list_changes());
  }

  PostgresqlPlace hub_place() const { return {hub_uri, {}, "test"}; }
  TellOfDirectory teller() {
    return [this](const DirectoryNotice& notice) {
      const std::lock_guard lock(notices_mutex);
      notices.push_back(notice);
    };
  }
  bool told(DirectoryNotice::What what) {
    const std::lock_guard lock(notices_mutex);
    return std::ranges::any_of(notices, [&](auto& notice) { return notice.what == what; });
  }
  std::unique_ptr<DirectoryCentral> unmet(const std::string& site = "nabire",
                                          FakeDriver::Faults faults = nullptr) {
    return std::make_unique<DirectoryCentral>(
        hub_place(), site, std::make_unique<FakeDriver>(directory, std::move(faults)),
        opening_key(), teller());
  }
  std::unique_ptr<DirectoryCentral> desk(FakeDriver::Faults faults = nullptr) {
    auto made = unmet("nabire", std::move(faults));
    got(nabire.meet(*made));
    return made;
  }
  static Verdict apply(Central& by, const PasswordChange& change) {
    return got(by.apply_passwords({&change, 1}, {})).front();
  }
  // Nothing came of it that the gateway could know.
  static void lost(Central& by, const PasswordChange& change) {
    REQUIRE_FALSE(by.apply_passwords({&change, 1}, {}));
  }
  std::string password() const { return directory.entry(budi).password; }
  std::string version() {
    return sql("SELECT password_version FROM pulih.account WHERE id = 'budi12@guru.sd'");
  }
  // As when the hub is killed: nothing more comes through, and what was not ended never is.
  void end_hub_connections() {
    const std::string its =
        " FROM pg_stat_activity WHERE usename = 'directory_hub' AND datname = current_database()";
    sql("SELECT count(pg_terminate_backend(pid))" + its);
    while (sql("SELECT count(*)" + its) != "0") std::this_thread::yield();
  }
  // Every entry as the directory has it, by its marks.
  bool ledger_agrees(const std::string& handle = budi) {
    const auto its = directory.entry(handle);
    return sql("SELECT state || ' ' || password FROM pulih.directory_entry WHERE handle = '" +
               handle + "'") == std::to_string(its.state) + " " + std::to_string(its.password_mark);
  }

 private:
  std::string made_hub() {
    script(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'directory_hub') THEN"
        " CREATE ROLE directory_hub LOGIN IN ROLE pulih_hub; END IF; END $$");
    auto uri = owner_place().uri;
    const std::string owner = "user=pulih_owner";
    return uri.replace(uri.find(owner), owner.size(), "user=directory_hub");
  }
};

}  // namespace pulih::central
