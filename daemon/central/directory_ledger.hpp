// What the hub's database remembers of a directory (006_directory.sql): the marks of each entry as
// they were seen last, and each password change in two parts, with the directory asked in between.
// It holds no connection: it speaks on one that a meeting or an import has opened.
#pragma once
#include <span>
#include <vector>

#include "daemon/central/directory.hpp"
#include "daemon/central/postgresql_link.hpp"

namespace pulih::central {

// A point in the ledger's own order: what a directory answers that was asked after it is from then
// or later.
using LedgerMoment = std::uint64_t;

// A password change between its two parts.
struct BegunChange {
  std::optional<Verdict> verdict;  // it was decided before; nothing of what follows
  std::optional<Verdict> against;  // what stands against it now; nothing: it may be put on `state`
  bool put_before = false;  // it may have been: only the directory knows whether it is in force
  DirectoryHandle handle;   // empty: the account has no entry
  std::string state;
};

struct TakenEntry {
  enum class How : std::uint8_t {
    same,           // as it is known here
    taken,          // it was another one, or unknown
    stale,          // changed here after the directory was asked: ask again
    id_of_another,  // its id is that of another entry: `holder`
    unusable,
  } how{};
  DirectoryHandle holder;  // empty: an account without an entry
};

struct EndedListing {
  bool believed = true;  // false: too much is missing, and nothing was deleted
  std::uint64_t entries = 0, missing = 0;
};

class DirectoryLedger {
 public:
  explicit DirectoryLedger(PostgresqlLink& link) : link_(link) {}

  tl::expected<BegunChange, Unavailable> begin(const PostgresqlParameter& site, std::uint64_t fence,
                                               const PasswordChange& change);
  // `on` and `now`: the state it was put on and the marks that came of it; null: nothing was put
  // now. Answers with the verdict that stands, another one where another connection was first.
  tl::expected<Verdict, Unavailable> end(const PostgresqlParameter& site, const OperationId& id,
                                         Verdict verdict, const BegunChange* on,
                                         const DirectoryMarks* now);
  // After `begin` without `end`: others may come to the account.
  void let_go();

  tl::expected<LedgerMoment, Unavailable> moment();
  // What the directory told after it was asked at this moment; in its order. `instead_of`: this
  // handle is no more in the directory, and the first entry has its account.
  tl::expected<std::vector<TakenEntry>, Unavailable> take(LedgerMoment asked_at,
                                                          std::span<const DirectoryEntry> entries,
                                                          const DirectoryHandle& instead_of = {});
  // All of a full listing was taken in: what it did not name is deleted.
  tl::expected<EndedListing, Unavailable> listed(LedgerMoment asked_at);

 private:
  PostgresqlLink& link_;
};

}  // namespace pulih::central
