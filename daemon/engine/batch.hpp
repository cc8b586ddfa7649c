// The people and guards that one batch touches, as they stand inside its transaction: loaded and
// opened once, changed by turn after turn, sealed and saved once at the end.
#pragma once
#include <unordered_map>
#include <vector>

#include "daemon/conversation/record.hpp"
#include "daemon/conversation/turn.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::engine {

class Batch final : public conversation::Ledger {
 public:
  Batch(Store& store, const accounts::SiteKeys& keys, accounts::Entropy& entropy, Watcher& watcher,
        conversation::Language language)
      : store_(store), keys_(keys), entropy_(entropy), watcher_(watcher), language_(language) {}

  // Take a person out for a turn and put her back after it.
  conversation::Person take(accounts::PersonKey key, accounts::Msisdn number);
  void put(accounts::PersonKey key, conversation::Person person, bool changed);
  // As `take`, for one that is known by its key only: nobody if there is no such row.
  std::optional<conversation::Person> take_known(accounts::PersonKey key);

  conversation::Guard& guard(accounts::AccountKey account) override;

  bool touched(Table table, std::uint64_t key) const {
    return table == Table::person ? people_.contains(key) : guards_.contains(key);
  }

  // Everything changed goes to the store, in the order of first touch.
  void save();
  // Back to nothing, for the next batch or after a roll-back.
  void clear();

 private:
  struct PersonEntry {
    conversation::Person person;
    bool changed = false;
  };
  struct GuardEntry {
    conversation::Guard guard;
    accounts::WipedBytes stored;  // what its row says; a turn that only looks leaves it as it is
  };
  std::optional<accounts::WipedBytes> load(Table table, std::uint64_t key);

  Store& store_;
  const accounts::SiteKeys& keys_;
  accounts::Entropy& entropy_;
  Watcher& watcher_;
  conversation::Language language_;
  std::unordered_map<accounts::PersonKey, PersonEntry> people_;
  std::unordered_map<accounts::AccountKey, GuardEntry> guards_;
  std::vector<accounts::PersonKey> people_order_;
  std::vector<accounts::AccountKey> guards_order_;
};

// The names under which rows are sealed (the "table" of SiteKeys::seal).
inline constexpr std::string_view person_seal = "person";
inline constexpr std::string_view guard_seal = "guard";

}  // namespace pulih::engine
