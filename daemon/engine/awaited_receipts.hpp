// The codes whose delivery receipts are awaited, one row of the store each: also after a restart
// she whose code did not arrive hears of it. Bounded: when all rows are taken, of a further code
// nothing is known. All calls are made within the engine's transaction.
#pragma once
#include <deque>
#include <utility>

#include "daemon/engine/ports.hpp"

namespace pulih::engine {

class AwaitedReceipts {
 public:
  AwaitedReceipts(Store& store, const accounts::SiteKeys& keys, accounts::Entropy& entropy,
                  std::size_t most);

  // A carrier took this code. True: a receipt that came before says that it was lost; the two race,
  // over two binds.
  bool taken(const AwaitedReceipt& code);
  // Which code was lost, if one is awaited that this can be.
  std::optional<std::uint32_t> heard(const ReceiptOfLoss& receipt);
  // Looks at up to `most` rows, round and round, and forgets those whose code is over; no code
  // lives for longer than `longest`.
  void sweep(Instant now, std::chrono::seconds longest, std::size_t most);

  // The transaction is over.
  void committed() { rows_ += std::exchange(added_, 0); }
  void rolled_back() { added_ = 0; }

 private:
  void erase(ReceiptTag tag);

  Store& store_;
  const accounts::SiteKeys& keys_;
  accounts::Entropy& entropy_;
  const std::int64_t most_;
  std::int64_t rows_ = 0;   // in the store
  std::int64_t added_ = 0;  // by this transaction
  std::uint64_t swept_ = 0;
  // The last receipts that no code was there for yet, oldest first. In memory only: with the
  // process goes also the response that would name the code, which is then sent again under another
  // id. None leaves for being found: the transaction that finds it may fail.
  std::deque<ReceiptOfLoss> early_;
};

}  // namespace pulih::engine
