// A wire between a client and its server that can be cut behind any octet, of either way: the
// request has arrived and its answer is lost, or half a request has arrived. It serves every
// connection that is made to it, on a port of 127.0.0.1.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <variant>

namespace pulih::test {

class Relay {
 public:
  // A port of 127.0.0.1, or a socket in the file system.
  using Server = std::variant<std::uint16_t, std::filesystem::path>;
  enum class Way : std::uint8_t { requests, answers };

  explicit Relay(Server server);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  std::uint16_t port() const { return port_; }
  // The connection ends that carries the octet after the next `octets` of this way.
  void cut_after(Way way, std::int64_t octets) { left_[index(way)] = octets; }
  void lose_next_answer() { cut_after(Way::answers, 0); }
  void cut_no_more() { left_[0] = left_[1] = endless; }
  int connections() const { return connections_; }
  int cuts() const { return cuts_; }

 private:
  static constexpr std::int64_t endless = -1;
  static std::size_t index(Way way) { return static_cast<std::size_t>(way); }
  void serve();
  int connected() const;
  // Of so many octets of this way these go on; fewer than there are: the connection ends with them.
  std::size_t passing(Way way, std::size_t octets);

  const Server server_;
  int listening_ = -1, stop_ = -1;
  std::uint16_t port_ = 0;
  std::array<std::atomic<std::int64_t>, 2> left_{endless, endless};
  std::atomic<int> connections_ = 0, cuts_ = 0;
  std::thread serving_;
};

}  // namespace pulih::test
