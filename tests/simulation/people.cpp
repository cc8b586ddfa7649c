// Who lives in a world, and what each of them knows: teachers with an account and a telephone of
// their own, and strangers with their shadows.
#include "tests/simulation/world.hpp"

namespace pulih::simulation {

// Eight teachers, of whom borrowers and thieves write about their neighbour's account; then owners
// whose accounts only strangers try.
void World::populate() {
  using Character = Teacher::Character;
  for (std::size_t i = 0; i < teachers_in_a_world + strangers_in_a_world; ++i) {
    const auto number = accounts::Msisdn::from_value(first_number + i);
    const auto id = "guru" + std::to_string(10 + i) + "@guru.sd";
    const auto key = keys_.account(id);
    auto& row = central_.state.rows.at(central_.add(id, number.value()));
    row.birth_date = 19850810u + static_cast<std::uint32_t>(i);
    row.email.clear();
    // So that they lie in several blocks.
    central_.state.last_number += static_cast<std::uint64_t>(chance_.between(0, 600));
    ids_[key] = id;
    accounts_.push_back(key);
    account_of_[i] = key;
    if (i >= teachers_in_a_world) {
      static constexpr Character owners[] = {Character::careful, Character::generated,
                                             Character::objector, Character::objector};
      add_teacher(i, number.value(), owners[chance_.next() % std::size(owners)], true);
      continue;
    }
    // Every fourth borrows a telephone.
    static constexpr Character all[] = {
        Character::careful, Character::hasty,    Character::generated, Character::borrower,
        Character::thief,   Character::objector, Character::noise,     Character::borrower};
    const auto character = all[chance_.next() % std::size(all)];
    const bool others = character == Character::borrower || character == Character::thief;
    add_teacher(others ? (i + 1) % teachers_in_a_world : i, number.value(), character,
                character != Character::thief || chance_.chance(500));
  }
  for (std::size_t i = 0; i < strangers_in_a_world; ++i) add_stranger(teachers_in_a_world + i);
}

void World::add_teacher(std::size_t account, std::uint64_t number, Teacher::Character character,
                        bool right_date) {
  const auto msisdn = accounts::Msisdn::from_value(number);
  by_number_[msisdn] = teachers_.size();
  teachers_.emplace_back(
      msisdn, character,
      Teacher::Knows{"guru" + std::to_string(10 + account) + " guru sd",
                     std::to_string(10 + account + (right_date ? 0 : 1)) + "081985"},
      chance_.next());
}

// Her shadow asks for an account that does not exist, each time she asks for one that does.
void World::add_stranger(std::size_t account) {
  const Stranger stranger{teachers_.size(), teachers_.size() + 1, chance_.chance(500)};
  strangers_.push_back(stranger);
  const auto number = first_number + teachers_.size();
  add_teacher(account, number, Teacher::Character::stranger, stranger.right_date);
  add_teacher(account, number + 1, Teacher::Character::shadow, true);
}

}  // namespace pulih::simulation
