// A bad link for tests and measurements: two TUN devices in two network namespaces of this process,
// joined by a queue with delay, rate and loss, which can be cut; 127.0.0.1 is each end's own. A
// thread that enters one end lives there from then on, with all threads and processes that it
// starts. Needs CAP_NET_ADMIN.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace pulih::test {

class BadLink {
 public:
  enum class End : std::uint8_t { one, other };
  struct Conditions {
    std::chrono::milliseconds delay{800};  // one way
    std::uint64_t bits_per_second = 64'000;
    std::uint32_t lost_per_thousand = 0;
    std::chrono::milliseconds longest_queue{2'000};  // what would wait longer is dropped
    std::uint64_t seed = 1;
  };
  static constexpr const char* address(End end) {
    return end == End::one ? "192.0.2.1" : "192.0.2.2";  // RFC 5737
  }

  // Throws std::system_error: what could not be done.
  explicit BadLink(const Conditions& conditions);
  ~BadLink();
  BadLink(const BadLink&) = delete;
  BadLink& operator=(const BadLink&) = delete;

  void enter(End end) const;
  void cut(bool is_cut) { cut_ = is_cut; }
  // Octets and IP packets that this end sent, those that were lost included, and how many were.
  std::uint64_t octets_from(End end) const { return ways_[index(end)].octets; }
  std::uint64_t packets_from(End end) const { return ways_[index(end)].packets; }
  std::uint64_t lost_from(End end) const { return ways_[index(end)].lost; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Packet {
    Clock::time_point due;
    std::vector<char> octets;
  };
  struct Way {                   // from one end to the other
    int device = -1, home = -1;  // the TUN device that packets come from, and its namespace
    std::deque<Packet> queue;
    Clock::time_point free{};  // when the link has sent all that is queued
    std::atomic<std::uint64_t> octets = 0, packets = 0, lost = 0;
  };
  static std::size_t index(End end) { return static_cast<std::size_t>(end); }
  void carry();
  void take(Way& way, Clock::time_point now);
  bool is_lost();

  const Conditions conditions_;
  Way ways_[2];
  std::uint64_t draws_;
  std::atomic<bool> cut_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace pulih::test
