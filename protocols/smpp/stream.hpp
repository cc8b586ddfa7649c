// The octets of one connection, with TLS or without. A link reads and writes here and knows no
// difference, but for the handshake that comes first.
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "protocols/smpp/tls.hpp"

namespace pulih::smpp {

// How an operation is awaited whose failure is one of its results, not an exception.
inline constexpr auto or_error = boost::asio::as_tuple(boost::asio::use_awaitable);

// How a loop is spawned that returns its errors: what still throws is its owner's mistake and ends
// io_context::run.
inline void rethrow(const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Error = boost::system::error_code;
  enum class Side : std::uint8_t { client, server };

  // A plain connection is a stream as it is.
  Stream(Socket socket) : socket_(std::move(socket)) {}
  // `settings` say what was asked of the peer, for messages; `context` was made of them.
  Stream(Socket socket, TlsContext context, TlsSettings settings);

  auto get_executor() { return lowest().get_executor(); }
  Socket& socket() { return lowest(); }  // for its options
  SSL* ssl() { return tls_ ? tls_->native_handle() : nullptr; }
  bool tls() const { return tls_ != nullptr; }

  // Before anything else; at once without TLS. Nothing, or why there is no connection.
  boost::asio::awaitable<std::optional<std::string>> handshake(Side side);
  struct Read {
    Error error;
    std::size_t octets = 0;
  };
  boost::asio::awaitable<Read> read_some(std::span<std::uint8_t> into);
  boost::asio::awaitable<Error> write(std::span<const std::uint8_t> octets);
  // No more will be written: with TLS close_notify, then the end of the connection's one half.
  boost::asio::awaitable<void> finish();
  void close();

  // What an error of the above means to an operator.
  std::string why(const Error& error) const;

 private:
  Socket& lowest() { return tls_ ? tls_->next_layer() : *socket_; }

  // ssl::stream cannot be moved.
  using Tls = boost::asio::ssl::stream<Socket>;
  std::optional<Socket> socket_;  // without TLS
  TlsContext context_;            // lives as long as what was made of it
  TlsSettings settings_;
  std::unique_ptr<Tls> tls_;
  RefusedCertificate refused_;
};

}  // namespace pulih::smpp
