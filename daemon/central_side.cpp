// See central_side.hpp. A driver is made in one place (driver_of), and nothing else asks which one
// it is.
#include "daemon/central_side.hpp"

#include <atomic>
#include <chrono>

#include "daemon/central/embedded.hpp"
#include "daemon/central/postgresql.hpp"
#include "daemon/central/push_thread.hpp"
#include "daemon/central/sync_thread.hpp"
#include "daemon/hub/hub_central.hpp"
#include "daemon/operator/events.hpp"
#include "daemon/operator/sync_report.hpp"
#include "daemon/operator/told_once.hpp"
#include "daemon/store/standing.hpp"
#include "daemon/wall_clock.hpp"

namespace pulih {
namespace {

using central::News;
using operators::Json;

central::Moment moment() {
  return {std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
          std::chrono::duration_cast<central::Steady>(
              std::chrono::steady_clock::now().time_since_epoch())};
}

// ---- the database is a file here

class EmbeddedSide final : public CentralSide {
 public:
  EmbeddedSide(const Around& around, const std::filesystem::path& database)
      : central_(database, around.keys, entropy_),
        accounts_(database, around.keys),
        pusher_(central_, central_, around.contact_cursor, std::chrono::seconds{1},
                {around.tell_engine,
                 [this, &journal = around.journal](const central::Unavailable& fault) {
                   if (once_.anew(fault.why))
                     journal.event(operators::event::central_unavailable, fault.why);
                 },
                 wall_clock}) {}

  const accounts::AccountLookup& accounts() const override { return accounts_; }
  engine::Pusher& pusher() override { return pusher_; }
  std::uint64_t heartbeat() const override { return pusher_.heartbeat(); }

 private:
  Json told() const override { return {{"driver", "embedded"}}; }

  accounts::SystemEntropy entropy_;  // of the pushing thread, as what follows
  central::EmbeddedCentral central_;
  central::EmbeddedAccounts accounts_;
  operators::ToldOnce once_;
  central::PushThread pusher_;
};

// ---- the database is elsewhere

struct Driver {
  const char* name = "";
  std::unique_ptr<central::Central> owner;
  central::AccountSource* accounts = nullptr;
  central::ContactFeed* contacts = nullptr;
  std::function<void()> interrupt;               // ends the call under way, from another thread
  std::function<central::TcpTraffic()> traffic;  // octets since the start
  std::filesystem::path replica;
  std::chrono::seconds poll{};
};

template <class Made>
Driver driver(const char* name, std::unique_ptr<Made> made, const config::Following& following) {
  Driver driver;
  driver.name = name;
  driver.accounts = made.get();
  driver.contacts = made.get();
  driver.owner = std::move(made);
  driver.replica = following.replica;
  driver.poll = following.poll;
  return driver;
}

Driver driver_of(const CentralSide::Around& around, const config::PostgresqlCentral& settings) {
  central::PostgresqlPlace place{settings.uri, settings.password.duplicate(),
                                 "pulihd " + around.settings.site};
  auto made = std::make_unique<central::PostgresqlCentral>(std::move(place), &around.keys);
  auto* const its = made.get();
  auto driver = pulih::driver("postgresql", std::move(made), settings);
  driver.interrupt = [its] { its->interrupt(); };
  driver.traffic = [its] { return its->traffic(); };
  return driver;
}

Driver driver_of(const CentralSide::Around& around, const config::HubCentral& settings) {
  const auto& tls = settings.tls;
  auto made = std::make_unique<hub::HubCentral>(
      hub::HubCentral::Settings{
          .address = {settings.address.host, settings.address.port},
          .tls = {tls.ca, tls.server_name.empty() ? settings.address.host : tls.server_name,
                  tls.certificate, tls.key, "the hub", true}},
      [&keys = around.keys](std::string_view id) { return keys.account(id); });
  auto* const its = made.get();
  auto driver = pulih::driver("hub", std::move(made), settings);
  driver.interrupt = [its] { its->interrupt(); };
  driver.traffic = [its] { return central::TcpTraffic{its->traffic().in, its->traffic().out}; };
  return driver;
}

class FollowedSide final : public CentralSide {
 public:
  FollowedSide(const Around& around, Driver driver)
      : driver_(std::move(driver)),
        report_(around.journal),
        changed_(around.changed),
        standing_(around.settings.state_dir),
        readers_(driver_.replica, around.keys),
        replica_({driver_.replica, around.settings.state_dir}, around.keys, entropy_, readers_),
        ready_(replica_.whole()),
        sync_({*driver_.owner, *driver_.accounts, *driver_.contacts, replica_, readers_, standing_,
               around.keys, entropy_},
              around.contact_cursor, pace_of(around.settings, driver_),
              {around.tell_engine, [this](const News& news) { tell(news); }}, moment()),
        thread_(std::make_unique<central::SyncThread>(sync_, moment)) {}

  ~FollowedSide() override {
    driver_.interrupt();
    thread_.reset();
  }

  const accounts::AccountLookup& accounts() const override { return readers_; }
  engine::Pusher& pusher() override { return *thread_; }
  std::uint64_t heartbeat() const override { return thread_->heartbeat(); }
  bool ready() const override { return ready_; }
  bool fenced() const override { return fenced_; }

 private:
  Json told() const override;
  static central::Pace pace_of(const config::Settings& settings, const Driver& driver) {
    central::Pace pace;
    pace.poll = driver.poll;
    pace.batch = settings.limits.push_batch;
    return pace;
  }
  void tell(const News& news);

  Driver driver_;
  operators::SyncReport report_;
  const std::function<void()> changed_;
  accounts::SystemEntropy entropy_;  // of the sync's thread, as what follows
  store::SqliteStanding standing_;
  central::ReplicaAccounts readers_;
  central::Replica replica_;
  std::atomic<bool> ready_, fenced_ = false;
  central::Sync sync_;
  std::unique_ptr<central::SyncThread> thread_;
};

void FollowedSide::tell(const News& news) {
  using What = News::What;
  report_.tell(news);
  if (news.what == What::fenced) fenced_ = true;
  if (news.what == What::first_copy || news.what == What::exchanged) ready_ = true;
  if (fenced_ || ready_) changed_();
}

Json FollowedSide::told() const {
  Json json{{"driver", driver_.name}};
  json.update(operators::told(sync_.figures(), wall_clock()));
  const auto traffic = driver_.traffic();
  json["octets_in"] = traffic.in;
  json["octets_out"] = traffic.out;
  return json;
}

}  // namespace

Json CentralSide::told(const engine::Engine::Counts& counts) const {
  auto json = told();
  json["operations_refused"] = counts.operations_refused;
  json["operations_superseded"] = counts.operations_superseded;
  if (const auto oldest = counts.oldest_operation)
    json["oldest_operation_s"] =
        static_cast<std::uint64_t>(std::max<std::int64_t>((wall_clock() - *oldest).count(), 0));
  return json;
}

std::unique_ptr<CentralSide> CentralSide::of(const Around& around) {
  const auto& central = around.settings.central;
  if (const auto* embedded = std::get_if<config::EmbeddedCentral>(&central))
    return std::make_unique<EmbeddedSide>(around, embedded->database);
  if (const auto* postgresql = std::get_if<config::PostgresqlCentral>(&central))
    return std::make_unique<FollowedSide>(around, driver_of(around, *postgresql));
  return std::make_unique<FollowedSide>(around,
                                        driver_of(around, std::get<config::HubCentral>(central)));
}

}  // namespace pulih
