// TLS between an ESME and an SMSC: 1.2 and 1.3, the peer's certificate and name always verified.
// Everything that can be wrong with the files of a configuration is found when they are loaded, and
// what the peer does wrong in its first words is said in the words of an operator.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace pulih::smpp {

struct TlsSettings {
  std::filesystem::path ca;                // certificates that may sign; empty: the system's
  std::string server_name;                 // a host name or an address, sent (SNI) and checked
  std::filesystem::path certificate, key;  // our own, PEM; both or none
  std::string peer = "the carrier";        // as messages call the other side
  bool newest_only = false;                // TLS 1.3, where both sides are ours
};

struct TlsFault {
  std::string_view field;  // of TlsSettings
  std::string what, hint;
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// For an ESME. The files are read now and never again: what is renewed is for the next connection.
tl::expected<TlsContext, TlsFault> load_tls(const TlsSettings& settings);

// When our own certificate has expired or will within `days`: when that is, as in "2026-01-02
// 13:37". Nothing: it has long to live, or there is none.
std::optional<std::string> expires_within(const TlsSettings& settings, int days);

// A peer's certificate that was not accepted, as far as an operator can compare it.
struct RefusedCertificate {
  std::string names, ended;
};
RefusedCertificate refused_certificate(boost::asio::ssl::verify_context& context);

// What to tell of a handshake, or of a read after it, that failed. `ssl`: OpenSSL's SSL*.
std::string tls_trouble(const boost::system::error_code& error, void* ssl,
                        const TlsSettings& settings, const RefusedCertificate& refused);

}  // namespace pulih::smpp
