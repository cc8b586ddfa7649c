// Waiting for a socket that is another's: ready, late, ended from another thread, broken, and taken
// back before its number goes to the next one. And what TCP counts of one.
#include "daemon/central/socket_wait.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "daemon/central/tcp_traffic.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;
using Ended = SocketWait::Ended;
using For = SocketWait::For;

struct Pair {
  Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0); }
  ~Pair() {
    for (const int end : ends) ::close(end);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  // From any thread: Catch's own words are for one.
  void write() const {
    if (::write(ends[1], "a", 1) != 1) throw std::runtime_error("not written");
  }
  void read() const {
    char octet = 0;
    REQUIRE(::read(ends[0], &octet, 1) == 1);
  }
  int socket() const { return ends[0]; }
  std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("a wait ends when there is something to read, or room to write", "[central]") {
  const Pair pair;
  SocketWait waits;
  CHECK(waits.wait(pair.socket(), For::reading, 1ms) == Ended::late);
  CHECK(waits.wait(pair.socket(), For::writing, 1h) == Ended::ready);
  CHECK(waits.wait(pair.socket(), For::either, 1h) == Ended::ready);
  for (int i = 0; i < 3; ++i) {
    pair.write();
    CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::ready);
    CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::ready);  // it was not read yet
    pair.read();
    CHECK(waits.wait(pair.socket(), For::reading, 1ms) == Ended::late);
  }
  std::jthread later([&] { pair.write(); });
  CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::ready);
}

TEST_CASE("a socket whose other end is gone is ready: whoever reads it learns why", "[central]") {
  Pair pair;
  SocketWait waits;
  CHECK(waits.wait(pair.socket(), For::reading, 1ms) == Ended::late);
  ::shutdown(pair.ends[1], SHUT_RDWR);
  CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::ready);
}

TEST_CASE("another thread ends a wait, and all after it", "[central]") {
  const Pair pair;
  SocketWait waits;
  std::jthread later([&] { waits.interrupt(); });
  CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::interrupted);
  pair.write();
  CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::interrupted);
}

TEST_CASE("the next socket may have the number of the one before", "[central]") {
  SocketWait waits;
  for (int i = 0; i < 3; ++i) {
    const Pair pair;
    CHECK(waits.wait(pair.socket(), For::reading, 1ms) == Ended::late);
    pair.write();
    CHECK(waits.wait(pair.socket(), For::reading, 1h) == Ended::ready);
    waits.let_go();
  }
  CHECK(waits.wait(-1, For::reading, 1h) == Ended::impossible);
}

TEST_CASE("TCP counts its octets, and nothing else does", "[central]") {
  const Pair pair;
  CHECK_FALSE(tcp_traffic(pair.socket()));
  const int listens = ::socket(AF_INET, SOCK_STREAM, 0), socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listens, any, size) == 0);
  REQUIRE(::listen(listens, 1) == 0);
  REQUIRE(::getsockname(listens, any, &size) == 0);
  REQUIRE(::connect(socket, any, size) == 0);
  const int other = ::accept(listens, nullptr, nullptr);
  const std::string some(1'000, 'a');
  REQUIRE(::send(socket, some.data(), some.size(), 0) == 1'000);
  std::array<char, 1'000> heard{};
  REQUIRE(::recv(other, heard.data(), heard.size(), MSG_WAITALL) == 1'000);
  CHECK(tcp_traffic(other)->in == 1'000);
  CHECK(tcp_traffic(other)->out == 0);
  for (const int each : {listens, socket, other}) ::close(each);
}

}  // namespace pulih::central
