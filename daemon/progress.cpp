// See progress.hpp. The line is written at most twice a second, and is gone when the command ends,
// so that what it prints stands alone.
#include "daemon/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "daemon/operator/shown.hpp"

namespace pulih {

Progress::Progress(const char* of_what)
    : of_what_(of_what), terminal_(isatty(STDERR_FILENO) != 0) {}

void Progress::operator()(std::uint64_t done, std::uint64_t all) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || done == 0 || now - told_ < std::chrono::milliseconds{500}) return;
  told_ = now;
  const auto rate = static_cast<double>(done) / std::chrono::duration<double>(now - begun_).count();
  const auto left = static_cast<double>(all - std::min(done, all)) / rate;
  std::fprintf(stderr, "\r%llu of %llu %s, %.0f a second, %s left \033[K",
               static_cast<unsigned long long>(done), static_cast<unsigned long long>(all),
               of_what_, rate,
               operators::shown(std::chrono::seconds{static_cast<std::int64_t>(left)}).c_str());
  shown_ = true;
}

void Progress::end() const {
  if (shown_) std::fputs("\r\033[K", stderr);
}

}  // namespace pulih
