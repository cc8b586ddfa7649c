// What the sync tells of itself: news for the journal, each thing once, and figures for whoever
// asks how it stands. Nothing of it names an account.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/accounts/account.hpp"

namespace pulih::central {

struct News {
  enum class What : std::uint8_t {
    unavailable,     // text: what, where, hint; told each time
    refused,         // this gateway's rights or enrolment; text as above
    met,             // after it was away
    fenced,          // this copy of the gateway has to end
    fence_raised,    // this copy has taken another one's place
    restored,        // the database was restored or replaced
    replayed,        // number: operations pushed again
    replay_differs,  // number: of these not applied any more
    first_copy,      // number: rows
    exchanged,       // a copy made anew has taken its place; number: rows
    damaged,         // the copy cannot be used and is made anew
    repaired,        // number: the block that differed and was fetched
    stalled,         // changes flow, but none becomes final; number: minutes
  };
  What what{};
  std::string text;
  std::optional<std::uint64_t> number;
};

struct SyncFigures {
  bool met = false;
  std::optional<accounts::Instant> last_contact;  // a call that was answered
  std::optional<accounts::Instant> agreed;        // all changes of then are here
  bool whole = false, building = false, replaying = false;
  std::uint64_t rows_changed = 0, pages = 0;  // since the start
  std::uint64_t rows_behind = 0;              // Page::behind of the last page of changes
  std::uint64_t compared_from = 0;            // block of the comparison under way
  // Of a copy that is being made; nothing: it is not known yet.
  std::optional<unsigned> copied_percent;
  std::optional<std::chrono::seconds> copy_left;
  std::uint64_t blocks_fetched = 0, blocks_repaired = 0;
  std::uint64_t operations_pushed = 0;
  std::string trouble;  // why it is away; empty: it is not
};

}  // namespace pulih::central
