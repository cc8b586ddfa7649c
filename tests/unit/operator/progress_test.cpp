// What a person sees of a long command on a terminal: how much is done, how fast, how long the rest
// takes, twice a second at most, and nothing when it is over. A pipe gets nothing at all.
#include "daemon/operator/progress.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <string>

using pulih::operators::Progress;
using namespace std::chrono_literals;

namespace {

// A terminal that somebody looks at (pts(4)).
class Terminal {
 public:
  Terminal() : seen_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(::grantpt(seen_) == 0);
    REQUIRE(::unlockpt(seen_) == 0);
    written_ = ::open(::ptsname(seen_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(written_ >= 0);
  }
  ~Terminal() {
    ::close(written_);
    ::close(seen_);
  }
  int descriptor() const { return written_; }
  std::string shows() {
    pollfd there{seen_, POLLIN, 0};
    if (::poll(&there, 1, 0) != 1) return "";
    char octets[256];
    const auto count = ::read(seen_, octets, sizeof octets);
    return {octets, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

 private:
  int seen_ = -1, written_ = -1;
};

constexpr Progress::Clock::time_point begun{1h};

}  // namespace

TEST_CASE("on a terminal a long command tells how far it is and how long the rest takes",
          "[progress]") {
  Terminal terminal;
  Progress progress("accounts", begun, terminal.descriptor());
  progress.at(begun + 400ms, 100, 1'000'000);
  CHECK(terminal.shows().empty());  // a short one tells nothing
  progress.at(begun + 10s, 20'000, 1'000'000);
  CHECK(terminal.shows() == "\r20000 of 1000000 accounts, 2000 a second, 8 min 10 s left \033[K");
  progress.at(begun + 10s + 499ms, 21'000, 1'000'000);
  CHECK(terminal.shows().empty());
  progress.at(begun + 500s, 1'000'000, 1'000'000);
  CHECK(terminal.shows() == "\r1000000 of 1000000 accounts, 2000 a second, 0 s left \033[K");
  progress.at(begun + 501s, 1'000'001, 1'000'000);  // more than was counted at first
  CHECK(terminal.shows().find(", 0 s left") != std::string::npos);
  progress.end();
  CHECK(terminal.shows() == "\r\033[K");
}

TEST_CASE("what was short leaves no trace, and a pipe gets nothing", "[progress]") {
  Terminal terminal;
  Progress short_one("accounts", begun, terminal.descriptor());
  short_one.at(begun + 1s, 0, 10);
  short_one.end();
  CHECK(terminal.shows().empty());

  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  Progress piped("accounts", begun, ends[1]);
  piped.at(begun + 10s, 5, 10);
  piped.end();
  char octet = 0;
  CHECK(::read(ends[0], &octet, 1) < 0);
  ::close(ends[0]);
  ::close(ends[1]);
}
