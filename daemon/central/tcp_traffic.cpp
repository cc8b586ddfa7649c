// See tcp_traffic.hpp. The kernel's own header, since glibc's tcp_info has no octets; the two
// cannot be included together.
#include "daemon/central/tcp_traffic.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace pulih::central {

std::optional<TcpTraffic> tcp_traffic(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return TcpTraffic{info.tcpi_bytes_received, info.tcpi_bytes_acked};
}

}  // namespace pulih::central
