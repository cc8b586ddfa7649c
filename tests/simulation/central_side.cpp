// See central_side.hpp: the database at hand, as PushThread works with it.
#include "tests/simulation/central_side.hpp"

#include <algorithm>

#include "daemon/central/pushing.hpp"

namespace pulih::simulation {

using accounts::Account;
using central::InventedCentral;

Account TrueAccounts::account(accounts::AccountKey key, const InventedCentral::Truth& row) const {
  Account made;
  made.key = key;
  made.id = row.id;
  made.birth_date = keys_.birth_date_tag(key, row.birth_date);
  made.phone = accounts::Msisdn::from_value(row.phone);
  made.email = accounts::Secret(row.email);
  made.locked = row.locked;
  made.contact_changed = row.contact_changed;
  made.password_version = row.password_version;
  made.identity_version = row.identity_version;
  return made;
}

std::optional<Account> TrueAccounts::by_id(accounts::AccountKey key) const {
  for (const auto& [number, row] : central_.state.rows)
    if (!row.gone && keys_.account(row.id) == key) return account(key, row);
  return std::nullopt;
}

std::vector<Account> TrueAccounts::by_phone(accounts::Msisdn phone, std::size_t most) const {
  std::vector<Account> found;
  for (const auto& [number, row] : central_.state.rows)
    if (!row.gone && row.phone == phone.value())
      found.push_back(account(keys_.account(row.id), row));
  std::ranges::sort(found, {}, &Account::key);
  if (found.size() > most) found.resize(most);
  return found;
}

namespace {

class AtHand final : public CentralSide {
 public:
  explicit AtHand(const CentralSideParts& parts)
      : parts_(parts), accounts_(parts.central, parts.keys) {}

  void start(central::Moment now) override {
    now_ = now;
    contact_cursor_ = parts_.store.contact_changes_heard();
  }
  void kill() override {}
  const accounts::AccountLookup& accounts() const override { return accounts_; }

  void push(std::vector<engine::Operation> operations) override {
    for (const auto& operation : operations)
      for (auto& pushed : central::push_to(parts_.central, {&operation, 1}, now_.wall).pushed)
        parts_.tell_engine(parts_.chance.between(1, 30), pushed);
  }
  void step(central::Moment now) override {
    now_ = now;
    constexpr std::size_t page = 100;
    auto changes = parts_.central.contact_changes(contact_cursor_, page);
    if (!changes) return;
    for (auto& change : *changes) {
      contact_cursor_ = change.cursor;
      parts_.tell_engine(0,
                         engine::ContactChange{change.cursor, change.account, std::move(change.id),
                                               change.old_phone, change.new_phone});
    }
  }
  bool idle() const override { return true; }
  std::optional<std::string> wrong() override { return std::nullopt; }
  std::optional<std::string> differs() override { return std::nullopt; }
  void damage(Seeded&, bool) override {}
  std::uint64_t rebuilt() const override { return 0; }

 private:
  const CentralSideParts parts_;
  TrueAccounts accounts_;
  central::Moment now_;
  std::uint64_t contact_cursor_ = 0;
};

}  // namespace

std::unique_ptr<CentralSide> central_at_hand(const CentralSideParts& parts) {
  return std::make_unique<AtHand>(parts);
}

}  // namespace pulih::simulation
