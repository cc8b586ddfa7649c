// See progress.hpp. ESC [ K erases what a longer line left behind (ECMA-48, 8.3.41).
#include "daemon/operator/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "daemon/operator/shown.hpp"

namespace pulih::operators {
namespace {

constexpr auto between_lines = std::chrono::milliseconds{500};

// What a terminal does not take is lost; the command goes on.
void tell(int descriptor, const std::string& line) {
  [[maybe_unused]] const auto written = ::write(descriptor, line.data(), line.size());
}

}  // namespace

Progress::Progress(const char* of_what, Clock::time_point begun, int descriptor)
    : of_what_(of_what),
      descriptor_(descriptor),
      terminal_(::isatty(descriptor) != 0),
      begun_(begun) {}

void Progress::at(Clock::time_point now, std::uint64_t done, std::uint64_t all) {
  if (!terminal_ || done == 0 || now - told_.value_or(begun_) < between_lines) return;
  told_ = now;
  const auto rate = static_cast<double>(done) / std::chrono::duration<double>(now - begun_).count();
  const auto left = static_cast<double>(all - std::min(done, all)) / rate;
  tell(descriptor_,
       fmt::format("\r{} of {} {}, {:.0f} a second, {} left \033[K", done, all, of_what_, rate,
                   shown(std::chrono::seconds{static_cast<std::int64_t>(left)})));
}

void Progress::end() const {
  if (told_) tell(descriptor_, "\r\033[K");
}

}  // namespace pulih::operators
