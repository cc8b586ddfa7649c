// What systemd hears of the service, read from a notification socket of our own: each step of its
// life, and the watchdog fed only while all threads move.
#include "daemon/operator/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

using namespace pulih::operators;

namespace {

// In the abstract namespace (unix(7)), so that no file is left behind.
class Systemd {
 public:
  Systemd() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(socket_ >= 0);
    const auto name = "pulih-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~Systemd() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
  }
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;

  // What was told since the last look; empty: nothing.
  std::string heard() const {
    std::array<char, 512> text{};
    const auto octets = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return octets > 0 ? std::string(text.data(), static_cast<std::size_t>(octets)) : "";
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("systemd hears of every step of the service's life", "[notify]") {
  const Systemd systemd;
  const Notify notify;
  notify.extend_timeout(std::chrono::seconds{2});
  CHECK(systemd.heard() == "EXTEND_TIMEOUT_USEC=2000000");
  notify.ready("1 of 2 carriers bound");
  CHECK(systemd.heard() == "READY=1\nSTATUS=1 of 2 carriers bound");
  notify.status("2 of 2 carriers bound\nREADY=1");
  CHECK(systemd.heard() == "STATUS=2 of 2 carriers bound READY=1");
  notify.reloading();
  CHECK(systemd.heard() == "RELOADING=1");
  notify.stopping("unbinding");
  CHECK(systemd.heard() == "STOPPING=1\nSTATUS=unbinding");
}

TEST_CASE("the watchdog is fed while all threads move, and names the one that does not",
          "[notify]") {
  const Systemd systemd;
  std::uint64_t engine = 0, link = 0;
  Watchdog watchdog({{"engine", [&] { return engine; }}, {"link", [&] { return link; }}});
  const Watchdog::Clock::time_point now{};
  CHECK_FALSE(watchdog.beat(now));
  CHECK(systemd.heard() == "WATCHDOG=1");
  ++engine;
  ++link;
  CHECK_FALSE(watchdog.beat(now));
  CHECK(systemd.heard() == "WATCHDOG=1");
  ++engine;
  CHECK(watchdog.beat(now) == "link");
  CHECK(systemd.heard().empty());
  ++engine;
  ++link;
  CHECK_FALSE(watchdog.beat(now));
  CHECK(systemd.heard() == "WATCHDOG=1");
}

TEST_CASE("a thread that waits for others may stand still for as long as it was given",
          "[notify]") {
  const Systemd systemd;
  std::uint64_t central = 0;
  Watchdog watchdog({{"central", [&] { return central; }, std::chrono::minutes{15}}});
  const auto beat_at = [&](int minute) {
    return watchdog.beat(Watchdog::Clock::time_point{std::chrono::minutes{minute}});
  };
  for (const int minute : {0, 5, 10, 14}) CHECK_FALSE(beat_at(minute));
  ++central;
  for (const int minute : {15, 20, 29}) CHECK_FALSE(beat_at(minute));
  CHECK(beat_at(30) == "central");
  ++central;
  CHECK_FALSE(beat_at(31));
}

TEST_CASE("the watchdog is fed twice in the time that the unit allows", "[notify]") {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  CHECK(Watchdog::interval() == std::chrono::seconds{15});
  ::setenv("WATCHDOG_PID", "1", 1);  // of another process
  CHECK_FALSE(Watchdog::interval());
  ::unsetenv("WATCHDOG_PID");
  ::unsetenv("WATCHDOG_USEC");
  CHECK_FALSE(Watchdog::interval());
}
