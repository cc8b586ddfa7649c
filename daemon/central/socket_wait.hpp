// Waiting, under Asio, for a socket that a library owns and may close: as long as one's patience
// lasts, and no longer once another thread wants an end. The library's socket is only lent; whoever
// lets the library close it takes it back first (let_go), or the next one with its number would
// never be heard.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>

namespace pulih::central {

class SocketWait {
 public:
  enum class For : std::uint8_t { reading, writing, either };
  enum class Ended : std::uint8_t { ready, late, interrupted, impossible };

  SocketWait() = default;  // throws boost::system::system_error: no descriptors are left
  SocketWait(const SocketWait&) = delete;
  SocketWait& operator=(const SocketWait&) = delete;
  ~SocketWait() { let_go(); }

  // Also ready: the socket is broken.
  Ended wait(int socket, For what, std::chrono::milliseconds patience);
  void let_go();
  // From another thread: this wait and all after it end at once.
  void interrupt();

 private:
  boost::asio::io_context io_{1};
  boost::asio::posix::stream_descriptor socket_{io_};
  boost::asio::steady_timer patience_{io_};
  std::atomic<bool> interrupted_ = false;
};

}  // namespace pulih::central
