// Takes into the hub's database what a directory has: all of it at first and every few hours, and
// in between what changed. Every change of an entry that was made elsewhere raises the versions of
// its account here, and who is in the directory no more is deleted, unless so many are missing that
// it is the listing that is wrong.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "daemon/central/directory.hpp"
#include "daemon/central/directory_ledger.hpp"
#include "daemon/central/directory_notice.hpp"

namespace pulih::central {

class DirectoryImport {
 public:
  struct Figures {
    std::uint64_t listings = 0, full_listings = 0;  // that came to their end
    std::uint64_t entries = 0;                      // in the directory, after the last full one
    std::uint64_t taken_in = 0;                     // new or changed, since the start
    std::uint64_t deleted = 0;
    // Of the last full listing and since: reasons and how many entries.
    std::map<std::string, std::uint64_t> unusable;
    std::uint64_t refused = 0;  // their id is that of another entry
    std::uint64_t missing = 0;  // of the last full listing, when it was not believed
    std::string trouble;        // of the last one; empty: none
  };

  // For one thread, but for interrupt() and figures().
  DirectoryImport(PostgresqlPlace place, Directory& directory, TellOfDirectory tell);

  // False: it did not come to its end, and the next one begins where this one did.
  bool list_all() { return list(true); }
  // Everything where it is not known from where to go on: at first, and after the database was
  // away, which may be another one than before.
  bool list_changes() { return list(false); }

  Figures figures() const;
  void interrupt();

 private:
  struct Listing;
  bool list(bool everything);
  tl::expected<void, Unavailable> listed(bool everything);
  tl::expected<void, Unavailable> take(Listing& listing);
  tl::expected<void, Unavailable> take_anew(const DirectoryHandle& handle);
  tl::expected<void, Unavailable> settle(LedgerMoment asked_at, const DirectoryEntry& entry,
                                         const DirectoryHandle& holder);
  tl::expected<void, Unavailable> end_full(LedgerMoment asked_at);
  void count_unusable(const std::string& reason);
  template <class Change>
  void count(Change change) {
    const std::lock_guard lock(mutex_);
    change(figures_);
  }

  PostgresqlLink link_;
  DirectoryLedger ledger_;
  Directory& directory_;
  const TellOfDirectory tell_;
  std::string since_;  // empty: everything is to be listed
  bool new_unusable_ = false;
  std::atomic<bool> interrupted_ = false;

  mutable std::mutex mutex_;
  Figures figures_;
};

class DirectoryImportThread {
 public:
  struct Pace {
    std::chrono::seconds poll{30};
    std::chrono::seconds full = std::chrono::hours{24};
  };
  using Steady = std::chrono::steady_clock::duration;
  DirectoryImportThread(DirectoryImport& import, const Pace& pace, std::function<Steady()> clock);
  DirectoryImportThread(const DirectoryImportThread&) = delete;
  DirectoryImportThread& operator=(const DirectoryImportThread&) = delete;
  // Interrupts the listing under way.
  ~DirectoryImportThread();

 private:
  void run();

  DirectoryImport& import_;
  const Pace pace_;
  const std::function<Steady()> clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pulih::central
