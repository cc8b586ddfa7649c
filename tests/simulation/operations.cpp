// What became of each password change, as the database decided it and as it was told: nobody hears
// of a change that is not there, nobody's change is kept quiet, and none counts twice.
#include <algorithm>

#include "tests/simulation/world.hpp"

namespace pulih::simulation {

using central::Verdict;
using How = engine::Pushed::How;

// 2. A password is changed only by a talk whose code was answered. 3. Exactly once; once more only
// where the database was restored and had forgotten it.
void World::check_applied(const central::PasswordChange& change) {
  just_applied_.push_back(change.account);
  auto& operations = applied_[change.account];
  operations.insert(change.id);
  if (codes_answered_[change.account] < operations.size())
    broken("invariant 2: " + change.account_id + " changed without an answered code");
  if (central_.ever_applied[change.id] > static_cast<int>(restores_) + 1)
    broken("invariant 3: a change was applied twice");
}

void World::check_settled() {
  for (const auto& row : store_.settled()) {
    const auto waiting = engine::open(row, keys_);
    if (!waiting) return broken("an operation in the store does not open");
    if (waiting->operation.kind == engine::Operation::Kind::password) check_settled(*waiting);
  }
}

// In the transaction in which it is settled, who asked for it is told so, and nothing else.
void World::check_settled(const engine::WaitingOperation& waiting) {
  const auto& id = waiting.operation.password.operation;
  const auto answer = answers_.find(id);
  const bool answered = answer != answers_.end();
  auto how = answered ? answer->second : How::failed;
  // She is not asked for another one in its place, nor told why it would not have been.
  if (waiting.operation.withdrawn && (how == How::refused || how == How::account_changed))
    how = How::failed;
  if (!fates_.try_emplace(id, how).second)
    return broken("invariant 3: an operation was settled twice");
  static const std::map<How, std::vector<std::string>> words = {
      {How::applied, {"M32", "M33", "M34"}},
      {How::superseded, {"M51"}},
      {How::refused, {"M29"}},
      {How::account_changed, {"M55"}},
      {How::failed, {"M42"}}};
  remember("settled " + std::to_string(static_cast<int>(how)));
  for (const auto& row : store_.fresh_messages()) {
    const auto message = engine::open(row, keys_);
    if (!message) continue;
    const auto key = message->text.reveal().substr(0, 3);
    // Of a change that was applied the account's own telephone hears, whoever asked for it.
    const bool to_her = message->to == waiting.person || how == How::applied;
    if (to_her && std::ranges::find(words.at(how), key) != words.at(how).end()) return;
  }
  broken("a password change was settled, and who asked for it was not told how");
}

// In the end, when each has been settled.
void World::check_operations() {
  for (const auto& [id, fate] : fates_) {
    const auto known = central_.state.operations.find(id);
    const bool there = known != central_.state.operations.end();
    const bool stands = there && known->second.verdict == Verdict::applied;
    // A restored database is told again, and may know better by then.
    if (fate == How::applied && !(restores_ > 0 ? there : stands))
      return broken("invariant 3: a password is told as changed and was not");
    if (fate != How::applied && stands)
      return broken("invariant 3: a password is told as not changed and was");
  }
  if (const auto where = side_->differs()) broken("in the end: " + *where);
}

}  // namespace pulih::simulation
