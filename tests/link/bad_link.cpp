// See bad_link.hpp. Each namespace is made by a thread that enters a new one, so that this process'
// other threads stay where they are (unshare(2), network_namespaces(7), tun/tap of the kernel).
#include "tests/link/bad_link.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>

namespace pulih::test {
namespace {

constexpr std::size_t most_packet = 65'536;

int must(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

struct Made {
  int device, home;
};

// The calling thread's namespace becomes a new one, with a TUN device that leads to `peer`.
Made make_end(const char* own, const char* peer) {
  must(::unshare(CLONE_NEWNET), "a network namespace of its own (CAP_SYS_ADMIN is needed)");
  const int home = must(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "ns/net");
  const int device = must(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun");
  ifreq request{};
  std::strncpy(request.ifr_name, "link", IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  must(::ioctl(device, TUNSETIFF, &request), "a TUN device");
  const int socket = must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "a socket");
  const auto set_address = [&](unsigned long which, const char* text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, text, &address.sin_addr);
    std::memcpy(&request.ifr_addr, &address, sizeof address);
    must(::ioctl(socket, which, &request), "an address of a TUN device");
  };
  set_address(SIOCSIFADDR, own);
  set_address(SIOCSIFDSTADDR, peer);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  must(::ioctl(socket, SIOCSIFFLAGS, &request), "starting a TUN device");
  ifreq loopback{};
  std::strncpy(loopback.ifr_name, "lo", IFNAMSIZ - 1);
  loopback.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  must(::ioctl(socket, SIOCSIFFLAGS, &loopback), "starting the loopback device");
  ::close(socket);
  return {device, home};
}

}  // namespace

BadLink::BadLink(const Conditions& conditions) : conditions_(conditions), draws_(conditions.seed) {
  for (const auto end : {End::one, End::other}) {
    std::exception_ptr failed;
    std::thread([&] {
      try {
        const auto made = make_end(address(end), address(end == End::one ? End::other : End::one));
        ways_[index(end)].device = made.device;
        ways_[index(end)].home = made.home;
      } catch (...) {
        failed = std::current_exception();
      }
    }).join();
    if (failed) std::rethrow_exception(failed);
  }
  thread_ = std::thread([this] { carry(); });
}

BadLink::~BadLink() {
  stopping_ = true;
  thread_.join();
  for (const auto& way : ways_) {
    ::close(way.device);
    ::close(way.home);
  }
}

void BadLink::enter(End end) const {
  must(::setns(ways_[index(end)].home, CLONE_NEWNET), "entering an end of the link");
}

// SplitMix64: the same losses from the same seed and the same packets.
bool BadLink::is_lost() {
  std::uint64_t x = draws_ += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return (x ^ (x >> 31)) % 1'000 < conditions_.lost_per_thousand;
}

void BadLink::take(Way& way, Clock::time_point now) {
  std::vector<char> octets(most_packet);
  while (true) {
    const auto count = ::read(way.device, octets.data(), octets.size());
    if (count <= 0) return;
    way.octets += static_cast<std::uint64_t>(count);
    ++way.packets;
    const auto begin = std::max(now, way.free);
    if (cut_ || is_lost() || begin - now > conditions_.longest_queue) {
      ++way.lost;
      continue;
    }
    way.free = begin + std::chrono::nanoseconds(static_cast<std::uint64_t>(count) * 8'000'000'000 /
                                                conditions_.bits_per_second);
    way.queue.push_back({way.free + conditions_.delay, {octets.begin(), octets.begin() + count}});
  }
}

void BadLink::carry() {
  while (!stopping_) {
    auto next = Clock::now() + std::chrono::milliseconds{100};  // to see that it ends
    for (const auto& way : ways_)
      if (!way.queue.empty()) next = std::min(next, way.queue.front().due);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    pollfd devices[2] = {{ways_[0].device, POLLIN, 0}, {ways_[1].device, POLLIN, 0}};
    ::poll(devices, 2, static_cast<int>(std::max<std::int64_t>(wait, 0)));
    const auto now = Clock::now();
    for (const std::size_t from : {std::size_t{0}, std::size_t{1}}) {
      auto& queue = ways_[from].queue;
      for (; !queue.empty() && queue.front().due <= now; queue.pop_front())
        (void)!::write(ways_[1 - from].device, queue.front().octets.data(),
                       queue.front().octets.size());
      take(ways_[from], now);
    }
  }
}

}  // namespace pulih::test
