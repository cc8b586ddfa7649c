// See notify.hpp. sd_notify finds its socket in the environment and does nothing without one, so
// there is no mode to choose.
#include "daemon/operator/notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <utility>

namespace pulih::operators {
namespace {

// A line break would begin another assignment.
std::string status_line(std::string_view status) {
  std::string line = "STATUS=" + std::string(status);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

void tell(const std::string& state) { sd_notify(0, state.c_str()); }

}  // namespace

void Notify::ready(std::string_view status) const { tell("READY=1\n" + status_line(status)); }

void Notify::status(std::string_view status) const { tell(status_line(status)); }

void Notify::reloading() const { tell("RELOADING=1"); }

void Notify::stopping(std::string_view status) const { tell("STOPPING=1\n" + status_line(status)); }

void Notify::extend_timeout(std::chrono::microseconds by) const {
  tell("EXTEND_TIMEOUT_USEC=" + std::to_string(by.count()));
}

void Notify::alive() const { tell("WATCHDOG=1"); }

Watchdog::Watchdog(std::vector<Thread> threads) {
  for (auto& thread : threads) threads_.push_back({std::move(thread)});
}

// The first look at a thread only notes where it stands.
std::optional<std::string> Watchdog::beat(Clock::time_point now) {
  std::optional<std::string> stuck;
  for (auto& [thread, last, moved] : threads_) {
    const auto heard = thread.heartbeat();
    const bool still = moved && heard == last;
    if (still && now - *moved >= thread.patience && !stuck) stuck = thread.name;
    if (!still) moved = now;
    last = heard;
  }
  if (!stuck) notify_.alive();
  return stuck;
}

std::optional<std::chrono::microseconds> Watchdog::interval() {
  std::uint64_t allowed = 0;
  if (sd_watchdog_enabled(0, &allowed) <= 0) return std::nullopt;
  return std::chrono::microseconds{allowed / 2};
}

}  // namespace pulih::operators
