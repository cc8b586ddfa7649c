// See engine.hpp: what waits for the central database, from the turn that staged it to what became
// of it. Whoever asked for it is told once, and only what is so.
#include <algorithm>

#include "daemon/engine/engine.hpp"

namespace pulih::engine {

using conversation::Settled;

void Engine::put_operation(const WaitingOperation& waiting, const conversation::OperationId& id) {
  parts_.store.put_operation(id, seal(waiting, id, parts_.keys, parts_.entropy));
  operations_wait_ = true;
  ++operations_;
  ++counts_.operations_staged;
}

// What is on its way already cannot be called back; its result is told as it comes, and if none
// comes it is asked for once more, so that it is not made then. Else the one who asked for it hears
// in this same transaction that it was erased.
void Engine::withdraw(const conversation::OperationId& id) {
  const auto row = parts_.store.operation(id);
  if (!row) return;
  auto waiting = open(*row, parts_.keys);
  const bool in_flight = std::find(in_flight_.begin(), in_flight_.end(), id) != in_flight_.end();
  if (waiting && (in_flight || asked_.contains(id)))
    mark_withdrawn(*row, std::move(*waiting));
  else
    withdrawn_.push_back(id);
}

// One batch of operations at a time; after a failure the next one waits, longer each time.
void Engine::push_operations(Instant now) {
  if (!in_flight_.empty() || !operations_wait_ || push_waits(now)) return;
  const auto rows = parts_.store.operations(0, bounds_.operations_in_flight);
  operations_wait_ = !rows.empty();
  std::vector<Operation> operations;
  for (const auto& row : rows) {
    auto waiting = open(row, parts_.keys);
    in_flight_.push_back(row.id);
    if (waiting)
      operations.push_back(std::move(waiting->operation));
    else
      again_.push_back(Pushed{row.id, Pushed::How::failed});
  }
  if (!operations.empty()) parts_.pusher.push(std::move(operations));
}

void Engine::take(const Pushed& pushed, Instant now) {
  using How = Pushed::How;
  std::erase(in_flight_, pushed.operation);
  const auto row = parts_.store.operation(pushed.operation);
  if (!row) return;  // heard before
  central_reached(pushed.settles(), now);
  if (pushed.how == How::unanswered) asked_.insert(pushed.operation);
  if (!pushed.settles()) return unanswered(*row, now);
  counts_.operations_superseded += pushed.how == How::superseded;
  counts_.operations_refused += pushed.how >= How::refused;
  static_assert(static_cast<int>(How::failed) == static_cast<int>(Settled::How::failed));
  auto how = static_cast<Settled::How>(pushed.how);
  // Of a change that is not to be made any more she hears only that it was not.
  if (how == Settled::How::refused || how == Settled::How::account_changed)
    if (const auto waiting = open(*row, parts_.keys); waiting && waiting->operation.withdrawn)
      how = Settled::How::failed;
  settle(pushed.operation, how, now);
}

// Nobody is told that the old password holds who may have a new one.
void Engine::unanswered(const Store::OperationRow& row, Instant now) {
  auto waiting = open(row, parts_.keys);
  if (!waiting) {
    notices_.push_back({Notice::What::record_damaged, "operation"});
    return settle(row.id, Settled::How::failed, now);
  }
  const bool too_old = now - waiting->created >= bounds_.push_life;
  const bool may_be_done =
      waiting->operation.kind == Operation::Kind::password && asked_.contains(row.id);
  if ((too_old || waiting->operation.withdrawn) && !may_be_done) {
    if (too_old) notices_.push_back({Notice::What::operation_given_up, "operation"});
    return settle(row.id, Settled::How::failed, now);
  }
  const auto person = waiting->person;
  if (too_old && !waiting->operation.withdrawn) mark_withdrawn(row, std::move(*waiting));
  if (person.empty()) return;
  const auto key = parts_.keys.person(person);
  turn(key, batch_.take(key, person), conversation::Waiting{row.id}, nullptr, now);
}

void Engine::mark_withdrawn(const Store::OperationRow& row, WaitingOperation waiting) {
  waiting.operation.withdrawn = true;
  parts_.store.replace_operation(row.id, seal(waiting, row.id, parts_.keys, parts_.entropy));
}

// The operation's row goes, and who asked for it hears the result, in one transaction.
void Engine::settle(const conversation::OperationId& id, Settled::How how, Instant now) {
  const auto row = parts_.store.operation(id);
  if (!row) return;
  asked_.erase(id);
  --operations_;
  const auto waiting = open(*row, parts_.keys);
  const bool kept = how == Settled::How::applied && waiting &&
                    waiting->operation.kind == Operation::Kind::password &&
                    bounds_.applied_life > std::chrono::seconds{0};
  if (kept)
    parts_.store.keep_applied(id, now);
  else
    parts_.store.erase_operation(id);
  if (!waiting) return notices_.push_back({Notice::What::record_damaged, "operation"});
  if (waiting->person.empty()) return;  // a ticket: its number was told when it was opened
  const auto key = parts_.keys.person(waiting->person);
  turn(key, batch_.take(key, waiting->person), Settled{id, how}, nullptr, now);
}

// After a failure the next attempt waits, each time twice as long.
void Engine::central_reached(bool reached, Instant now) {
  if (central_away_ == reached)
    notices_.push_back({reached ? Notice::What::central_back : Notice::What::central_away, ""});
  if (reached) {
    push_gap_ = bounds_.push_retry_first;
    push_again_ = {};
  } else if (!push_waits(now)) {
    push_again_ = now + push_gap_;
    push_gap_ = std::min(2 * push_gap_, bounds_.push_retry_longest);
  }
  central_away_ = !reached;
}

// Somebody is told once, until none is as old any more, and there is room for a tenth more.
void Engine::look_for_old_operations(Instant now) {
  told_full_ = told_full_ && operations_ * 10 >= bounds_.operations_waiting * 9;
  counts_.oldest_operation.reset();
  if (operations_wait_ || !in_flight_.empty())
    for (const auto& row : parts_.store.operations(0, 1))
      if (const auto waiting = open(row, parts_.keys)) counts_.oldest_operation = waiting->created;
  const auto oldest = counts_.oldest_operation.value_or(now);
  const bool old = now - oldest >= bounds_.operations_old;
  if (old && !told_of_old_)
    notices_.push_back(
        {Notice::What::operations_old,
         std::to_string(std::chrono::floor<std::chrono::minutes>(now - oldest).count())});
  told_of_old_ = old;
}

}  // namespace pulih::engine
