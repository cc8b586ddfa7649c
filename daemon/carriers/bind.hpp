// One bind to a carrier, kept alive: it connects, binds, and when the link is lost it waits and
// begins again at the carrier's next host, until it is asked to stop.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "daemon/carriers/profile.hpp"
#include "daemon/carriers/state.hpp"
#include "protocols/smpp/backoff.hpp"
#include "protocols/smpp/link.hpp"

namespace pulih::carriers {

class Bind final : public smpp::Link::Owner, private smpp::Tap {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // As Link::Owner, with the bind it came by. Not told: Bound, BindRefused and Lost are
    // journalled here.
    virtual void happened(Bind& bind, const smpp::Happening& happening) = 0;
    virtual void paused(Bind&) = 0;
    // Every PDU while it is watched.
    virtual void seen(Bind&, smpp::Tap::Direction, smpp::Octets) = 0;
  };

  Bind(boost::asio::io_context& io, const Profile& carrier, smpp::BindMode mode, Owner& owner,
       LinkWatcher& watcher, std::function<std::uint32_t()> draw);

  void start();
  // The carrier has taken something: the next attempt after this connection comes soon.
  void worked() { backoff_.reset(); }
  // Unbinds in order, and connects no more.
  void stop();
  // The carrier has forgotten this bind: ends the connection, and begins again.
  void renew();
  bool stopped() const { return stopping_ && !link_; }

  bool bound() const { return link_ && link_->session().bound(); }
  smpp::BindMode mode() const { return mode_; }
  // Nothing while there is no connection.
  smpp::Link* link() const { return link_.get(); }
  // Rises with each connection, so that an answer meant for an earlier one goes nowhere.
  std::uint64_t connection() const { return connection_; }
  // Whether its owner sees each PDU.
  void watch(bool watched);
  // All of it but the pace.
  BindState state() const;

 private:
  void connect();
  void retry();
  void failed(std::string why);
  std::optional<smpp::Stream> stream_over(boost::asio::ip::tcp::socket socket);
  void happened(smpp::Link& link, const smpp::Happening& happening) override;
  void paused(smpp::Link& link) override;
  void seen(Direction direction, smpp::Octets pdu) override { owner_.seen(*this, direction, pdu); }
  void tell(LinkNotice::What what, std::string text);
  smpp::SessionSettings settings() const;
  const Host& host() const { return carrier_.hosts[host_]; }
  std::string where() const { return host().name + ":" + host().port; }

  boost::asio::io_context& io_;
  const Profile& carrier_;
  const smpp::BindMode mode_;
  Owner& owner_;
  LinkWatcher& watcher_;
  const std::function<std::uint32_t()> draw_;
  smpp::Backoff backoff_;
  boost::asio::steady_timer timer_;
  std::size_t host_ = 0;  // of the profile's
  boost::asio::ip::tcp::resolver resolver_;
  std::shared_ptr<boost::asio::ip::tcp::socket> connecting_;
  smpp::TlsContext tls_;  // the last one that could be loaded
  std::shared_ptr<smpp::Link> link_;
  std::chrono::steady_clock::time_point bound_since_{};
  std::uint64_t connection_ = 0;
  bool stopping_ = false;
  bool watched_ = false;
  std::string trouble_;
  bool refused_ = false;  // on this connection
};

}  // namespace pulih::carriers
