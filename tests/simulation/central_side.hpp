// What lies between the world's engine and its central database. Either the database is at hand:
// look-ups see the truth, and operations go one at a time. Or it is elsewhere: look-ups see a copy
// in a file, and the real sync makes the copy, follows the database and pushes. It dies with the
// process and begins anew on what the disk holds.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/central/sync.hpp"
#include "tests/simulation/invented_central.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::simulation {

// Look-ups in the central database itself.
class TrueAccounts final : public accounts::AccountLookup {
 public:
  TrueAccounts(const central::InventedCentral& central, const accounts::SiteKeys& keys)
      : central_(central), keys_(keys) {}
  std::optional<accounts::Account> by_id(accounts::AccountKey key) const override;
  std::vector<accounts::Account> by_phone(accounts::Msisdn phone, std::size_t most) const override;

 private:
  accounts::Account account(accounts::AccountKey key,
                            const central::InventedCentral::Truth& row) const;

  const central::InventedCentral& central_;
  const accounts::SiteKeys& keys_;
};

class CentralSide {
 public:
  virtual ~CentralSide() = default;
  // The process begins, and is killed.
  virtual void start(central::Moment now) = 0;
  virtual void kill() = 0;
  virtual const accounts::AccountLookup& accounts() const = 0;
  virtual void push(std::vector<engine::Operation> operations) = 0;
  // What a thread beside the engine would do until now.
  virtual void step(central::Moment now) = 0;
  // It has nothing to do but to look for changes.
  virtual bool idle() const = 0;
  // What is not as it must be after a step.
  virtual std::optional<std::string> wrong() = 0;
  // Where what the engine looks into is not what the database has, row by row.
  virtual std::optional<std::string> differs() = 0;
  // Something happens to what it keeps on the disk. While the process runs only to rows.
  virtual void damage(Seeded& chance, bool running) = 0;
  // Copies that were made anew since the world began.
  virtual std::uint64_t rebuilt() const = 0;
};

struct CentralSideParts {
  central::InventedCentral& central;
  MemoryStore& store;
  const accounts::SiteKeys& keys;
  accounts::Entropy& entropy;
  Seeded& chance;
  // An occurrence for the engine, after so many seconds.
  std::function<void(std::int64_t, engine::Occurrence)> tell_engine;
};
std::unique_ptr<CentralSide> central_at_hand(const CentralSideParts& parts);
std::unique_ptr<CentralSide> central_elsewhere(const CentralSideParts& parts);

}  // namespace pulih::simulation
