// See directory_import.hpp. Entries go to the database in batches while the directory still lists;
// what a batch could not settle (an id that another entry has, an entry that was changed here
// meanwhile) is looked up one by one when the listing is over.
#include "daemon/central/directory_import.hpp"

#include "daemon/accounts/registers.hpp"

namespace pulih::central {
namespace {

using How = TakenEntry::How;
using What = DirectoryNotice::What;

constexpr std::size_t batch = 500;
constexpr std::size_t most_unsettled = 10'000;  // kept in memory; the rest waits for the next time
constexpr std::size_t most_reasons = 32, longest_reason = 100;

std::string told(const std::map<std::string, std::uint64_t>& unusable, std::uint64_t& all) {
  std::string text;
  for (const auto& [reason, entries] : unusable) {
    text += (text.empty() ? "" : ", ") + std::to_string(entries) + " × " + reason;
    all += entries;
  }
  return text;
}

}  // namespace

struct DirectoryImport::Listing {
  LedgerMoment asked_at = 0;
  std::vector<DirectoryEntry> waiting;  // for their batch
  std::vector<std::pair<DirectoryEntry, DirectoryHandle>> of_another;
  std::vector<DirectoryHandle> stale;
};

DirectoryImport::DirectoryImport(PostgresqlPlace place, Directory& directory, TellOfDirectory tell)
    : link_(std::move(place)), ledger_(link_), directory_(directory), tell_(std::move(tell)) {}

void DirectoryImport::interrupt() {
  interrupted_ = true;
  directory_.interrupt();
  link_.interrupt();
}

DirectoryImport::Figures DirectoryImport::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

bool DirectoryImport::list(bool everything) {
  tl::expected<void, Unavailable> outcome;
  try {
    outcome = listed(everything);
  } catch (const Unavailable& why) {  // of a batch, in the middle of the directory's own work
    outcome = tl::unexpected(why);
  }
  count([&](Figures& its) { its.trouble = outcome ? "" : outcome.error().why; });
  if (!outcome && !interrupted_) tell_({What::unavailable, outcome.error().why});
  accounts::clear_vector_registers();
  return outcome.has_value();
}

tl::expected<void, Unavailable> DirectoryImport::listed(bool everything) {
  if (!link_.is_open()) {
    since_.clear();
    if (auto opened = link_.open(); !opened) return opened;
  }
  const bool full = everything || since_.empty();
  const auto asked_at = ledger_.moment();
  if (!asked_at) return tl::unexpected(asked_at.error());
  if (full)
    count([](Figures& its) {
      its.unusable.clear();
      its.refused = 0;
    });
  new_unusable_ = false;

  Listing listing;
  listing.asked_at = *asked_at;
  auto next = directory_.list(full ? "" : since_, [&](DirectoryListed entry) {
    if (!entry) return count_unusable(entry.error());
    listing.waiting.push_back(std::move(*entry));
    if (listing.waiting.size() < batch) return;
    if (const auto taken = take(listing); !taken) throw Unavailable{taken.error()};
  });
  if (!next) return tl::unexpected(std::move(next.error()));
  if (auto taken = take(listing); !taken) return taken;
  for (const auto& [entry, holder] : listing.of_another)
    if (auto settled = settle(*asked_at, entry, holder); !settled) return settled;
  for (const auto& handle : listing.stale)
    if (auto taken = take_anew(handle); !taken) return taken;
  if (full)
    if (auto ended = end_full(*asked_at); !ended) return ended;

  since_ = std::move(*next);
  count([&](Figures& its) {
    ++its.listings;
    its.full_listings += full ? 1 : 0;
  });
  if (new_unusable_) {
    std::uint64_t all = 0;
    const auto text = told(figures().unusable, all);
    tell_({What::unusable, "entries of the directory cannot be used: " + text, all});
  }
  return {};
}

tl::expected<void, Unavailable> DirectoryImport::take(Listing& listing) {
  if (listing.waiting.empty()) return {};
  const auto taken = ledger_.take(listing.asked_at, listing.waiting);
  if (!taken) return tl::unexpected(taken.error());
  std::uint64_t changed = 0;
  for (std::size_t i = 0; i < taken->size(); ++i) {
    auto& entry = listing.waiting[i];
    const auto& its = (*taken)[i];
    changed += its.how == How::taken ? 1 : 0;
    if (its.how == How::unusable) count_unusable("what the accounts here cannot hold");
    if (its.how == How::stale && listing.stale.size() < most_unsettled)
      listing.stale.push_back(std::move(entry.handle));
    else if (its.how == How::id_of_another && listing.of_another.size() < most_unsettled)
      listing.of_another.emplace_back(std::move(entry), its.holder);
  }
  listing.waiting.clear();
  count([&](Figures& figures) { figures.taken_in += changed; });
  return {};
}

// One that was changed here after the directory was asked: whoever did it knows no later state than
// is read now, or comes here again.
tl::expected<void, Unavailable> DirectoryImport::take_anew(const DirectoryHandle& handle) {
  const auto asked_at = ledger_.moment();
  if (!asked_at) return tl::unexpected(asked_at.error());
  auto entry = directory_.read(handle);
  if (!entry) return tl::unexpected(std::move(entry.error()));
  if (!*entry) return {};
  const auto taken = ledger_.take(*asked_at, {&**entry, 1});
  if (!taken) return tl::unexpected(taken.error());
  if (taken->front().how == How::taken) count([](Figures& its) { ++its.taken_in; });
  return {};
}

// An entry with the id of another: that one may be gone (a DN that was changed), or have another id
// by now; else both have it, and the one that was here first keeps the account.
tl::expected<void, Unavailable> DirectoryImport::settle(LedgerMoment asked_at,
                                                        const DirectoryEntry& entry,
                                                        const DirectoryHandle& holder) {
  bool refused = holder.empty();
  if (!refused) {
    const auto its = directory_.read(holder);
    if (!its) return tl::unexpected(its.error());
    refused = *its && (*its)->id == entry.id;
    if (*its && !refused)
      if (auto moved = take_anew(holder); !moved) return moved;
    if (!refused) {
      const auto taken = ledger_.take(asked_at, {&entry, 1}, *its ? DirectoryHandle{} : holder);
      if (!taken) return tl::unexpected(taken.error());
      refused = taken->front().how == How::id_of_another;
      if (taken->front().how == How::taken) count([](Figures& figures) { ++figures.taken_in; });
    }
  }
  if (refused) count([](Figures& its) { ++its.refused; });
  return {};
}

tl::expected<void, Unavailable> DirectoryImport::end_full(LedgerMoment asked_at) {
  const auto ended = ledger_.listed(asked_at);
  if (!ended) return tl::unexpected(ended.error());
  count([&](Figures& its) {
    its.entries = ended->entries - (ended->believed ? ended->missing : 0);
    its.deleted += ended->believed ? ended->missing : 0;
    its.missing = ended->believed ? 0 : ended->missing;
  });
  if (!ended->believed)
    tell_({What::not_believed,
           "a listing of the directory lacks " + std::to_string(ended->missing) + " of " +
               std::to_string(ended->entries) +
               " accounts; nobody was deleted. If they are to go: UPDATE pulih.directory_listing "
               "SET believed = true, and wait for the next full listing",
           ended->missing});
  return {};
}

void DirectoryImport::count_unusable(const std::string& reason) {
  new_unusable_ = true;
  count([&](Figures& its) {
    const auto key = reason.substr(0, longest_reason);
    if (its.unusable.size() < most_reasons || its.unusable.contains(key))
      ++its.unusable[key];
    else
      ++its.unusable["other reasons"];
  });
}

// ---- the thread
// ----------------------------------------------------------------------------------

DirectoryImportThread::DirectoryImportThread(DirectoryImport& import, const Pace& pace,
                                             std::function<Steady()> clock)
    : import_(import), pace_(pace), clock_(std::move(clock)), thread_([this] { run(); }) {}

DirectoryImportThread::~DirectoryImportThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  import_.interrupt();
  thread_.join();
}

void DirectoryImportThread::run() {
  std::optional<Steady> last_full;
  while (true) {
    const auto now = clock_();
    if (!last_full || now - *last_full >= pace_.full) {
      if (import_.list_all()) last_full = now;
    } else {
      import_.list_changes();
    }
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, pace_.poll, [&] { return stopping_; })) return;
  }
}

}  // namespace pulih::central
