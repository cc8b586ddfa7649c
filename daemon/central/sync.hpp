// The gateway's side of the sync with a central database that lies elsewhere: it meets it, pushes
// what teachers did, pulls what changed, compares and mends the copy, and begins it anew where that
// is needed. One step at a time, each at most one call to the database, so that tests drive it with
// a clock of their own. What it asks for may be cut off anywhere: every step can be taken again.
#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <set>

#include "daemon/central/central.hpp"
#include "daemon/central/replica.hpp"
#include "daemon/central/sync_news.hpp"
#include "daemon/central/sync_plan.hpp"
#include "daemon/engine/ports.hpp"
#include "daemon/engine/standing.hpp"

namespace pulih::central {

struct Moment {
  accounts::Instant wall{};
  Steady steady{};
};

// How often and how much.
struct Pace {
  Steady poll = std::chrono::seconds{5};
  Steady back_off_first = std::chrono::seconds{1}, back_off_longest = std::chrono::seconds{60};
  Steady compare_first = std::chrono::hours{1}, compare_every = std::chrono::hours{24};
  Steady watermark_stalls = std::chrono::minutes{30};
  std::size_t page = 500;          // rows
  std::size_t batch = 64;          // operations in one call
  std::size_t fingerprints = 64;   // blocks compared in one step
  std::size_t contact_page = 100;  // changes of contact
};

class Sync {
 public:
  struct Parts {
    Central& central;
    AccountSource& source;
    ContactFeed& contacts;
    Replica& replica;
    ReplicaAccounts& readers;
    engine::StandingStore& standing;
    const accounts::SiteKeys& keys;
    accounts::Entropy& entropy;
  };
  struct Calls {
    std::function<void(engine::Occurrence)> tell_engine;
    std::function<void(const News&)> tell;
  };
  Sync(const Parts& parts, std::uint64_t contact_cursor, const Pace& pace, Calls calls, Moment now);

  // Operations of the engine; each is answered once as engine::Pushed.
  void add(std::vector<engine::Operation> operations);
  // Does what is next. Until when nothing more is to be done, if no operations come: not later than
  // now means that the next step can be taken at once.
  Steady step(Moment now);
  // Another copy of this gateway has taken its place: no step does anything any more.
  bool fenced() const { return fenced_; }

  // From any thread.
  SyncFigures figures() const;

 private:
  struct Differing {
    std::uint64_t block = 0;
    // Because it is damaged here, or this copy was not yet compared; else the difference may be a
    // change that is on its way, and is looked at again when all changes are here.
    bool certain = false, damaged = false;
  };

  Facts facts() const;
  void perform(Step step);
  void meet();
  void anchor();
  void replay();
  void push();
  void urgent();
  void changes();
  void contacts();
  void compare();
  void mend();
  void finish();

  bool pull(Feed feed, std::size_t& changed);
  void look_at_watermark(const Page& page);
  void differ(std::uint64_t first, std::uint64_t last, const std::vector<Fingerprint>& theirs);
  bool still_differs(std::uint64_t block);
  void settle_comparison();
  void heed_trouble();
  void damaged(const std::string& why);
  void away(const Unavailable& why);
  void refuse_operations();
  void begun();
  void agree();
  void keep_clocks();
  void publish_clocks();
  void publish_copying();
  std::optional<std::chrono::seconds> central_ahead() const;
  void tell(News::What what, std::string text, std::optional<std::uint64_t> number = std::nullopt);
  template <class Change>
  void figure(Change&& change);

  const Parts parts_;
  const Pace pace_;
  const Calls calls_;
  Moment now_;
  engine::Standing standing_;
  bool standing_read_ = false;
  std::uint64_t contact_cursor_;
  bool skip_contacts_ = false;  // a new gateway: what was changed before it is no news
  std::vector<engine::Operation> waiting_;

  bool met_ = false, fenced_ = false, told_away_ = false;
  unsigned failures_ = 0;
  Steady away_until_{}, urgent_due_{}, changes_due_{}, compare_due_;
  bool just_pushed_ = false;
  Turn turn_ = Turn::urgent;

  bool read_ = false;  // what the copy says of itself
  bool anchored_ = false, anew_ = false;
  bool had_damaged_ = false;                   // that was told, and another one is being made
  bool owed_ = false;                          // the comparison is one that anchor() asked for
  std::optional<std::uint64_t> compare_next_;  // from this block on
  std::uint64_t last_block_ = 0;               // of the database; 0: not known
  std::optional<Steady> copying_since_;        // in this life, and from which block on
  std::uint64_t copied_from_ = 0;
  std::deque<Differing> differing_;
  std::optional<Steady> agreed_;  // by the clock that nobody sets
  std::optional<Steady> agreed_stored_;
  std::optional<Steady> central_clock_;  // its time when ours, that nobody sets, was 0

  std::uint64_t watermark_ = 0;
  Steady watermark_since_{};
  bool told_stalled_ = false;
  bool rows_flowed_ = false;  // since it rose

  mutable std::mutex figures_mutex_;
  SyncFigures figures_;
};

}  // namespace pulih::central
