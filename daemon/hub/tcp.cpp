// See tcp.hpp. tcp(7), and struct tcp_info of linux/tcp.h, which the C library's header does not
// have in full.
#include "daemon/hub/tcp.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

namespace pulih::hub {
namespace {

// 64 kbit/s and 1.6 s make 12.8 kB.
constexpr std::uint64_t least_room = 15'000;

}  // namespace

void tune(int socket) {
  const auto set = [&](int level, int name, int value) {
    (void)::setsockopt(socket, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 90'000);  // ms
  // What waits, waits here, where what is urgent can overtake it.
  set(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 8'192);
  // A few segments in flight: a repeated loss must not double the timeout each time.
  set(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1);
  // Others take each loss for a queue that is full.
  constexpr std::string_view by_rate = "bbr";
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, by_rate.data(), by_rate.size());
}

bool Room::left(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
  // A rate that was once seen counts less and less; each look is some 40 ms or one piece later.
  fastest_ = std::max<std::uint64_t>(info.tcpi_delivery_rate, fastest_ - fastest_ / 256);
  constexpr std::uint64_t micro = 1'000'000;
  const auto carried = fastest_ * info.tcpi_min_rtt / micro;
  const auto segments =
      std::uint64_t{info.tcpi_unacked} + info.tcpi_retrans - info.tcpi_sacked - info.tcpi_lost;
  const auto on_its_way = segments * info.tcpi_snd_mss + info.tcpi_notsent_bytes;
  return on_its_way < std::max(least_room, carried + carried / 2);
}

}  // namespace pulih::hub
