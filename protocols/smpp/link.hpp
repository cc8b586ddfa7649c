// One connection of a session: reads, writes and alarms under Boost.Asio, on the one thread that
// runs the io_context. The only file of this room that knows of sockets; the stream is a type of
// its own here so that TLS can take its place.
//
//   auto link = std::make_shared<Link>(std::move(socket), settings, owner);
//   link->start();                        // binds (ESME) or waits to be bound (SMSC)
//   link->session().submit(…); link->flush();
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "protocols/smpp/session.hpp"

namespace pulih::smpp {

class Link : public std::enable_shared_from_this<Link> {
 public:
  using Stream = boost::asio::ip::tcp::socket;

  // Hears what happens, in order, on the io_context's thread. Lost comes last, and exactly once.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void happened(Link& link, const Happening& happening) = 0;
    // Everything that one read brought has been heard.
    virtual void paused(Link&) {}
  };

  Link(Stream stream, SessionSettings settings, Owner& owner);

  void start();
  Session& session() { return session_; }
  // Writes what the session has to say: everything that was said in this turn of the loop in one
  // write.
  void flush();
  // As flush(), after something was asked of the session that may have changed its state.
  void wake() { hear(); }
  // Ends the connection without a word, as a cut cable would.
  void abort();

 private:
  void read();
  void hear();
  void write();
  void set_alarm();
  void close_when_written();

  Stream stream_;
  Session session_;
  Owner& owner_;
  boost::asio::steady_timer alarm_;
  std::vector<std::uint8_t> read_buffer_;
  std::vector<std::uint8_t> write_buffer_;
  bool flush_wanted_ = false;
  bool writing_ = false;
  bool told_lost_ = false;
  bool closed_ = false;
};

}  // namespace pulih::smpp
