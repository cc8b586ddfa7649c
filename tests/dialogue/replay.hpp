// Replays a transcript: what people type and what the central database answers is taken from it,
// what they get back is written anew by the real dialogue with the real texts. People and guards
// are sealed into records and read again between two turns, as the store does it.
//
//   phone ibu 6281100000001            account budi12@guru.sd born 17081985 phone ibu
//   offers email school                == day 2 (of the talk; the first is not written)
//   08:00 ibu → RESET                  08:05 central: applied
//   08:02 carrier: code 1 of ibu lost  08:10 ibu → *888# (dials) and then on the screen: ibu → ⌊1⌋
#pragma once
#include <filesystem>
#include <set>
#include <string>

namespace pulih::dialogue {

struct Replayed {
  std::string text;  // the transcript as it comes out now
  // "STATE KEY": in which state which text was said; "U01 1": on which screen what was typed, a
  // digit or "text"
  std::set<std::string> pairs;
};

// Throws std::runtime_error with the line that cannot be read.
Replayed replay(const std::filesystem::path& transcript);

}  // namespace pulih::dialogue
