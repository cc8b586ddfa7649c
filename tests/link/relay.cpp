// See relay.hpp. One thread waits for all connections at once, and carries octets as they come.
#include "tests/link/relay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace pulih::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Relay::Relay(Server server) : server_(std::move(server)) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, any, size) != 0 || ::listen(listening_, 10) != 0 ||
      ::getsockname(listening_, any, &size) != 0)
    throw std::runtime_error("the relay cannot listen");
  port_ = ntohs(address.sin_port);
  serving_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
  serving_.join();
  ::close(stop_);
  ::close(listening_);
}

// A server that is away: a socket on which nothing is ever heard but its end.
int Relay::connected() const {
  if (const auto* port = std::get_if<std::uint16_t>(&server_)) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(*port);
    (void)::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return server;
  }
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = std::get<std::filesystem::path>(server_).string();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  (void)::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return server;
}

std::size_t Relay::passing(Way way, std::size_t octets) {
  auto& left = left_[index(way)];
  const auto allowed = left.load();
  if (allowed == endless) return octets;
  const auto passing = std::min(octets, static_cast<std::size_t>(allowed));
  left = passing < octets ? endless : allowed - static_cast<std::int64_t>(passing);
  cuts_ += passing < octets;
  return passing;
}

void Relay::serve() {
  // The listening socket and the stop, then pairs: the client's side and the server's.
  std::vector<pollfd> waited{{listening_, POLLIN, 0}, {stop_, POLLIN, 0}};
  const auto end = [&](std::size_t pair) {
    for (std::size_t i = pair; i < pair + 2; ++i) {
      ::close(waited[i].fd);
      waited[i].fd = -1;  // poll passes it over
    }
  };
  while (::poll(waited.data(), waited.size(), -1) > 0 && waited[1].revents == 0) {
    for (std::size_t i = 2; i < waited.size(); ++i) {
      if (waited[i].fd < 0 || waited[i].revents == 0) continue;
      std::array<char, 65'536> octets{};
      const auto got = ::recv(waited[i].fd, octets.data(), octets.size(), 0);
      const bool is_answer = i % 2 == 1;
      const auto count = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
      const auto passes = passing(is_answer ? Way::answers : Way::requests, count);
      const auto other = is_answer ? i - 1 : i + 1;
      const auto sent = ::send(waited[other].fd, octets.data(), passes, MSG_NOSIGNAL);
      if (got > 0 && passes == count && sent >= 0) continue;
      end(i - i % 2);
      break;
    }
    if (waited[0].revents == 0) continue;
    ++connections_;
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const int at_once = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    waited.push_back({client, POLLIN, 0});
    waited.push_back({connected(), POLLIN, 0});
  }
  for (std::size_t pair = 2; pair < waited.size(); pair += 2)
    if (waited[pair].fd >= 0) end(pair);
}

}  // namespace pulih::test
