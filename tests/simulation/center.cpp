// What happens at the central database meanwhile: others register telephones, lock accounts, move
// and delete them and change passwords, the way to it is lost, and it is restored from a backup.
#include <algorithm>

#include "tests/simulation/world.hpp"

namespace pulih::simulation {

namespace {
constexpr std::int64_t hour = 3600;
}  // namespace

// Of rows that had this id the one that is there, or else the last.
std::uint64_t World::number_of(accounts::AccountKey account) const {
  std::uint64_t last = 0;
  for (const auto& [number, row] : central_.state.rows) {
    if (row.id != ids_.at(account)) continue;
    last = number;
    if (!row.gone) return number;
  }
  return last;
}

const World::Account& World::row(accounts::AccountKey account) const {
  return central_.state.rows.at(number_of(account));
}

void World::live_at_the_center() {
  const auto any = [&] { return accounts_[chance_.next() % accounts_.size()]; };
  if (chance_.chance(faults_.contact_change)) change_contact(any());
  if (chance_.chance(faults_.account_change)) change_account(any());
  for (const auto account : accounts_) {
    const auto due = put_right_at_.find(account);
    if (due == put_right_at_.end() || due->second > now_) continue;
    put_right(account);
  }
}

// Whoever it was registered for would be one more stranger to it, and at these accounts only the
// one with a shadow may try: unless the owner does nothing but object. Nor may the new one try
// before a copy knows of her.
bool World::may_change_hands(accounts::AccountKey account) const {
  const auto owner = place_of(account);
  return owner < teachers_in_a_world || (only_objects(owner) && !elsewhere_);
}

// An owner whose account only a stranger tries, and who does nothing but object.
bool World::only_objects(std::size_t teacher) const {
  return teacher >= teachers_in_a_world && teacher < teachers_in_a_world + strangers_in_a_world &&
         teachers_[teacher].character() == Teacher::Character::objector;
}

std::size_t World::place_of(accounts::AccountKey account) const {
  return static_cast<std::size_t>(std::ranges::find(accounts_, account) - accounts_.begin());
}

// Somebody has another telephone registered for an account, and tries it.
void World::change_contact(accounts::AccountKey account) {
  const auto number = first_number + 100 + place_of(account);
  const auto phone = accounts::Msisdn::from_value(number);
  if (!may_change_hands(account) || by_number_.contains(phone) || row(account).gone) return;
  const auto old = accounts::Msisdn::from_value(row(account).phone);
  const auto cursor = central_.change_phone(number_of(account), number,
                                            engine::Instant(std::chrono::seconds(now_)));
  changes_.push_back({cursor, old, phone});
  account_of_[teachers_.size()] = account;
  add_teacher(place_of(account), number, Teacher::Character::careful, true);
  begin(teachers_.size() - 1, chance_.between(5, 900));
}

// Locked, in another region, or deleted, for a while; or its password is changed by another way.
void World::change_account(accounts::AccountKey account) {
  const auto number = number_of(account);
  if (row(account).gone) return;
  const auto what = chance_.between(0, 3);
  if (what == 0) return central_.change_password(number);
  const bool had_another_owner = row(account).contact_changed != engine::Instant{};
  if (what == 1 || !may_change_hands(account) ||
      (had_another_owner && place_of(account) >= teachers_in_a_world))
    central_.lock(number, true);
  else
    central_.erase(number);
  put_right_at_[account] = now_ + chance_.between(10, hour);
}

// Unlocked; back from the other region, or made once more under another number.
void World::put_right(accounts::AccountKey account) {
  const auto number = number_of(account);
  put_right_at_.erase(account);
  const Account old = row(account);
  if (old.locked) central_.lock(number, false);
  if (!old.gone) return;
  if (chance_.chance(500)) return central_.bring_back(number);
  const auto anew = central_.add(old.id, old.phone);
  central_.state.rows.at(anew).birth_date = old.birth_date;
  central_.state.rows.at(anew).contact_changed = old.contact_changed;
}

// For minutes or hours; hours in which nobody writes pass at once. A backup is put back by hand,
// and nobody reaches the database meanwhile.
void World::lose_or_restore_the_center() {
  if (chance_.chance(faults_.outage)) {
    const auto lull = chance_.chance(300) ? chance_.between(hour, 30 * hour) : 0;
    now_ += lull;
    lulls_ += lull;
    away_until_ = now_ + chance_.between(60, 2 * hour);
  }
  if (chance_.chance(20)) backup_ = central_.state;
  if (backup_ && chance_.chance(faults_.restore)) {
    ++restores_;
    central_.recover(*backup_);
    away_until_ = std::max(away_until_, now_ + chance_.between(300, hour));
    put_right_at_.clear();
    for (const auto account : accounts_)
      if (row(account).gone || row(account).locked)
        put_right_at_[account] = now_ + chance_.between(10, hour);
  }
  central_.link_down = !healed_ && now_ < away_until_;
}

// The worst moment: the password is set, and the site does not know it yet.
void World::notice_applied() {
  for (const auto account : std::exchange(just_applied_, {}))
    if (chance_.chance(20 * faults_.contact_change)) change_contact(account);
}

// Until a copy is whole, and has what the database has.
void World::let_the_side_settle() {
  constexpr int most = 500;
  now_ += 60;
  side_->step(moment());
  for (int i = 0; i < most && !side_->idle(); ++i) {
    ++now_;
    side_->step(moment());
  }
}

}  // namespace pulih::simulation
