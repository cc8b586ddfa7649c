// How far a long command is, for who watches: on a terminal one line that changes, in a pipe
// nothing. It is gone when the command ends, so that what that prints stands alone.
#pragma once
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace pulih::operators {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Progress(const char* of_what,  // "accounts"
                    Clock::time_point begun = Clock::now(), int descriptor = STDERR_FILENO);
  // So many of all, how fast it goes, and the time that is left; at most twice a second.
  void at(Clock::time_point now, std::uint64_t done, std::uint64_t all);
  void operator()(std::uint64_t done, std::uint64_t all) { at(Clock::now(), done, all); }
  void end() const;

 private:
  const char* const of_what_;
  const int descriptor_;
  const bool terminal_;
  const Clock::time_point begun_;
  std::optional<Clock::time_point> told_;
};

}  // namespace pulih::operators
