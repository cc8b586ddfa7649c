// How fast one bind may send: in no second more messages than its rate, a pause when the carrier
// asks for one, and half the rate while it says that congestion is near. Without a clock: each call
// says when it is.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace pulih::carriers {

class Pace {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Pause = std::chrono::steady_clock::duration;

  // Pauses after ESME_RTHROTTLED grow from the first to the longest, until a message is taken.
  Pace(std::uint32_t messages_a_second, Pause first_pause, Pause longest_pause);

  // How long until the next message may go; zero: now.
  Pause wait(Moment now);
  // How long the carrier's own wish still holds everything back.
  Pause rests(Moment now) const { return std::max(held_until_ - now, Pause::zero()); }
  // One has gone.
  void spend() { tokens_ -= 1; }

  void throttled(Moment now);
  void taken() { pause_ = first_pause_; }
  // SMPP 5.0, 4.8.4.18: 0 idle … 90–99 nearing congestion, 100 congested.
  void congestion(std::uint8_t state, Moment now);

 private:
  void hold(Moment now);

  // A bucket that holds a twentieth of a second's messages and is filled with the rest: together
  // they are never more than the rate within one second, whatever that second begins with.
  const double rate_, bucket_;
  const Pause first_pause_, longest_pause_;
  double fill_;  // tokens a second
  double tokens_ = 0;
  Moment filled_{};
  Pause pause_;
  Moment held_until_{};
};

}  // namespace pulih::carriers
