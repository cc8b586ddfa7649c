// What the thread that talks to the central database does next: a function of how things stand and
// of the time, so that its order of precedence is read in one place. What a teacher waits for goes
// before what is urgent, that before the bulk of changes, and those before comparing.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace pulih::central {

// Of a clock that nobody sets; only differences count.
using Steady = std::chrono::milliseconds;

enum class Step : std::uint8_t {
  wait,     // until `until`, or until operations come
  refuse,   // operations came while the database is away: the engine hears so at once
  meet,     // hello
  anchor,   // begin a copy of this epoch: cursors from now on, then all blocks
  replay,   // push what was acknowledged before the database was restored
  push,     // operations that wait
  urgent,   // a page of the urgent feed, and of contacts that were changed
  changes,  // a page of the feed of all changes
  mend,     // fetch a block that differs
  compare,  // ask for the next fingerprints
  finish,   // a copy made beside is whole: it takes its place
};

// Whose turn it is of those that are due, once a sweep of the one before is over.
enum class Turn : std::uint8_t { urgent, changes, copy };

struct Facts {
  bool met = false;
  Steady away_until{};  // not before this after a failure
  bool operations = false, replaying = false;
  bool anchored = false;  // the copy belongs to the epoch that was met
  bool building = false;  // it is made beside
  bool just_pushed = false;
  Turn turn = Turn::urgent;
  Steady urgent_due{}, changes_due{};
  bool differing = false;  // blocks wait to be fetched
  bool comparing = false;  // a comparison is under way
  Steady compare_due{};
};

struct Plan {
  Step step = Step::wait;
  Steady until{};  // with wait
};

inline Plan next_step(const Facts& facts, Steady now) {
  if (now < facts.away_until) {
    if (facts.operations) return {Step::refuse, {}};
    return {Step::wait, facts.away_until};
  }
  if (!facts.met) return {Step::meet, {}};
  if (facts.replaying) return {Step::replay, {}};
  // Batch after batch of operations must not keep a lock from being heard of.
  const bool urgent = facts.anchored && facts.urgent_due <= now;
  if (facts.operations && !(urgent && facts.just_pushed)) return {Step::push, {}};
  if (!facts.anchored) return {Step::anchor, {}};
  // Where an answer takes longer than the pause between polls all of these are always due.
  const bool changes = facts.changes_due <= now;
  const bool copying =
      facts.differing || facts.comparing || facts.compare_due <= now || facts.building;
  if (!(facts.turn == Turn::copy && copying)) {
    if (urgent && !(facts.turn == Turn::changes && changes)) return {Step::urgent, {}};
    if (changes) return {Step::changes, {}};
  }
  if (facts.differing) return {Step::mend, {}};
  if (facts.comparing || facts.compare_due <= now) return {Step::compare, {}};
  if (facts.building) return {Step::finish, {}};
  return {Step::wait, std::min({facts.urgent_due, facts.changes_due, facts.compare_due})};
}

}  // namespace pulih::central
