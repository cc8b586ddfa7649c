// See server_tls.hpp. No session tickets: they hold the client's certificate, and on such a link
// their octets cost more than a whole handshake now and then.
#include "daemon/hub/server_tls.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>

namespace pulih::hub {

namespace ssl = boost::asio::ssl;

tl::expected<smpp::TlsContext, std::string> load_server_tls(
    const std::filesystem::path& certificate, const std::filesystem::path& key) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_3_VERSION);
  SSL_CTX_set_options(handle, SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_num_tickets(handle, 0);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  // RFC 8446, 4.4.3: the handshake still proves that the peer has the certificate's key.
  // Nor is it a reason for anything that goes wrong later.
  context->set_verify_callback([](bool, ssl::verify_context& verified) {
    X509_STORE_CTX_set_error(verified.native_handle(), X509_V_OK);
    return true;
  });
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate.string(), error);
  if (error)
    return tl::unexpected("hub.tls.certificate: " + certificate.string() + ": " + error.message() +
                          "; the hub's certificate, then those of its CAs, as PEM");
  context->use_private_key_file(key.string(), ssl::context::pem, error);
  if (error)
    return tl::unexpected("hub.tls.key: " + key.string() + ": " + error.message() +
                          "; the private key of hub.tls.certificate, as PEM, unencrypted");
  return context;
}

std::optional<CertificateHash> peer_certificate(void* ssl) {
  X509* const peer = SSL_get1_peer_certificate(static_cast<SSL*>(ssl));
  if (!peer) return std::nullopt;
  CertificateHash hash{};
  unsigned length = 0;
  const bool digested = X509_digest(peer, EVP_sha256(), hash.data(), &length) == 1;
  X509_free(peer);
  return digested ? std::optional(hash) : std::nullopt;
}

}  // namespace pulih::hub
