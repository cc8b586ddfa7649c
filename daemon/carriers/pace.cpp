// See pace.hpp. Time is counted in what the bucket gains: a second that was slept through fills it
// to its brim and no further.
#include "daemon/carriers/pace.hpp"

#include <algorithm>

namespace pulih::carriers {

namespace {
constexpr double burst = 0.05;  // of a second
constexpr std::uint8_t nearing_congestion = 90, congested = 100;
}  // namespace

Pace::Pace(std::uint32_t messages_a_second, Pause first_pause, Pause longest_pause)
    : rate_(messages_a_second * (1 - burst)),
      bucket_(std::max(1.0, messages_a_second * burst)),
      first_pause_(first_pause),
      longest_pause_(longest_pause),
      fill_(rate_),
      pause_(first_pause) {}

Pace::Pause Pace::wait(Moment now) {
  const std::chrono::duration<double> since = now - filled_;
  tokens_ = std::min(bucket_, tokens_ + std::max(0.0, since.count()) * fill_);
  filled_ = now;
  const Pause held = std::max(Pause{}, held_until_ - now);
  if (tokens_ >= 1) return held;
  const std::chrono::duration<double> filling((1 - tokens_) / fill_);
  return std::max(held, std::chrono::ceil<Pause>(filling));
}

void Pace::hold(Moment now) {
  held_until_ = std::max(held_until_, now + pause_);
  pause_ = std::min(2 * pause_, longest_pause_);
}

// Answers to what went out before the pause say nothing new.
void Pace::throttled(Moment now) {
  if (now >= held_until_) hold(now);
}

void Pace::congestion(std::uint8_t state, Moment now) {
  fill_ = state >= nearing_congestion ? rate_ / 2 : rate_;
  if (state >= congested) throttled(now);
}

}  // namespace pulih::carriers
