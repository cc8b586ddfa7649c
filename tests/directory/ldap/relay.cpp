// See relay.hpp. One thread waits for all connections at once, and carries octets as they come.
#include "tests/directory/ldap/relay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace pulih::directory {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Relay::Relay(std::uint16_t server) : server_(server) {
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

void Relay::serve() {
  // The listening socket and the stop, then pairs: the driver's side and the server's.
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
      if (got <= 0 || (is_answer && loses_.exchange(false))) {
        end(i - i % 2);
        break;
      }
      const auto other = i % 2 == 0 ? i + 1 : i - 1;
      if (::send(waited[other].fd, octets.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) <
          0) {
        end(i - i % 2);
        break;
      }
    }
    if (waited[0].revents == 0) continue;
    ++connections_;
    const int driver = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(server_);
    (void)::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    waited.push_back({driver, POLLIN, 0});
    waited.push_back({server, POLLIN, 0});
  }
  for (std::size_t pair = 2; pair < waited.size(); pair += 2)
    if (waited[pair].fd >= 0) end(pair);
}

}  // namespace pulih::directory
