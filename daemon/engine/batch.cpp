// See batch.hpp. A row that does not open is reported and treated as absent: one teacher begins
// anew, and the daemon serves the others.
#include "daemon/engine/batch.hpp"

namespace pulih::engine {

using conversation::Guard;
using conversation::Person;

std::optional<accounts::WipedBytes> Batch::load(Table table, std::uint64_t key) {
  const auto row = store_.load(table, key);
  if (!row) return std::nullopt;
  auto plain = keys_.open(*row, table == Table::person ? person_seal : guard_seal, key);
  if (!plain)
    watcher_.noticed({Notice::What::record_damaged, table == Table::person ? "person" : "guard"});
  return plain;
}

std::optional<Person> Batch::take_known(accounts::PersonKey key) {
  if (const auto found = people_.find(key); found != people_.end())
    return std::move(found->second.person);
  auto plain = load(Table::person, key);
  if (!plain) return std::nullopt;
  auto person = conversation::read_person(*plain);
  if (!person) watcher_.noticed({Notice::What::record_damaged, "person"});
  return person;
}

Person Batch::take(accounts::PersonKey key, accounts::Msisdn number) {
  auto known = take_known(key);
  if (known && known->number == number) return std::move(*known);
  Person fresh;
  fresh.number = number;
  fresh.language = language_;
  return fresh;
}

void Batch::put(accounts::PersonKey key, Person person, bool changed) {
  const auto [entry, added] = people_.try_emplace(key);
  if (added) people_order_.push_back(key);
  entry->second.person = std::move(person);
  entry->second.changed |= changed;
}

Guard& Batch::guard(accounts::AccountKey account) {
  const auto [entry, added] = guards_.try_emplace(account);
  if (added) {
    guards_order_.push_back(account);
    if (auto plain = load(Table::guard, account)) {
      auto guard = conversation::read_guard(*plain);
      if (guard)
        entry->second = {std::move(*guard), std::move(*plain)};
      else
        watcher_.noticed({Notice::What::record_damaged, "guard"});
    }
  }
  return entry->second.guard;
}

void Batch::save() {
  accounts::WipedBytes plain;
  for (const auto key : people_order_) {
    const auto& entry = people_.at(key);
    if (!entry.changed) continue;
    plain.clear();
    conversation::write(entry.person, plain);
    store_.save(Table::person, key, keys_.seal(plain, person_seal, key, entropy_));
  }
  for (const auto key : guards_order_) {
    plain.clear();
    const auto& entry = guards_.at(key);
    conversation::write(entry.guard, plain);
    if (plain == entry.stored) continue;
    store_.save(Table::guard, key, keys_.seal(plain, guard_seal, key, entropy_));
  }
}

void Batch::clear() {
  people_.clear();
  guards_.clear();
  people_order_.clear();
  guards_order_.clear();
}

}  // namespace pulih::engine
