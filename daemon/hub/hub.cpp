// See hub.hpp. Who a gateway is is decided after the handshake: it proved that it has the key of
// its certificate (RFC 8446, 4.4.3), and the fingerprint of that is enrolled or not, whoever signed
// it. One that is not is told so, with the fingerprint that its operator may compare.
#include "daemon/hub/hub.hpp"

#include <openssl/ssl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <system_error>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/hub/server_tls.hpp"

namespace pulih::hub {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using smpp::or_error;
using smpp::rethrow;
// After a failure to accept, as when there are too many descriptors.
constexpr auto breath = std::chrono::milliseconds{200};

std::string name_of(const tcp::socket& socket) {
  boost::system::error_code error;
  const auto end = socket.remote_endpoint(error);
  return error ? "an unknown address" : end.address().to_string();
}

// As its messages call the other side.
smpp::TlsSettings towards_a_gateway() {
  smpp::TlsSettings tls;
  tls.peer = "the gateway";
  tls.newest_only = true;
  return tls;
}

}  // namespace

Hub::Hub(asio::io_context& io, HubSettings settings, CentralFactory& factory,
         std::function<void(const Notice&)> notices)
    : io_(io),
      settings_(std::move(settings)),
      factory_(factory),
      notices_(std::move(notices)),
      acceptor_(io),
      look_(io) {}

Hub::~Hub() {
  for (const auto& desk : desks_) desk->close();
  desks_.clear();
}

void Hub::note(Notice::What what, std::string site, std::string text) {
  notices_({what, std::move(site), std::move(text)});
}

tl::expected<void, std::string> Hub::start() {
  auto context = load_server_tls(settings_.certificate, settings_.key);
  if (!context) return tl::unexpected(context.error());
  context_ = std::move(*context);
  read_sites();
  if (!sites_trouble_.empty()) return tl::unexpected(sites_trouble_);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(settings_.listen.host, error);
  if (error)
    return tl::unexpected("hub.listen: " + settings_.listen.host +
                          " is no address; as in 0.0.0.0:8443");
  const tcp::endpoint here(address, settings_.listen.port);
  acceptor_.open(here.protocol(), error);
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  acceptor_.bind(here, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return tl::unexpected("hub.listen: " + settings_.listen.host + ":" +
                          std::to_string(settings_.listen.port) + ": " + error.message());
  asio::co_spawn(io_, accept(), rethrow);
  asio::co_spawn(io_, watch_sites(), rethrow);
  return {};
}

std::uint16_t Hub::port() const {
  boost::system::error_code error;
  return acceptor_.local_endpoint(error).port();
}

void Hub::stop() {
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  look_.cancel();
  for (const auto& desk : desks_) desk->end({Farewell::stopping, "the hub is being stopped"});
}

// ---- coming in --------------------------------------------------------------------------------

asio::awaitable<void> Hub::accept() {
  while (!stopping_) {
    auto [error, socket] = co_await acceptor_.async_accept(or_error);
    if (stopping_) co_return;
    if (error) {
      asio::steady_timer pause(io_, breath);
      co_await pause.async_wait(or_error);
    } else if (shaking_hands_ + desks_.size() >= settings_.most_sites) {
      note(Notice::What::full, "",
           "as many connections as hub.most_sites allows; one from " + name_of(socket) +
               " was closed");
    } else {
      asio::co_spawn(io_, admit(std::move(socket)), rethrow);
    }
  }
}

asio::awaitable<void> Hub::admit(tcp::socket socket) {
  ++shaking_hands_;
  const auto peer = name_of(socket);
  tune(socket.native_handle());
  auto shaking = std::make_shared<smpp::Stream>(std::move(socket), context_, towards_a_gateway());
  asio::steady_timer patience(io_, settings_.handshake);
  // What it is called with may be on its way already when the handshake ends.
  patience.async_wait([weak = std::weak_ptr(shaking)](const boost::system::error_code& cancelled) {
    const auto stream = weak.lock();
    if (!cancelled && stream) stream->close();
  });
  const auto failed = co_await shaking->handshake(smpp::Stream::Side::server);
  patience.cancel();
  auto stream = std::move(*shaking);
  shaking.reset();
  --shaking_hands_;
  if (stopping_) co_return;
  if (failed)
    note(Notice::What::handshake_failed, "", peer + ": " + *failed);
  else
    seat(std::move(stream), peer);
}

void Hub::seat(smpp::Stream stream, std::string peer) {
  const auto hash = peer_certificate(stream.ssl());
  const auto* known = hash ? sites_.find(*hash) : nullptr;
  const Site site = known ? *known : Site{};
  Desk::Calls calls;
  calls.met = [this](Desk& desk) { met(desk); };
  calls.lost = [this](Desk& desk, const std::string& why) {
    if (!desk.site().name.empty()) note(Notice::What::lost, desk.site().name, why);
  };
  calls.ended = [this](Desk& desk) {
    asio::post(io_, [this, gone = desk.weak_from_this()] {
      if (const auto held = gone.lock()) desks_.erase(held);
    });
  };
  const auto desk = std::make_shared<Desk>(site, std::move(peer), std::move(stream),
                                           settings_.times, factory_, std::move(calls));
  desks_.insert(desk);
  if (known) return desk->start();
  const auto text = "the certificate " + (hash ? accounts::in_hex(*hash) : "") + " is of no site";
  note(Notice::What::refused, "", desk->peer() + ": " + text);
  desk->refuse({Farewell::not_enrolled, text});
}

void Hub::met(Desk& desk) {
  for (const auto& other : desks_)
    if (other.get() != &desk && other->site().name == desk.site().name)
      other->end({Farewell::displaced, "a newer connection of this site is there"});
  note(Notice::What::connected, desk.site().name, "connected from " + desk.peer());
}

// ---- who may ----------------------------------------------------------------------------------

asio::awaitable<void> Hub::watch_sites() {
  while (!stopping_) {
    look_.expires_after(settings_.between_looks);
    co_await look_.async_wait(or_error);
    if (!stopping_) read_sites();
  }
}

void Hub::read_sites() {
  std::error_code missing;
  const auto time = std::filesystem::last_write_time(settings_.sites, missing);
  const auto size = missing ? 0 : std::filesystem::file_size(settings_.sites, missing);
  const std::pair now{time, size};
  if (sites_read_ == now) return;
  auto read = Sites::read(settings_.sites);
  if (!read) {
    if (std::exchange(sites_trouble_, read.error()) != read.error())
      note(Notice::What::sites_unreadable, "", sites_trouble_);
    return;
  }
  sites_trouble_.clear();
  sites_ = std::move(*read);
  sites_read_ = now;
  for (const auto& desk : desks_) {
    const auto* still = sites_.find(desk->site().certificate);
    if (desk->site().name.empty() || (still && *still == desk->site())) continue;
    note(Notice::What::revoked, desk->site().name, "its certificate is not enrolled any more");
    desk->end({Farewell::revoked, "this certificate is not enrolled any more"});
  }
}

std::vector<SiteState> Hub::states() const {
  std::vector<SiteState> states;
  for (const auto& desk : desks_)
    if (!desk->site().name.empty())
      states.push_back({desk->site().name, desk->site().region, desk->peer(), desk->requests(),
                        desk->link().octets_in(), desk->link().octets_out()});
  return states;
}

}  // namespace pulih::hub
