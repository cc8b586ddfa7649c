// See stream.hpp. TCP_NODELAY always: a response that waits for the peer's delayed acknowledgement
// costs 40 ms and more.
#include "protocols/smpp/stream.hpp"

#include <boost/asio/write.hpp>

namespace pulih::smpp {

namespace asio = boost::asio;

namespace {}

Stream::Stream(Socket socket, TlsContext context, TlsSettings settings)
    : context_(std::move(context)),
      settings_(std::move(settings)),
      tls_(std::make_unique<Tls>(std::move(socket), *context_)) {}

asio::awaitable<std::optional<std::string>> Stream::handshake(Side side) {
  Error ignored;
  lowest().set_option(asio::ip::tcp::no_delay(true), ignored);
  if (!tls_) co_return std::nullopt;
  // RFC 6066, 3: a literal address is not permitted there.
  if (side == Side::client &&
      settings_.server_name.find_first_not_of("0123456789.:") != settings_.server_name.npos)
    SSL_set_tlsext_host_name(tls_->native_handle(), settings_.server_name.c_str());
  if (side == Side::client)
    tls_->set_verify_callback([this](bool accepted, asio::ssl::verify_context& context) {
      if (!accepted) refused_ = refused_certificate(context);
      return accepted;
    });
  const auto [error] = co_await tls_->async_handshake(
      side == Side::client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server,
      or_error);
  if (error) co_return why(error);
  co_return std::nullopt;
}

asio::awaitable<Stream::Read> Stream::read_some(std::span<std::uint8_t> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  if (tls_) {
    const auto [error, octets] = co_await tls_->async_read_some(buffer, or_error);
    co_return Read{error, octets};
  }
  const auto [error, octets] = co_await socket_->async_read_some(buffer, or_error);
  co_return Read{error, octets};
}

asio::awaitable<Stream::Error> Stream::write(std::span<const std::uint8_t> octets) {
  const auto buffer = asio::buffer(octets.data(), octets.size());
  if (tls_) {
    const auto [error, count] = co_await asio::async_write(*tls_, buffer, or_error);
    co_return error;
  }
  const auto [error, count] = co_await asio::async_write(*socket_, buffer, or_error);
  co_return error;
}

asio::awaitable<void> Stream::finish() {
  if (tls_) {
    // It waits for the peer's own close_notify; who has waited long enough closes.
    co_await tls_->async_shutdown(or_error);
  }
  Error ignored;
  lowest().shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  Error ignored;
  lowest().close(ignored);
}

std::string Stream::why(const Error& error) const {
  if (error == asio::error::eof) return "the peer closed the connection";
  return tls_ ? tls_trouble(error, tls_->native_handle(), settings_, refused_) : error.message();
}

}  // namespace pulih::smpp
