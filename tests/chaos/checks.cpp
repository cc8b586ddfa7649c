// See checks.hpp. The database is asked in its own words, and the copy is opened with the site key,
// as the gateway does.
#include "tests/chaos/checks.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <map>

#include "daemon/accounts/keyring.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/central/replica.hpp"
#include "daemon/operator/json.hpp"

namespace pulih::chaos {
namespace {

constexpr std::size_t most_told = 20;  // of one kind

void add(Faults& found, std::string what) {
  if (found.size() < most_told) found.push_back(std::move(what));
}

struct Held {
  std::int64_t password_version = 0, changed_at_center = 0;
  std::string verifier;
};

std::map<std::string, Held> held(Site& site) {
  std::map<std::string, Held> all;
  const auto answers = site.ask(
      "SELECT id, password_version, verifier, (SELECT count(*) FROM public.changed_at_center AS c"
      " WHERE c.id = a.id AND c.what = 'password') FROM pulih.account AS a");
  const auto& rows = answers.front();
  for (int row = 0; row < rows.rows(); ++row)
    all[std::string(rows.text_or_empty(row, 0))] = {rows.integer(row, 1).value_or(0),
                                                    rows.integer(row, 3).value_or(0),
                                                    std::string(rows.text_or_empty(row, 2))};
  return all;
}

std::int64_t told(const Teachers& teachers, Outcome outcome) {
  return std::count_if(teachers.all().begin(), teachers.all().end(),
                       [&](const Teacher& teacher) { return teacher.outcome == outcome; });
}

void must_be(const std::string& what, std::int64_t is, std::int64_t wanted, Faults& found) {
  if (is != wanted)
    add(found, what + ": " + std::to_string(is) + " instead of " + std::to_string(wanted));
}

bool same(const central::Fingerprint& a, const central::Fingerprint& b) {
  return a.block == b.block && a.rows == b.rows && a.hash == b.hash;
}

}  // namespace

void check_told(const Teachers& teachers, Faults& found) {
  for (const auto& teacher : teachers.all()) {
    if (teacher.outcome == Outcome::none) add(found, teacher.account + " never heard how it ended");
    if (!teacher.strange.empty())
      add(found, teacher.account + " was told what she could not understand: " + teacher.strange);
  }
}

void check_applied(const Teachers& teachers, Site& site, Faults& found) {
  const auto accounts = held(site);
  for (const auto& teacher : teachers.all()) {
    const auto& its = accounts.at(teacher.account);
    const bool applied = teacher.outcome == Outcome::applied;
    // The first version is 1.
    must_be(
        "password changes of " + teacher.account + (applied ? ", told of one" : ", told of none"),
        its.password_version - 1 - its.changed_at_center, applied ? 1 : 0, found);
    if (applied && its.changed_at_center == 0 &&
        !accounts::verify(accounts::Secret(teacher.password), its.verifier))
      add(found, "the password that " + teacher.account + " was told of is not the one in force");
  }
  must_be("operations applied",
          site.number("SELECT count(*) FROM pulih.operation WHERE verdict = 'applied'"),
          told(teachers, Outcome::applied), found);
  must_be("operations superseded",
          site.number("SELECT count(*) FROM pulih.operation WHERE verdict = 'superseded'"),
          told(teachers, Outcome::superseded), found);
  must_be("operations refused since the identity changed",
          site.number("SELECT count(*) FROM pulih.operation WHERE verdict = 'identity_changed'"),
          told(teachers, Outcome::failed), found);
  must_be("operations in all", site.number("SELECT count(*) FROM pulih.operation"),
          static_cast<std::int64_t>(teachers.told()), found);
}

void check_meetings(Site& site, Faults& found) {
  must_be("the gateway's fence", site.number("SELECT fence FROM pulih.gateway"), 1, found);
  must_be("restores of the database", site.number("SELECT rewinds FROM pulih.central"), 0, found);
}

void check_copy(Site& site, Faults& found) {
  const auto ring = accounts::read_ring_of_site(site.folder() / "site.key", site.folder());
  if (!ring) throw std::runtime_error(ring.error());
  must_be("keys that seal", static_cast<std::int64_t>(ring->data.size()), 1, found);
  const accounts::SiteKeys keys(*ring);
  accounts::SystemEntropy entropy;
  central::ReplicaAccounts readers(site.folder() / "replica.db", keys);
  central::Replica replica({site.folder() / "replica.db", site.folder()}, keys, entropy, readers);
  const auto theirs = site.fingerprints();
  const auto ours = replica.fingerprints(0, theirs.empty() ? 0 : theirs.back().block + 1);
  if (!replica.whole() || replica.building()) add(found, "the gateway's copy is not whole");
  if (!std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(), same))
    add(found, "the gateway's copy differs from the database");
  for (const auto& block : ours)
    if (!replica.sound(block.block))
      add(found, "block " + std::to_string(block.block) + " of the copy does not open");

  SQLite::Database state((site.folder() / "state.db").string());
  for (const auto* table : {"operation", "outbound"})
    must_be(std::string("rows left in state.db, ") + table,
            state.execAndGet(std::string("SELECT count(*) FROM ") + table).getInt64(), 0, found);
}

bool copy_agreed_within(const std::string& status, std::int64_t seconds) {
  const auto json = operators::Json::parse(status, nullptr, false);
  if (!json.is_object() || !json.contains("central")) return false;
  const auto& central = json["central"];
  const auto age = operators::field<std::uint64_t>(central, "copy_age_s");
  return operators::field<std::string>(central, "copy") == "whole" && age &&
         static_cast<std::int64_t>(*age) <= seconds;
}

}  // namespace pulih::chaos
