// A central account database in the engine's own words, where nothing lies in between: the
// accounts, and a password change that is applied once for each id. Whole worlds have
// InventedCentral, which is behind the ports of daemon/central.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/conversation/effect.hpp"
#include "daemon/engine/occurrence.hpp"

namespace pulih::simulation {

class SimulatedCentral final : public accounts::AccountLookup {
 public:
  struct Row {
    accounts::AccountKey key = 0;
    std::string id;
    std::uint32_t birth_date = 0;
    accounts::Msisdn phone;
    std::string email;
    bool activated = true, locked = false;
    accounts::Instant contact_changed{};
    std::uint32_t password_version = 1, identity_version = 1;
    accounts::Verifier verifier = "old";
    int applications = 0;
  };

  explicit SimulatedCentral(const accounts::SiteKeys& keys) : keys_(keys) {}

  Row& add(std::string id, std::uint32_t birth_date, accounts::Msisdn phone) {
    Row& row = rows_[keys_.account(id)];
    row.key = keys_.account(id);
    row.id = std::move(id);
    row.birth_date = birth_date;
    row.phone = phone;
    return row;
  }

  std::optional<accounts::Account> by_id(accounts::AccountKey key) const override {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return std::nullopt;
    return account(found->second);
  }
  std::vector<accounts::Account> by_phone(accounts::Msisdn phone, std::size_t most) const override {
    std::vector<accounts::Account> found;
    for (const auto& [key, row] : rows_)
      if (row.phone == phone && found.size() < most) found.push_back(account(row));
    return found;
  }

  std::optional<accounts::Instant> as_of() const override { return replica_as_of; }
  // For tests of a gateway with a replica; nothing: it looks at the truth.
  std::optional<accounts::Instant> replica_as_of;

  engine::Pushed::How apply(const conversation::StagePassword& change) {
    const auto done = operations_.find(change.operation);
    if (done != operations_.end()) return done->second;
    return operations_[change.operation] = apply_new(change);
  }

  // Somebody gave the account another telephone; what the feed of changes tells of it.
  engine::ContactChange move(accounts::AccountKey key, accounts::Msisdn phone,
                             accounts::Instant now) {
    Row& row = rows_.at(key);
    const auto old = std::exchange(row.phone, phone);
    row.contact_changed = now;
    ++row.identity_version;
    return {++changes_, key, row.id, old, phone};
  }

  const Row& row(accounts::AccountKey key) const { return rows_.at(key); }
  Row& row(accounts::AccountKey key) { return rows_.at(key); }

 private:
  engine::Pushed::How apply_new(const conversation::StagePassword& change) {
    const auto found = rows_.find(change.account);
    if (found == rows_.end()) return engine::Pushed::How::account_changed;
    auto& row = found->second;
    if (change.identity_version != row.identity_version)
      return engine::Pushed::How::account_changed;
    if (change.password_version != row.password_version) return engine::Pushed::How::superseded;
    ++row.password_version;
    ++row.applications;
    row.verifier = change.verifier;
    return engine::Pushed::How::applied;
  }
  accounts::Account account(const Row& row) const {
    accounts::Account made;
    made.key = row.key;
    made.id = row.id;
    made.birth_date = keys_.birth_date_tag(row.key, row.birth_date);
    made.phone = row.phone;
    made.email = accounts::Secret(row.email);
    made.activated = row.activated;
    made.locked = row.locked;
    made.contact_changed = row.contact_changed;
    made.password_version = row.password_version;
    made.identity_version = row.identity_version;
    return made;
  }

  const accounts::SiteKeys& keys_;
  std::map<accounts::AccountKey, Row> rows_;
  std::map<conversation::OperationId, engine::Pushed::How> operations_;
  std::uint64_t changes_ = 0;
};

}  // namespace pulih::simulation
