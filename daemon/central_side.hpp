// The daemon's side towards the central account database, put together as the configuration names
// its driver: who looks accounts up, who pushes what teachers did, and what an operator hears of
// it. With the embedded driver the database is a file beside the daemon; with every other one a
// copy of its accounts is followed, and until the first copy is whole no carrier is bound.
#pragma once
#include <functional>
#include <memory>

#include "config/settings.hpp"
#include "daemon/accounts/account.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/operator/journal.hpp"
#include "daemon/operator/json.hpp"

namespace pulih {

class CentralSide {
 public:
  struct Around {
    const config::Settings& settings;
    const accounts::SiteKeys& keys;
    operators::Journal& journal;
    std::uint64_t contact_cursor = 0;
    std::function<void(engine::Occurrence)> tell_engine;  // from any thread
    // From any thread: ready() or fenced() may say something else now.
    std::function<void()> changed;
  };
  // Throws central::Unavailable or engine::StoreError.
  static std::unique_ptr<CentralSide> of(const Around& around);
  virtual ~CentralSide() = default;

  virtual const accounts::AccountLookup& accounts() const = 0;
  virtual engine::Pusher& pusher() = 0;
  // Rises while its thread lives.
  virtual std::uint64_t heartbeat() const = 0;
  // There are accounts to look up.
  virtual bool ready() const { return true; }
  // Another copy of this gateway has taken its place: the process ends.
  virtual bool fenced() const { return false; }
  // For `pulihctl status`.
  operators::Json told(const engine::Engine::Counts& counts) const;

 private:
  virtual operators::Json told() const = 0;
};

}  // namespace pulih
