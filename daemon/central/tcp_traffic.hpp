// How many octets went over a TCP connection so far, as the kernel counts them (TCP_INFO): with
// what TLS adds, without the heads of packets and without repetitions.
#pragma once
#include <cstdint>
#include <optional>

namespace pulih::central {

struct TcpTraffic {
  std::uint64_t in = 0, out = 0;
};
// Nothing: it is no TCP socket.
std::optional<TcpTraffic> tcp_traffic(int socket);

}  // namespace pulih::central
