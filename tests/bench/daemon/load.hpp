// The load on a gateway, from the carrier's side of the wire: an SMSC on this machine that brings
// MO messages, over each of its binds in turn, and times how long each MT answer takes. Either so
// many turns are always under way (what is the most?), or so many begin each second whatever comes
// back (how long does one wait?).
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "protocols/smpp/link.hpp"
#include "tests/bench/daemon/teachers.hpp"

namespace pulih::bench {

using Clock = std::chrono::steady_clock;

struct Measured {
  std::uint64_t turns = 0;
  double seconds = 0;
  std::vector<std::uint32_t> latencies;  // microseconds, sorted

  double rate() const { return static_cast<double>(turns) / seconds; }
  double milliseconds(double quantile) const;
};

class Load final : public smpp::Link::Owner {
 public:
  Load(boost::asio::io_context& io, Teachers& teachers);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Until a gateway has bound so often; false after `patience`.
  bool wait_for_binds(std::size_t binds, std::chrono::seconds patience);
  // Each of the teachers takes one step, `window` at once.
  Measured one_step_each(std::size_t window);
  Measured always_under_way(std::size_t window, std::chrono::milliseconds time);
  // The time counts from the moment at which a turn was to begin, so that a gateway that stands
  // still cannot hide it by taking no new ones.
  Measured each_second(double rate, std::chrono::milliseconds time);

 private:
  struct UnderWay {
    Clock::time_point since;
    bool taken = false;     // the gateway has acknowledged the MO message
    bool answered = false;  // its MT answer is here
  };
  void accept();
  void happened(smpp::Link& link, const smpp::Happening& happening) override;
  void paused(smpp::Link&) override { refill(); }
  void take_answer(smpp::Link& link, const smpp::Pdu& pdu);
  void taken(std::size_t teacher, std::uint32_t status);
  void begin(std::size_t teacher, Clock::time_point due);
  void finish(std::size_t teacher);
  void refill();
  void flush();
  std::size_t someone_free();
  void on_beat(double rate);
  Measured take_measure(Clock::time_point began);
  void drain();

  boost::asio::io_context& io_;
  Teachers& teachers_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer beat_;
  std::vector<std::shared_ptr<smpp::Link>> links_;  // all that are bound or about to be
  std::size_t bound_ = 0;
  std::size_t turn_ = 0;  // of the link that brings the next message
  bool beating_ = false;

  std::vector<UnderWay> under_way_;  // by teacher
  std::size_t count_ = 0;            // of those under way
  std::size_t window_ = 0;           // to be kept under way; 0: none is begun
  std::size_t in_order_ = 0;         // in one_step_each, who is next
  bool one_each_ = false;
  std::uint64_t chance_ = 88172645463325252;
  Clock::time_point next_due_{};
  Measured measured_;
};

}  // namespace pulih::bench
