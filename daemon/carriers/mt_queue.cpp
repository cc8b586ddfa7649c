// See mt_queue.hpp. A number is busy from the moment its first message comes in until its last one
// is gone; each message is in just one of the five places again, ready, delayed, behind or under
// way.
#include "daemon/carriers/mt_queue.hpp"

#include <algorithm>

namespace pulih::carriers {

using engine::OutboundId;
using engine::Outgoing;

void MtQueue::add(Outgoing message) {
  const OutboundId id = message.id;
  const auto [waiting, free] = behind_.try_emplace(message.to.value());
  if (free)
    ready_.push_back(id);
  else
    waiting->second.push_back(id);
  messages_.emplace(id, Entry{std::move(message)});
}

const Outgoing* MtQueue::next(Moment now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    ready_.push_back(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
  }
  if (again_.empty() && ready_.empty()) return nullptr;
  OutboundId id = 0;
  if (again_.empty()) {
    id = ready_.front();
    ready_.pop_front();
  } else {
    id = again_.extract(again_.begin()).value();
  }
  Entry& entry = messages_.at(id);
  entry.under_way = true;
  return &entry.message;
}

const Outgoing* MtQueue::under_way(OutboundId id) const {
  const auto found = messages_.find(id);
  return found != messages_.end() && found->second.under_way ? &found->second.message : nullptr;
}

std::optional<Outgoing> MtQueue::done(OutboundId id) {
  const auto found = messages_.find(id);
  if (found == messages_.end() || !found->second.under_way) return std::nullopt;
  Outgoing message = std::move(found->second.message);
  messages_.erase(found);
  const auto number = behind_.find(message.to.value());
  if (number->second.empty()) {
    behind_.erase(number);
  } else {
    ready_.push_back(number->second.front());
    number->second.erase(number->second.begin());
  }
  return message;
}

void MtQueue::first_again(OutboundId id) {
  const auto found = messages_.find(id);
  if (found == messages_.end() || !std::exchange(found->second.under_way, false)) return;
  again_.insert(id);
}

void MtQueue::later(OutboundId id, Moment now) {
  const auto found = messages_.find(id);
  if (found == messages_.end() || !std::exchange(found->second.under_way, false)) return;
  Gap gap = gaps_.first;
  for (int i = 0; i < found->second.attempts && gap < gaps_.longest; ++i) gap *= 2;
  ++found->second.attempts;
  delayed_.emplace(now + std::min(gap, gaps_.longest), id);
}

std::optional<MtQueue::Moment> MtQueue::due() const {
  if (delayed_.empty()) return std::nullopt;
  return delayed_.begin()->first;
}

std::vector<Outgoing> MtQueue::take(engine::CarrierKey of) {
  std::vector<Outgoing> taken, kept;
  for (auto& [id, entry] : messages_)
    (entry.message.carrier == of ? taken : kept).push_back(std::move(entry.message));
  std::ranges::sort(taken, {}, &Outgoing::id);
  std::ranges::sort(kept, {}, &Outgoing::id);
  messages_.clear();
  again_.clear();
  ready_.clear();
  delayed_.clear();
  behind_.clear();
  for (auto& message : kept) add(std::move(message));
  return taken;
}

}  // namespace pulih::carriers
