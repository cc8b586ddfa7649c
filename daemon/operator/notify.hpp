// What systemd hears of this service (sd_notify(3)): ready, one line of status, stopping, and,
// every half of the unit's WatchdogSec, that it lives. Outside of systemd all of it does nothing.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulih::operators {

class Notify {
 public:
  // The store is open and the engine takes messages. Binds may still be on their way: a carrier
  // that is away must not keep the service from starting.
  void ready(std::string_view status) const;
  // `systemctl status` shows it.
  void status(std::string_view status) const;
  void reloading() const;  // until the next ready
  void stopping(std::string_view status) const;
  // A start or stop that takes longer than the unit allows, as long as this is repeated.
  void extend_timeout(std::chrono::microseconds by) const;
  void alive() const;
};

// Tells systemd that the daemon lives only while every thread that serves teachers moves on: one
// that hangs lets the watchdog end the process, and nothing acknowledged is lost by that.
class Watchdog {
 public:
  struct Thread {
    std::string name;
    std::function<std::uint64_t()> heartbeat;  // rises while the thread lives
    // One that waits for others stands still for longer; 0: from one beat() to the next is too
    // long.
    std::chrono::seconds patience{};
  };
  explicit Watchdog(std::vector<Thread> threads);

  using Clock = std::chrono::steady_clock;
  // To be called every `interval`. The name of the thread that stands still, if one does.
  std::optional<std::string> beat(Clock::time_point now);

  // Half of $WATCHDOG_USEC; nothing: the unit has no watchdog.
  static std::optional<std::chrono::microseconds> interval();

 private:
  struct Watched {
    Thread thread;
    std::uint64_t last = 0;
    std::optional<Clock::time_point> moved{};  // it was seen to have, or to be there
  };
  std::vector<Watched> threads_;
  Notify notify_;
};

}  // namespace pulih::operators
