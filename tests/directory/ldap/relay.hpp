// A wire between the driver and the server that can lose an answer: the request has arrived, and
// the connection breaks before its answer does. It serves every connection that is made to it.
#pragma once
#include <atomic>
#include <cstdint>
#include <thread>

namespace pulih::directory {

class Relay {
 public:
  explicit Relay(std::uint16_t server);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  std::uint16_t port() const { return port_; }
  // The next octets from the server end their connection instead.
  void lose_next_answer() { loses_ = true; }
  int connections() const { return connections_; }

 private:
  void serve();
  const std::uint16_t server_;
  int listening_ = -1, stop_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> loses_ = false;
  std::atomic<int> connections_ = 0;
  std::thread serving_;
};

}  // namespace pulih::directory
