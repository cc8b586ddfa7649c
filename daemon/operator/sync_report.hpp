// What the sync with a central database that lies elsewhere tells an operator: its news as lines of
// the journal, and its figures as a section of `pulihctl status`.
#pragma once
#include "daemon/accounts/account.hpp"
#include "daemon/central/sync_news.hpp"
#include "daemon/operator/journal.hpp"
#include "daemon/operator/json.hpp"
#include "daemon/operator/told_once.hpp"

namespace pulih::operators {

class SyncReport {
 public:
  explicit SyncReport(Journal& journal) : journal_(journal) {}
  // A failure that repeats itself is one line.
  void tell(const central::News& news);

 private:
  Journal& journal_;
  ToldOnce once_;
};

// The keys are what a script reads out of --json, so they stay as they are; those that end with _s
// are seconds.
Json told(const central::SyncFigures& figures, accounts::Instant now);

}  // namespace pulih::operators
