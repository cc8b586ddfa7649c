// See central_side.hpp: the database elsewhere. The calls of a step take no time, but only a few of
// them come through between two batches of the engine, as on a slow link.
#include <algorithm>
#include <fstream>
#include <string>
#include <tuple>
#include <utility>

#include "tests/simulation/central_side.hpp"

namespace pulih::simulation {
namespace {

using central::News;
using std::chrono::minutes;
using std::chrono::seconds;

bool same(const std::optional<accounts::Account>& a, const std::optional<accounts::Account>& b) {
  if (!a || !b) return !a && !b;
  const auto all = [](const accounts::Account& each) {
    return std::tuple(each.key, each.id, each.birth_date, each.phone.value(),
                      std::string(each.email.reveal()), each.activated, each.locked,
                      each.contact_changed, each.password_version, each.identity_version);
  };
  return all(*a) == all(*b);
}

class Elsewhere final : public CentralSide {
 public:
  explicit Elsewhere(const CentralSideParts& parts)
      : parts_(parts), calls_(parts.chance.between(2, 12)) {
    auto& chance = parts.chance;
    pace_.poll = seconds{chance.between(5, 40)};
    pace_.compare_first = minutes{chance.between(1, 40)};
    pace_.compare_every = minutes{chance.between(10, 60)};
    pace_.page = static_cast<std::size_t>(chance.between(1, 8));
    pace_.batch = static_cast<std::size_t>(chance.between(1, 4));
    pace_.fingerprints = static_cast<std::size_t>(chance.between(1, 4));
    pace_.contact_page = static_cast<std::size_t>(chance.between(1, 3));
    const std::int64_t year = 366 * 86'400;
    if (chance.chance(500)) parts.central.clock_ahead = seconds{chance.between(-year, year)};
  }

  void start(central::Moment now) override {
    begun_ = true;
    readers_ = std::make_unique<central::ReplicaAccounts>(file_, parts_.keys);
    replica_ = std::make_unique<central::Replica>(central::ReplicaPlace{file_, file_.parent_path()},
                                                  parts_.keys, parts_.entropy, *readers_);
    sync_ = std::make_unique<central::Sync>(
        central::Sync::Parts{parts_.central, parts_.central, parts_.central, *replica_, *readers_,
                             parts_.store, parts_.keys, parts_.entropy},
        parts_.store.contact_changes_heard(), pace_,
        central::Sync::Calls{
            [this](engine::Occurrence what) { parts_.tell_engine(0, std::move(what)); },
            [this](const News& news) { hear(news); }},
        now);
  }
  void kill() override {
    sync_.reset();
    replica_.reset();
    readers_.reset();
  }
  const accounts::AccountLookup& accounts() const override { return *readers_; }
  void push(std::vector<engine::Operation> operations) override {
    sync_->add(std::move(operations));
  }

  void step(central::Moment now) override {
    const auto places = parts_.central.state.places;
    const bool begun = std::exchange(begun_, false);
    waits_ = exchanged_ = false;
    for (std::int64_t i = 0; i < calls_ && !waits_; ++i) waits_ = sync_->step(now) > now.steady;
    const auto figures = sync_->figures();
    agreed_ = !begun && !exchanged_ && !unknown_damage_ && figures.whole && !figures.building &&
              figures.agreed == now.wall && places == parts_.central.state.places;
  }
  bool idle() const override {
    const auto figures = sync_->figures();
    return waits_ && figures.met && figures.whole && !figures.building && !figures.replaying;
  }

  std::optional<std::string> wrong() override {
    if (!wrong_.empty()) return wrong_;
    if (agreed_ && !same_fingerprints()) return "the copy agrees and is another one";
    return std::nullopt;
  }
  std::optional<std::string> differs() override;
  void damage(Seeded& chance, bool running) override;
  std::uint64_t rebuilt() const override { return copies_ > 0 ? copies_ - 1 : 0; }

