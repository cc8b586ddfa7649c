// Where this gateway stands with a central database that lies elsewhere, as it must survive the
// machine: how often the two have met, which fence it holds, and what was acknowledged in the last
// weeks, in case the database is restored from a backup and has to be told again.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "daemon/engine/ports.hpp"

namespace pulih::engine {

struct Standing {
  std::uint64_t meetings = 0;  // central::Checkpoint
  std::uint64_t draw = 0;
  bool unanswered = false;  // that pair was sent and may not have arrived: it is sent again
  std::uint64_t fence = 0;  // 0: never met
  std::array<std::uint8_t, 16> epoch{};
  // The database may know less than it once acknowledged: what was applied is pushed again, and
  // up to this order that is done.
  bool replaying = false;
  std::uint64_t replayed = 0;
  // So many were pushed again by then, and so many of them are no longer in force.
  std::uint64_t pushed_again = 0, void_again = 0;

  friend bool operator==(const Standing&, const Standing&) = default;
};

// For one thread, which is not the engine's. Each call may throw StoreError.
class StandingStore {
 public:
  virtual ~StandingStore() = default;
  virtual Standing load() = 0;
  // Returns when it is on disk.
  virtual void save(const Standing&) = 0;
  // Operations that were applied, as Store::keep_applied left them, with orders above `after`.
  virtual std::vector<Store::OperationRow> applied(std::uint64_t after, std::size_t most) = 0;
};

}  // namespace pulih::engine
