// Four networks with two binds each on the loopback interface, the gateway's own carriers and
// engine between them and a store, as in the daemon: links on one thread, the engine on another.
// All teachers visit, then it is seen whether every message came to its end.
#pragma once
#include <array>
#include <atomic>
#include <memory>

#include "daemon/carriers/carriers.hpp"
#include "daemon/engine/engine_thread.hpp"
#include "tests/simulation/carriers/ledger.hpp"
#include "tests/simulation/carriers/school.hpp"
#include "tests/simulation/carriers/visits.hpp"

namespace pulih::simulation {

struct Weather {
  std::uint64_t seed = 1, turns = 20'000;
  // Of the messages that the gateway sends, in per cent: those at which the link is cut, those that
  // are throttled, and those whose answer is kept back.
  double cuts = 1, throttled = 5, kept_back = 0.02;
  std::size_t at_once = 2000;  // teachers who talk
};

class Town final : private carriers::LinkWatcher, private engine::Watcher {
 public:
  Town(const Weather& weather, engine::Store& store);
  ~Town() override;

  // Until everything is over, or nothing has happened for a long time although somebody waits.
  // `progress` hears now and then how many messages were written.
  void run(const std::function<void(std::uint64_t written)>& progress);

  const Visits& visits() const { return visits_; }
  const School& school() const { return school_; }
  Ledger::Sums sums() const { return ledger_.sums(); }
  std::vector<std::string> told() const { return ledger_.told(); }
  // Rows that are left in the store; once it has run.
  std::size_t rows_left() const { return rows_left_; }
  std::uint64_t throttled() const { return throttled_; }
  // Messages of teachers that were refused for want of room, and brought again.
  std::uint64_t refused() const { return refused_; }
  // What the engine noticed that has no place in this town.
  std::uint64_t notices() const { return notices_; }

 private:
  void noticed(const carriers::LinkNotice& notice) override;
  void noticed(const engine::Notice& notice) override {
    if (notice.what != engine::Notice::What::password_applied) ++notices_;
  }
  std::vector<carriers::Profile> profiles() const;
  std::vector<std::unique_ptr<phone::SimulatedCarrier>> open_networks(const Weather& weather);
  engine::Instant now() const;
  bool pass_on();
  void go_on(const std::function<bool()>& over);

  Seeded chance_;
  Seeded entropy_;
  const accounts::SiteKeys keys_;
  boost::asio::io_context io_{1};
  engine::Store& store_;
  const std::unique_ptr<const conversation::Phrasebook> phrasebook_;
  conversation::Policy policy_;
  // What the links bring, and what of it has come to the engine: between them each end of a message
  // is written down at once, before the links do anything else.
  // More at once than the first one holds is refused, and brought again.
  engine::Intake brought_{32}, intake_{100'000};
  Visits visits_;
  School school_;
  std::uint64_t connections_ = 0;
  std::vector<std::unique_ptr<phone::SimulatedCarrier>> networks_;
  carriers::Carriers carriers_;
  Ledger ledger_;
  std::atomic<std::uint64_t> shown_{0};  // the clock: it stands still when nothing is said
  std::uint64_t throttled_ = 0, refused_ = 0;
  std::size_t rows_left_ = 0;
  std::atomic<std::uint64_t> notices_{0};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::EngineThread> thread_;
};

}  // namespace pulih::simulation
