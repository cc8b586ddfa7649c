// The hub: it listens where gateways connect, knows each by its certificate, and gives each a desk.
// The file of sites is read anew when it was changed: a certificate that is revoked loses its
// connection within seconds. A newer connection of a site takes the place of the one before.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <set>

#include "daemon/hub/connecting.hpp"
#include "daemon/hub/desk.hpp"

namespace pulih::hub {

// For the journal. `text` holds no secret.
struct Notice {
  enum class What : std::uint8_t {
    connected,
    lost,
    refused,           // a certificate of no site
    revoked,           // it was one of a site until now
    sites_unreadable,  // the file; what was read before stays in force
    handshake_failed,
    full,
  };
  What what{};
  std::string site;  // where it is known
  std::string text;
};

struct HubSettings {
  Address listen;
  std::filesystem::path certificate, key;  // PEM
  std::filesystem::path sites;
  std::size_t most_sites = 256;  // connections at once
  LinkTimes times = {};
  std::chrono::milliseconds handshake{60'000};
  std::chrono::milliseconds between_looks{1'000};  // at the file of sites
};

struct SiteState {
  std::string site, region, peer;
  std::uint64_t requests = 0, octets_in = 0, octets_out = 0;
};

class Hub {
 public:
  Hub(boost::asio::io_context& io, HubSettings settings, CentralFactory& factory,
      std::function<void(const Notice&)> notices);
  // The io_context must not run any more, or be run by this thread.
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Or what is wrong with files or address: what, where, what to do.
  tl::expected<void, std::string> start();
  std::uint16_t port() const;  // where it listens, for a listen port 0
  void stop();                 // tells every site, and takes no more
  bool stopped() const { return desks_.empty(); }
  std::vector<SiteState> states() const;

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> admit(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<void> watch_sites();
  void seat(smpp::Stream stream, std::string peer);
  void met(Desk& desk);
  void read_sites();
  void note(Notice::What what, std::string site, std::string text);

  boost::asio::io_context& io_;
  const HubSettings settings_;
  CentralFactory& factory_;
  const std::function<void(const Notice&)> notices_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer look_;
  smpp::TlsContext context_;
  Sites sites_;
  std::string sites_trouble_;
  std::optional<std::pair<std::filesystem::file_time_type, std::uintmax_t>> sites_read_;
  std::set<std::shared_ptr<Desk>> desks_;
  std::size_t shaking_hands_ = 0;
  bool stopping_ = false;
};

}  // namespace pulih::hub
