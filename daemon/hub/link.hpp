// A connection between a gateway and the hub: a Talk on a TLS stream that has shaken hands. It is
// made for a link of seconds, with losses: what is urgent never stands behind what the system has
// buffered, a side that waits for an answer pings, so that TCP sees a lost tail at once instead of
// at its timeout, and a peer that is silent or does not read is given up. One thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "daemon/hub/talk.hpp"
#include "daemon/hub/tcp.hpp"
#include "protocols/smpp/stream.hpp"

namespace pulih::hub {

struct LinkTimes {
  // An answer is awaited, nothing came for so long: ping. The first pings come so fast, …
  std::chrono::milliseconds ping_first{400};
  // … later ones so.
  std::chrono::milliseconds ping_later{2'000};
  // Nothing came for so long: the link is lost. While an answer is awaited, and while none is.
  std::chrono::milliseconds silence{45'000};
  std::chrono::milliseconds idle{300'000};
  // A write that the peer does not take for so long.
  std::chrono::milliseconds slow{60'000};
};

class Link : public std::enable_shared_from_this<Link> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void heard(Link&, Talk::Heard) = 0;
    virtual void drained(Link&) = 0;  // a piece went out: there may be room for more
    // The last call. `farewell`: the peer's own, or ours to it; nothing: the connection failed.
    virtual void lost(Link&, std::string why, std::optional<Farewell> farewell) = 0;
  };
  // `stream` has shaken hands. The owner outlives the link's last call.
  Link(smpp::Stream stream, Talk::Side side, const LinkTimes& times, Owner& owner);

  void start();
  void send(Lane lane, Writer message);
  std::size_t waiting(Lane lane) const { return talk_.waiting(lane); }
  // Whether an answer of the peer is awaited.
  void await_answers(bool awaited);
  // Says it to the peer, then closes.
  void end(const Fault& why);
  // Closes at once; the owner is not called any more.
  void abandon();

  auto executor() { return stream_.get_executor(); }
  std::uint64_t octets_in() const { return octets_in_; }
  std::uint64_t octets_out() const { return octets_out_; }

 private:
  using Clock = std::chrono::steady_clock;
  boost::asio::awaitable<void> read();
  boost::asio::awaitable<void> write();
  boost::asio::awaitable<void> watch_time();
  Clock::time_point next_look() const;
  void look(Clock::time_point now);
  void lose(std::string why, std::optional<Farewell> farewell);
  void close();

  smpp::Stream stream_;
  Talk talk_;
  Room room_;
  const LinkTimes times_;
  Owner* owner_;
  boost::asio::steady_timer alarm_, output_wanted_;
  Clock::time_point heard_at_, pinged_at_;
  std::optional<Clock::time_point> writing_since_, awaiting_since_, close_at_;
  unsigned pings_ = 0;  // since something came
  std::optional<Fault> ended_with_;
  std::uint64_t octets_in_ = 0, octets_out_ = 0;
  bool closed_ = false;
};

}  // namespace pulih::hub
