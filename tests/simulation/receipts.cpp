// Codes that the carrier took and could not deliver: its receipts come until they are accepted,
// before the response at times, and after the gateway was killed. One that the gateway's disk knew
// of must be told to her who waits for the code.
#include "tests/simulation/world.hpp"

namespace pulih::simulation {

// The carrier gives another id to each message that it takes, also to one that comes twice.
engine::Sent World::taken(const engine::Outgoing& message) {
  if (message.code == 0) return {message.id};
  return {message.id,
          engine::AwaitedReceipt{++last_taken_, message.to, message.code, message.expires}};
}

void World::lose(const engine::Outgoing& message) {
  receipts_[last_taken_] = {message.to, message.code, now_ + chance_.between(1, 120)};
}

void World::deliver_due_receipts(std::vector<engine::Occurrence>& batch) {
  for (auto& [tag, receipt] : receipts_) {
    if (receipt.due > now_) continue;
    receipt.due = now_ + 60;  // the carrier's own patience
    if (chance_.chance(faults_.lost_message)) continue;
    receipt.awaited = store_.durable(engine::Table::receipt, tag).has_value();
    const auto sequence = ++last_sequence_;
    unanswered_receipts_[sequence] = tag;
    engine::ReceiptOfLoss loss{receipt.to, {}, {receipts_link, sequence}};
    loss.tags[chance_.next() % loss.tags.size()] = tag;
    batch.emplace_back(loss);
  }
}

void World::answer_receipt(std::uint32_t sequence, engine::Answer how) {
  const auto found = unanswered_receipts_.find(sequence);
  if (found == unanswered_receipts_.end()) return broken("a receipt was answered twice");
  const auto tag = found->second;
  unanswered_receipts_.erase(found);
  if (store_.open()) broken("a receipt was answered before the commit");
  const auto receipt = receipts_.find(tag);
  if (receipt == receipts_.end()) return;  // it was repeated, and accepted the first time
  remember("receipt " + std::to_string(tag));
  if (how != engine::Answer::accepted) {
    receipt->second.due = now_ + chance_.between(5, 30);
    return;
  }
  if (receipt->second.awaited) check_loss_told(receipt->second);
  receipts_.erase(receipt);
}

// 1. Nothing acknowledged is lost: who still waits for this very code is told so in the same batch.
void World::check_loss_told(const Receipt& receipt) {
  const auto key = keys_.person(receipt.to);
  const auto sealed = store_.durable(engine::Table::person, key);
  const auto plain = sealed ? keys_.open(*sealed, engine::person_seal, key) : std::nullopt;
  const auto person = plain ? conversation::read_person(*plain) : std::nullopt;
  const auto* here = person ? std::get_if<conversation::AwaitingCode>(&person->state) : nullptr;
  const auto now = site_clock();
  if (!here || !here->claim.own || here->channel != conversation::Channel::sms || here->burnt ||
      here->generation != receipt.code || here->sent >= now || now >= here->expires)
    return;
  for (const auto& row : store_.fresh_messages()) {
    const auto message = engine::open(row, keys_);
    if (message && message->to == receipt.to && message->text.reveal().starts_with("M53")) return;
  }
  broken("invariant 1: a code was lost, and who waits for it was not told");
}

}  // namespace pulih::simulation
