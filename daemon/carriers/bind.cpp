// See bind.hpp. A bind that held for a minute was a good one: the next attempt after it comes soon.
#include "daemon/carriers/bind.hpp"

#include <boost/asio/connect.hpp>

#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr auto connect_patience = std::chrono::seconds{10};
constexpr auto a_good_while = std::chrono::minutes{1};
}  // namespace

Bind::Bind(asio::io_context& io, const Profile& carrier, smpp::BindMode mode, Owner& owner,
           LinkWatcher& watcher, std::function<std::uint32_t()> draw)
    : io_(io),
      carrier_(carrier),
      mode_(mode),
      owner_(owner),
      watcher_(watcher),
      draw_(std::move(draw)),
      backoff_(carrier.reconnect_first, carrier.reconnect_longest),
      timer_(io),
      resolver_(io) {}

void Bind::tell(LinkNotice::What what, std::string text) {
  if (what == LinkNotice::What::tls_files) trouble_ = text;
  watcher_.noticed({what, carrier_.name, std::move(text)});
}

smpp::SessionSettings Bind::settings() const {
  smpp::SessionSettings settings;
  settings.mode = mode_;
  settings.system_id = carrier_.system_id;
  settings.password = carrier_.password.reveal();
  settings.system_type = carrier_.system_type;
  settings.interface_version = carrier_.interface_version;
  settings.window = carrier_.window;
  settings.bind_timeout = carrier_.bind_timeout;
  settings.enquire_link = carrier_.enquire_link;
  settings.response_timeout = carrier_.response_timeout;
  return settings;
}

void Bind::start() { connect(); }

void Bind::connect() {
  if (stopping_) return;
  tell(LinkNotice::What::connecting, where());
  connecting_ = std::make_shared<asio::ip::tcp::socket>(io_);
  timer_.expires_after(connect_patience);
  timer_.async_wait([this](const error_code& error) {
    if (error || !connecting_) return;
    error_code ignored;
    connecting_->close(ignored);
  });
  resolver_.async_resolve(
      host().name, host().port,
      [this, socket = connecting_](const error_code& error, const auto& endpoints) {
        if (socket != connecting_) return;
        if (error) return failed(host().name + ": " + error.message());
        asio::async_connect(*socket, endpoints, [this, socket](const error_code& no, const auto&) {
          if (socket != connecting_ || stopping_) return;
          if (no) return failed(where() + ": " + no.message());
          timer_.cancel();
          auto stream = stream_over(std::move(*socket));
          connecting_.reset();
          if (!stream) return retry();
          link_ = std::make_shared<smpp::Link>(std::move(*stream), settings(), *this);
          ++connection_;
          watch(watched_);
          link_->start();
        });
      });
}

// Certificates are read anew for each connection, so that a renewed one needs no restart and drops
// no bind. One that cannot be used is told, and the one before it is used as long as it lives.
std::optional<smpp::Stream> Bind::stream_over(asio::ip::tcp::socket socket) {
  if (!carrier_.tls) return smpp::Stream(std::move(socket));
  auto settings = *carrier_.tls;
  if (settings.server_name.empty()) settings.server_name = host().name;
  auto loaded = smpp::load_tls(settings);
  if (loaded)
    tls_ = std::move(*loaded);
  else
    tell(LinkNotice::What::tls_files, "tls." + std::string(loaded.error().field) + ": " +
                                          loaded.error().what + "; " + loaded.error().hint);
  if (!tls_) return std::nullopt;
  return smpp::Stream(std::move(socket), tls_, std::move(settings));
}

void Bind::failed(std::string why) {
  trouble_ = why;
  tell(LinkNotice::What::lost, std::move(why));
  retry();
}

void Bind::retry() {
  connecting_.reset();
  if (stopping_) return;
  host_ = (host_ + 1) % carrier_.hosts.size();
  timer_.expires_after(backoff_.pause(draw_()));
  timer_.async_wait([this](const error_code& error) {
    if (!error) connect();
  });
}

void Bind::stop() {
  stopping_ = true;
  timer_.cancel();
  resolver_.cancel();
  if (connecting_) {
    error_code ignored;
    connecting_->close(ignored);
    connecting_.reset();
  }
  if (!link_) return;
  link_->session().unbind(std::chrono::steady_clock::now());
  link_->wake();
}

void Bind::watch(bool watched) {
  watched_ = watched;
  if (link_) link_->session().tap(watched ? this : nullptr);
}

BindState Bind::state() const {
  BindState state;
  state.mode = mode_;
  state.host = where();
  state.window = carrier_.window;
  state.trouble = trouble_;
  if (link_ || connecting_) state.how = BindState::How::connecting;
  if (!bound()) return state;
  state.how = BindState::How::bound;
  state.bound_for =
      std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - bound_since_);
  state.under_way = carrier_.window - link_->session().room();
  return state;
}

void Bind::renew() {
  if (link_) link_->abort();
}

void Bind::paused(smpp::Link&) { owner_.paused(*this); }

void Bind::happened(smpp::Link&, const smpp::Happening& happening) {
  if (std::holds_alternative<smpp::Bound>(happening)) {
    bound_since_ = std::chrono::steady_clock::now();
    tell(LinkNotice::What::bound, where() + " as " + carrier_.system_id);
  } else if (const auto* refused = std::get_if<smpp::BindRefused>(&happening)) {
    const auto advice = smpp::status_advice(refused->status);
    trouble_ = smpp::status_name(refused->status) + ": " + std::string(advice.meaning) + "; " +
               std::string(advice.hint);
    refused_ = true;
    tell(LinkNotice::What::bind_refused, trouble_);
  } else if (const auto* garbage = std::get_if<smpp::Garbage>(&happening)) {
    tell(LinkNotice::What::garbage, garbage->why);
  } else if (const auto* lost = std::get_if<smpp::Lost>(&happening)) {
    // What follows a refusal says less than it.
    if (!std::exchange(refused_, false)) trouble_ = lost->why;
    tell(lost->in_order ? LinkNotice::What::unbound : LinkNotice::What::lost, lost->why);
    if (bound_since_ != std::chrono::steady_clock::time_point{} &&
        std::chrono::steady_clock::now() - bound_since_ > a_good_while)
      backoff_.reset();
    bound_since_ = {};
  }
  owner_.happened(*this, happening);
  if (std::holds_alternative<smpp::Lost>(happening)) {
    link_.reset();
    retry();
  }
}

}  // namespace pulih::carriers
