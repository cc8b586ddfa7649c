// How far a long command is, for who watches: on a terminal one line that changes, in a pipe
// nothing.
#pragma once
#include <chrono>
#include <cstdint>

namespace pulih {

class Progress {
 public:
  explicit Progress(const char* of_what);  // "accounts"
  // So many of all, the time that is left, and how fast it goes.
  void operator()(std::uint64_t done, std::uint64_t all);
  void end() const;

 private:
  const char* const of_what_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_{};
  bool shown_ = false;
};

}  // namespace pulih
