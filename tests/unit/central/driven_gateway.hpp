// A gateway around the sync, for tests: a copy in a folder of its own, an engine that keeps its
// operations until they are answered, and a clock that the test moves. It can be killed and started
// again on what its disk holds. To which central database it speaks is told by whoever starts it.
#pragma once
#include <map>
#include <ranges>

#include "daemon/central/block_hash.hpp"
#include "daemon/central/sync.hpp"
#include "daemon/engine/rows.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::central {

using namespace std::chrono_literals;

class KeptStanding final : public engine::StandingStore {
 public:
  engine::Standing load() override { return standing; }
  void save(const engine::Standing& next) override {
    around_save();
    standing = next;
    around_save();
  }
  std::vector<engine::Store::OperationRow> applied(std::uint64_t after, std::size_t most) override {
    std::vector<engine::Store::OperationRow> page;
    for (const auto& row : rows)
      if (row.order > after && page.size() < most) page.push_back(row);
    return page;
  }

  engine::Standing standing;
  std::vector<engine::Store::OperationRow> rows;
  std::function<void()> around_save = [] {};  // before and after
};

class DrivenGateway {
 public:
  struct Links {
    Central& central;
    AccountSource& source;
    ContactFeed& contacts;
  };

  DrivenGateway(const accounts::SiteKey& key, std::uint64_t seed) : chance(seed), keys(key) {}

  void start_on(const Links& to) {
    kill();
    readers = std::make_unique<ReplicaAccounts>(file, keys);
    replica =
        std::make_unique<Replica>(ReplicaPlace{file, file.parent_path()}, keys, sealing_, *readers);
    sync_ = std::make_unique<Sync>(
        Sync::Parts{to.central, to.source, to.contacts, *replica, *readers, standing, keys, chance},
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
  // What a backup of the other one's disk would bring here.
  void restore_from(const DrivenGateway& other) {
    kill();
    std::filesystem::copy_file(other.file, file, std::filesystem::copy_options::overwrite_existing);
    standing = other.standing;
    waiting = other.waiting;
    contact_cursor = other.contact_cursor;
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
    wanted.verifier = "$argon2id$new." + std::to_string(++staged);
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
  // Until what waits is answered; while the database is away it is asked for again each second.
  void until_answered() {
    for (int i = 0; i < 500 && !waiting.empty() && !sync_->fenced(); ++i) {
      step();
      pass(1s);
    }
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

  // The copy has what that source has, block for block.
  bool agrees_with(AccountSource& source) {
    const auto theirs = source.fingerprints(0, 1'000);
    return theirs && std::ranges::equal(replica->fingerprints(0, 1'000), *theirs,
                                        [](const auto& a, const auto& b) { return same(a, b); });
  }
  std::size_t answered_as(engine::Pushed::How how) const {
    return static_cast<std::size_t>(std::ranges::count(std::views::values(answered), how));
  }
  int told(News::What what) const {
    int count = 0;
    for (const auto& each : news) count += each.what == what;
    return count;
  }

  simulation::Seeded chance;
  std::function<void()> around_entropy = [] {};  // before a row of the copy is sealed
  accounts::TemporaryFolder folder;
  std::filesystem::path file = folder / "replica.db";
  accounts::SiteKeys keys;
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
      operations.emplace_back().password = wanted;
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

  struct Sealing final : accounts::Entropy {
    explicit Sealing(DrivenGateway& gateway) : of(gateway) {}
    void fill(std::span<std::uint8_t> out) override {
      of.around_entropy();
      of.chance.fill(out);
    }
    DrivenGateway& of;
  };
  Sealing sealing_{*this};
  std::unique_ptr<Sync> sync_;
};

}  // namespace pulih::central
