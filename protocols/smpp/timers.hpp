// When a session has to act without having heard anything: the bind, drain or unbind that is under
// way takes too long, the peer has been silent and is asked whether it still lives (enquire_link,
// SMPP 3.4, 2.7.2), or it did not answer that. Time is an argument; nothing here reads a clock.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

namespace pulih::smpp {

// Time since some fixed moment; never goes back.
using Monotonic = std::chrono::steady_clock::time_point;

class Timers {
 public:
  Timers(std::chrono::milliseconds silence, std::chrono::milliseconds answer)
      : silence_(silence), answer_(answer) {}

  enum class Due : std::uint8_t { nothing, step, enquiry, peer_is_dead };

  // Octets came, of whatever kind: the peer lives.
  void heard(Monotonic now) {
    heard_ = now;
    asked_.reset();
  }
  // What is under way must be over by then. No enquiry meanwhile: the step has its own end.
  void begin_step(Monotonic until) {
    step_until_ = until;
    asked_.reset();
  }
  void end_step() { step_until_.reset(); }
  // An enquire_link went out.
  void asked(Monotonic now) { asked_ = now; }

  Monotonic deadline() const {
    if (step_until_) return *step_until_;
    return asked_ ? *asked_ + answer_ : heard_ + silence_;
  }
  Due due(Monotonic now) const {
    if (now < deadline()) return Due::nothing;
    if (step_until_) return Due::step;
    return asked_ ? Due::peer_is_dead : Due::enquiry;
  }

 private:
  std::chrono::milliseconds silence_, answer_;
  Monotonic heard_{};
  std::optional<Monotonic> asked_;
  std::optional<Monotonic> step_until_;
};

}  // namespace pulih::smpp