 private:
  void damage_row(std::int64_t row);
  void hear(const News& news) {
    switch (news.what) {
      case News::What::first_copy:
      case News::What::exchanged:
        ++copies_;
        exchanged_ = true;
        unknown_damage_ = false;
        return;
      case News::What::damaged:
        if (!damaged_) wrong_ = "damage where there is none: " + news.text;
        return;
      case News::What::refused:
      case News::What::fenced:
      case News::What::fence_raised:
        wrong_ = "the only gateway was refused or fenced: " + news.text;
        return;
      default:
        return;
    }
  }
  bool same_fingerprints() {
    const auto ours = replica_->fingerprints(0, most_blocks);
    const auto theirs = parts_.central.fingerprints_of_all();
    return std::ranges::equal(ours, theirs, central::same);
  }

  static constexpr std::uint64_t most_blocks = 1'000;
  const CentralSideParts parts_;
  const std::int64_t calls_;
  central::Pace pace_;
  accounts::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "replica.db";
  std::unique_ptr<central::ReplicaAccounts> readers_;
  std::unique_ptr<central::Replica> replica_;
  std::unique_ptr<central::Sync> sync_;
  std::uint64_t copies_ = 0;
  std::string wrong_;
  // Of the last step: all was done; the copy was exchanged; it says that it agrees.
  bool waits_ = false, exchanged_ = false, agreed_ = false;
  bool begun_ = false;
  // Whether anything was ever damaged; and since this copy was made, in a way that only a
  // comparison finds.
  bool damaged_ = false, unknown_damage_ = false;
};

// Row by row, as the engine looks at them.
std::optional<std::string> Elsewhere::differs() {
  if (!same_fingerprints()) return "the copy has other rows than the database";
  const TrueAccounts truth(parts_.central, parts_.keys);
  try {
    readers_->look_anew();
    for (const auto& [number, row] : parts_.central.state.rows) {
      const auto key = parts_.keys.account(row.id);
      if (!same(readers_->by_id(key), truth.by_id(key))) return "the copy's row of " + row.id;
      const auto phone = accounts::Msisdn::from_value(row.phone);
      const auto ours = readers_->by_phone(phone, 4), theirs = truth.by_phone(phone, 4);
      if (!std::ranges::equal(ours, theirs, {}, &accounts::Account::key, &accounts::Account::key))
        return "the copy's accounts of the telephone of " + row.id;
    }
  } catch (const engine::StoreError& error) {
    return std::string("the copy cannot be looked into: ") + error.what();
  }
  return std::nullopt;
}

void Elsewhere::damage_row(std::int64_t row) {
  try {
    SQLite::Database database(file_.string(), SQLite::OPEN_READWRITE, 1'000);
    database.exec(
        "UPDATE account SET part = zeroblob(length(part)) WHERE number IN "
        "(SELECT number FROM account ORDER BY number LIMIT 1 OFFSET " +
        std::to_string(row) + ")");
  } catch (const SQLite::Exception&) {
    // The file is damaged already, and nobody has looked.
  }
}

void Elsewhere::damage(Seeded& chance, bool running) {
  if (!std::filesystem::exists(file_)) return;
  damaged_ = true;
  if (running) return damage_row(chance.between(0, 20));
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(file_));
  constexpr std::int64_t page = 4096;
  if (size < 2 * page) return;  // as above
  const auto zero = [&](std::int64_t at, std::int64_t count) {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << std::string(static_cast<std::size_t>(count), '\0');
  };
  unknown_damage_ = true;
  switch (chance.between(0, 3)) {
    case 0:
      return std::filesystem::resize_file(
          file_, static_cast<std::uintmax_t>(size * chance.between(0, 99) / 100));
    case 1:
      return zero(0, 100);
    case 2:
      return zero(chance.between(1, size / page - 1) * page, page);
    default:
      return void(std::filesystem::remove(file_));
  }
}

}  // namespace

std::unique_ptr<CentralSide> central_elsewhere(const CentralSideParts& parts) {
  return std::make_unique<Elsewhere>(parts);
}

}  // namespace pulih::simulation
