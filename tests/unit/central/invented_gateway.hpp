// A gateway around the sync, for tests: a copy in a folder of its own, an engine that keeps its
// operations until they are answered, and a clock that the test moves. It can be killed and started
// again on what its disk holds.
#pragma once
#include <deque>
#include <map>

#include "daemon/central/sync.hpp"
#include "daemon/engine/rows.hpp"
#include "tests/simulation/invented_central.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {

using namespace std::chrono_literals;

class KeptStanding final : public engine::StandingStore {
 public:
  engine::Standing load() override { return standing; }
  void save(const engine::Standing& next) override { standing = next; }
  std::vector<engine::Store::OperationRow> applied(std::uint64_t after, std::size_t most) override {
    std::vector<engine::Store::OperationRow> page;
    for (const auto& row : rows)
      if (row.order > after && page.size() < most) page.push_back(row);
    return page;
  }

  engine::Standing standing;
  std::vector<engine::Store::OperationRow> rows;
};

class InventedGateway {
 public:
  explicit InventedGateway(InventedCentral& to, std::uint64_t seed = 7)
      : central(to), chance(seed) {
    start();
  }

  void start() {
    if (sync_) kill();
    readers = std::make_unique<ReplicaAccounts>(file, keys);
    replica =
        std::make_unique<Replica>(ReplicaPlace{file, file.parent_path()}, keys, chance, *readers);
    sync_ = std::make_unique<Sync>(
        Sync::Parts{central, central, central, *replica, *readers, standing, keys, chance},
        contact_cursor, pace,
        Sync::Calls{[this](engine::Occurrence what) { hear(what); },
                    [this](const News& what) { news.push_back(what); }},
        now);
  }
  void kill() {
    sync_.reset();
    replica.reset();
    readers.reset();
    in_flight.clear();
  }
  Sync& sync() { return *sync_; }

  // Somebody wants a new password on the versions that the copy shows now. False: it shows none.
  bool stage(const std::string& id) {
    std::optional<accounts::Account> account;
    try {
      readers->look_anew();
      account = readers->by_id(keys.account(id));
    } catch (const engine::StoreError&) {
      return false;
    }
    if (!account) return false;
    engine::Operation operation;
    auto& wanted = operation.password;
    chance.fill(wanted.operation);
    wanted.account = account->key;
    wanted.id = account->id;
    wanted.password_version = account->password_version;
    wanted.identity_version = account->identity_version;
    wanted.verifier = "new " + std::to_string(++staged);
    waiting[wanted.operation] = std::move(wanted);
    return true;
  }

  // One step, and the clock moves to when there is something to do.
  void step() {
    push();
    const auto until = sync_->step(now);
    if (until > now.steady) pass(std::min<Steady>(until - now.steady, 1min));
  }
  void pass(Steady time) {
    now.steady += time;
    now.wall += std::chrono::ceil<std::chrono::seconds>(time);
  }
  void steps(int count) {
    for (int i = 0; i < count && !sync_->fenced(); ++i) step();
  }
  // Until it has nothing to do but to poll, and a comparison of everything has ended. Polls are
  // rarer meanwhile: what is looked for is the end.
  void settle() {
    const auto end = now.steady + 26h;
    while (now.steady < end && !sync_->fenced()) {
      const auto before = now.steady;
      step();
      if (now.steady > before && waiting.empty()) pass(5min);
    }
  }

  // The copy has what the central database has, row for row.
  bool agrees() {
    std::map<std::uint64_t, Fingerprint> ours;
    for (const auto& each : replica->fingerprints(0, 1'000)) ours[each.block] = each;
    const auto theirs = central.fingerprints(0, 1'000);
    if (!theirs || theirs->size() != ours.size()) return false;
    for (const auto& each : *theirs)
      if (!ours.contains(each.block) || !same(ours[each.block], each)) return false;
    for (const auto& [number, row] : central.state.rows) {
      if (row.gone) continue;
      readers->look_anew();
      const auto found = readers->by_id(keys.account(row.id));
      if (!found || found->phone.value() != row.phone ||
          found->password_version != row.password_version)
        return false;
    }
    return true;
  }
  int told(News::What what) const {
    int count = 0;
    for (const auto& each : news) count += each.what == what;
    return count;
  }

  InventedCentral& central;
  simulation::Seeded chance;
  accounts::TemporaryFolder folder;
  std::filesystem::path file = folder / "replica.db";
  accounts::SiteKeys keys{invented_key(7)};
  Moment now{accounts::Instant{1'700'000'000s}, Steady{1h}};
  Pace pace;
  KeptStanding standing;
  std::unique_ptr<ReplicaAccounts> readers;
  std::unique_ptr<Replica> replica;
  std::vector<News> news;
  // What the engine would hold.
  std::map<OperationId, conversation::StagePassword> waiting;
  std::map<OperationId, engine::Pushed::How> answered;
  std::set<OperationId> in_flight;
  int staged = 0;
  std::uint64_t contact_cursor = 0;
  std::vector<std::string> contacts_told;  // whose old contact was told

 private:
  void push() {
    std::vector<engine::Operation> operations;
    for (const auto& [id, wanted] : waiting) {
      if (!in_flight.insert(id).second) continue;
      auto& operation = operations.emplace_back();
      operation.password.operation = wanted.operation;
      operation.password.account = wanted.account;
      operation.password.id = wanted.id;
      operation.password.password_version = wanted.password_version;
      operation.password.identity_version = wanted.identity_version;
      operation.password.verifier = wanted.verifier;
    }
    if (!operations.empty()) sync_->add(std::move(operations));
  }
  void hear(const engine::Occurrence& what) {
    if (const auto* change = std::get_if<engine::ContactChange>(&what)) {
      contact_cursor = change->cursor;
      if (!change->old_phone.empty()) contacts_told.push_back(change->id);
    }
    const auto* pushed = std::get_if<engine::Pushed>(&what);
    if (!pushed) return;
    in_flight.erase(pushed->operation);
    if (!pushed->settles()) return;
    const auto found = waiting.find(pushed->operation);
    if (found == waiting.end()) return;
    answered[pushed->operation] = pushed->how;
    if (pushed->how == engine::Pushed::How::applied) {
      engine::WaitingOperation kept;
      kept.operation.password = std::move(found->second);
      const auto id = pushed->operation;
      standing.rows.push_back({standing.rows.size() + 1, id, engine::seal(kept, id, keys, chance)});
    }
    waiting.erase(found);
  }

  std::unique_ptr<Sync> sync_;
};

}  // namespace pulih::central
