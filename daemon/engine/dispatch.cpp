// The second half of the engine: what happens after a commit, or instead of it when the store
// failed. Answers first, then messages in the order of their ids, then operations for the central
// database.
#include <algorithm>
#include <set>
#include <utility>

#include "daemon/engine/engine.hpp"

namespace pulih::engine {

void Engine::after_commit(Instant now) {
  for (const auto& [ack, answer] : answers_) parts_.carriers.answer(ack, answer);
  for (auto& screen : screens_) parts_.carriers.show(std::move(screen));
  for (auto& call : call_backs_) parts_.carriers.call_back(std::move(call));
  send_fresh(now);
  offer_work();
  if (full_ && !std::exchange(told_full_, true))
    notices_.push_back({Notice::What::operations_full, std::to_string(bounds_.operations_waiting)});
  try {
    const auto backlog = backlog_;
    for (const auto& [carrier, from] : backlog) send_backlog(carrier, from, now);
    push_operations(now);
  } catch (const StoreError& error) {
    // What is durable stays so, and what could not be read waits in the store for the next batch.
    store_failed(error);
  }
  parts_.carriers.flush();
  for (const auto& notice : notices_) parts_.watcher.noticed(notice);
}

void Engine::store_failed(const StoreError& error) {
  ++counts_.store_failures;
  parts_.watcher.noticed({Notice::What::store_failed, error.what()});
}

void Engine::offer_work() {
  auto behind = work_.size();
  for (auto& [ticket, work] : work_) {
    // Each job that was offered before, and this one, may come to an operation.
    const bool full = operations_ + (jobs_.size() - --behind) > bounds_.operations_waiting;
    if (!full && parts_.workers.offer(ticket, std::move(work))) continue;
    const Job job = std::move(jobs_.at(ticket));
    jobs_.erase(ticket);
    if (full)
      full_ = true;
    else
      notices_.push_back({Notice::What::work_queue_full, ""});
    refuse(Taken(job.heard.message), Answer::try_later);
    for (const auto& held : held_[job.person]) refuse(Taken(held.message), Answer::try_later);
    held_.erase(job.person);
  }
}

void Engine::refuse(const Taken& message, Answer how) {
  parts_.carriers.answer(message.ack, how);
  if (message.session != 0) close_screen(message.carrier, message.session, policy_.language);
}

// What is expired or a decoy's is done without a carrier.
void Engine::hand_over(Outgoing message, Instant now) {
  if (message.to.empty()) return finished_.push_back(message.id);
  if (now >= message.expires) {
    notices_.push_back({Notice::What::message_expired, message.to.masked(), message.carrier});
    return finished_.push_back(message.id);
  }
  ++counts_.messages_sent;
  parts_.carriers.send(std::move(message));
}

// What an earlier life of the daemon left is sent first, and once: from then on a message that was
// handed over is the carrier's own until Sent comes, however often its link comes and goes.
void Engine::meet(CarrierKey carrier) {
  if (met_.insert(carrier).second) backlog_.emplace(carrier, 0);
}

// A message goes straight to its carrier as long as nothing older of that carrier waits in the
// store; from the first one that finds no room, all wait there until the carrier says that it has
// room.
void Engine::send_fresh(Instant now) {
  std::map<CarrierKey, std::size_t> room;
  for (auto& message : outgoing_) {
    meet(message.carrier);
    if (backlog_.contains(message.carrier)) continue;
    const auto left = room.try_emplace(message.carrier, 0);
    if (left.second) left.first->second = parts_.carriers.room(message.carrier);
    if (left.first->second == 0) {
      backlog_.emplace(message.carrier, message.id);
      continue;
    }
    --left.first->second;
    hand_over(std::move(message), now);
  }
}

void Engine::send_backlog(CarrierKey carrier, OutboundId from, Instant now) {
  const auto room = std::min(parts_.carriers.room(carrier), bounds_.backlog_page);
  if (room == 0) return;
  const auto rows = parts_.store.outbound(carrier, from, room);
  for (const auto& row : rows) {
    auto message = open(row, parts_.keys);
    if (message) {
      hand_over(std::move(*message), now);
    } else {
      notices_.push_back({Notice::What::record_damaged, "outbound"});
      finished_.push_back(row.id);
    }
  }
  if (rows.size() < room)
    backlog_.erase(carrier);
  else
    backlog_[carrier] = rows.back().id + 1;
}

// Nothing of the batch was kept. Messages are refused, so that the carrier brings them again; what
// has no such sender comes again with the next batch.
void Engine::undo(std::vector<Occurrence>& occurrences) {
  receipts_.rolled_back();
  operations_ = durable_operations_;
  std::set<std::pair<std::uint64_t, std::uint32_t>> refused;
  const auto refuse_once = [&](const Taken& message) {
    if (refused.emplace(message.ack.link, message.ack.sequence).second)
      refuse(message, Answer::failed);
  };
  for (const auto& message : taken_) refuse_once(message);
  for (const auto& [ticket, work] : work_) {
    worked_for_.push_back(jobs_.at(ticket).person);
    jobs_.erase(ticket);
  }
  // Nobody is left whose messages wait behind work that will not come back.
  for (const auto person : worked_for_) {
    const auto held = held_.find(person);
    if (held == held_.end()) continue;
    for (const auto& waiting : held->second) refuse_once(Taken(waiting.message));
    held_.erase(held);
  }
  for (std::size_t i = 0; i < occurrences.size(); ++i) {
    auto& occurrence = occurrences[i];
    const bool begun = i < begun_;
    if (const auto* message = std::get_if<Inbound>(&occurrence)) {
      if (!begun) refuse_once(Taken(*message));
    } else if (const auto* receipt = std::get_if<ReceiptOfLoss>(&occurrence)) {
      if (!begun) refuse_once(Taken(*receipt));
    } else if (!begun || (!std::holds_alternative<WorkDone>(occurrence) &&
                          !std::holds_alternative<Tick>(occurrence))) {
      again_.push_back(std::move(occurrence));
    }
  }
  parts_.carriers.flush();
}

}  // namespace pulih::engine
