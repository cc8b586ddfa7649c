// How pulihd and pulihctl end: the exit codes that the operator's scripts and systemd rely on, and
// the line with which pulihctl says why it could not do what it was asked.
#pragma once
#include <cstdio>
#include <string>

namespace pulih {

inline constexpr int exit_refused = 1;
inline constexpr int exit_not_done = 2;  // or there is no such account
inline constexpr int exit_usage = 64;    // sysexits.h, EX_USAGE
// The unit does not restart after these two.
inline constexpr int exit_fenced = 77;  // EX_NOPERM: another copy of this gateway took its place
inline constexpr int exit_configuration = 78;  // EX_CONFIG

inline int fail(const std::string& why, int code = exit_not_done) {
  std::fprintf(stderr, "pulihctl: %s\n", why.c_str());
  return code;
}

}  // namespace pulih
