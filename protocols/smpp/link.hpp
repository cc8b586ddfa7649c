// One connection of a session: a reader, a writer and an alarm under Boost.Asio, on the one thread
// that runs the io_context. The only file of this room that reads the clock.
//
//   struct Desk : smpp::Link::Owner {
//     void happened(smpp::Link& link, const smpp::Happening& happening) override {
//       if (auto* received = std::get_if<smpp::Received>(&happening))
//         link.session().respond(smpp::CommandId::deliver_sm, received->pdu.sequence, ESME_ROK);
//     }
//   } desk;
//   auto link = std::make_shared<smpp::Link>(std::move(connected_socket), settings, desk);
//   link->start();                          // an ESME binds, an SMSC waits to be bound
//   link->submit(message, correlation);     // any time after Bound
//   link->unbind();                         // drains, unbinds, closes; Lost tells the end
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "protocols/smpp/session.hpp"
#include "protocols/smpp/stream.hpp"

namespace pulih::smpp {

class Link : public std::enable_shared_from_this<Link> {
 public:
  // Hears what happens, in order, on the io_context's thread, and may call the link from there.
  // Lost comes last, and exactly once, unless the io_context is stopped before. An owner lives
  // until it has heard of that.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void happened(Link& link, const Happening& happening) = 0;
    // Everything that one read, alarm or call brought has been heard, Lost included.
    virtual void paused(Link&) {}
  };

  Link(Stream stream, const SessionSettings& settings, Owner& owner);

  void start();
  Session& session() { return session_; }

  // As Session's, at this moment and with flush().
  tl::expected<std::uint32_t, Refusal> submit(Body request, std::uint64_t correlation);
  void unbind();

  // After something was asked of the session: what follows from it is told and written at the end
  // of this turn of the loop, everything in one write.
  void flush();
  // As flush(), but at once.
  void wake();
  // Ends the connection without a word, as a cut cable would. Lost is told at the end of this turn.
  void abort();

 private:
  boost::asio::awaitable<void> read();
  boost::asio::awaitable<void> write();
  boost::asio::awaitable<void> watch_time();
  bool tell(Monotonic now);
  void lose(std::string_view why);
  void close();

  Stream stream_;
  const Stream::Side side_;
  bool open_ = false;  // the handshake is over
  Session session_;
  Owner& owner_;
  boost::asio::steady_timer alarm_;
  boost::asio::steady_timer output_wanted_;  // cancelled to wake the writer
  std::vector<std::uint8_t> read_buffer_;
  std::vector<std::uint8_t> write_buffer_;
  std::optional<Monotonic> close_at_;  // once Lost has been told
  bool flush_posted_ = false;
  bool telling_ = false;
  bool closed_ = false;
};

}  // namespace pulih::smpp
