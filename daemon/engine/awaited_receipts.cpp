// See awaited_receipts.hpp. A row is found by its tag, which holds the number, so that the number
// itself need not lie in it.
#include "daemon/engine/awaited_receipts.hpp"

#include <algorithm>

#include "daemon/conversation/guard.hpp"
#include "daemon/engine/rows.hpp"

namespace pulih::engine {

namespace {
constexpr std::size_t most_early = 64;
constexpr std::size_t counted_at_once = 1000;

bool may_be(const ReceiptOfLoss& receipt, ReceiptTag tag) {
  return std::ranges::find(receipt.tags, tag) != receipt.tags.end();
}
}  // namespace

AwaitedReceipts::AwaitedReceipts(Store& store, const accounts::SiteKeys& keys,
                                 accounts::Entropy& entropy, std::size_t most)
    : store_(store), keys_(keys), entropy_(entropy), most_(static_cast<std::int64_t>(most)) {
  store_.begin();  // one view: nobody names rows anew between two pages
  for (std::uint64_t after = 0;;) {
    const auto page = store_.scan(Table::receipt, after, counted_at_once);
    rows_ += static_cast<std::int64_t>(page.size());
    if (page.size() < counted_at_once) break;
    after = page.back().key;
  }
  store_.rollback();
}

bool AwaitedReceipts::taken(const AwaitedReceipt& code) {
  if (std::ranges::any_of(early_, [&](const auto& each) { return may_be(each, code.tag); }))
    return true;
  const bool known = store_.load(Table::receipt, code.tag).has_value();
  if (!known && rows_ + added_ >= most_) return false;
  store_.save(Table::receipt, code.tag,
              seal(AwaitedCode{code.code, code.until}, code.tag, keys_, entropy_));
  if (!known) ++added_;
  return false;
}

std::optional<std::uint32_t> AwaitedReceipts::heard(const ReceiptOfLoss& receipt) {
  for (const auto tag : receipt.tags) {
    if (tag == 0) continue;
    const auto row = store_.load(Table::receipt, tag);
    if (!row) continue;
    const auto code = open_awaited(*row, tag, keys_);
    erase(tag);
    if (code) return code->code;
  }
  early_.push_back(receipt);
  if (early_.size() > most_early) early_.pop_front();
  return std::nullopt;
}

void AwaitedReceipts::sweep(Instant now, std::chrono::seconds longest, std::size_t most) {
  const auto page = store_.scan(Table::receipt, swept_, most);
  swept_ = page.size() < most ? 0 : page.back().key;
  for (const auto& row : page) {
    const auto code = open_awaited(row.record, row.key, keys_);
    if (!code || !conversation::runs(code->until, longest, now)) erase(row.key);
  }
}

void AwaitedReceipts::erase(ReceiptTag tag) {
  store_.erase(Table::receipt, tag);
  --added_;
}

}  // namespace pulih::engine
