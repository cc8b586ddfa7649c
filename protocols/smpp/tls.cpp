// See tls.hpp. RFC 8446 (1.3), RFC 5246 (1.2), RFC 6066 (SNI), RFC 9525 (names). Older versions are
// forbidden by RFC 8996.
#include "protocols/smpp/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ssl/error.hpp>
#include <system_error>

namespace pulih::smpp {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* held) const {
    release(held);
  }
};
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using File = std::unique_ptr<BIO, Release<BIO_free>>;

// Why a file could not be used: missing, unreadable, or no PEM.
std::string unusable(const std::filesystem::path& file, const error_code& error) {
  std::error_code no;
  if (!std::filesystem::exists(file, no)) return file.string() + " does not exist";
  if (ERR_GET_LIB(static_cast<unsigned long>(error.value())) == ERR_LIB_SYS)
    return file.string() + " cannot be read: " + error.message();
  return file.string() + " is no PEM file of this kind (" + error.message() + ")";
}

std::string utc(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d %02d:%02d UTC", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min);
  return text.data();
}

Certificate own_certificate(const std::filesystem::path& file) {
  const File bio(BIO_new_file(file.c_str(), "r"));
  return Certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

// The names in a certificate, for comparison by eye; hostile ones cannot forge a line of a journal.
std::string names_in(X509* certificate) {
  std::string names;
  auto* const list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list) && names.size() < 200; ++i) {
    const auto* name = sk_GENERAL_NAME_value(list, i);
    if (name->type != GEN_DNS) continue;
    names += names.empty() ? "" : ", ";
    const auto* text = ASN1_STRING_get0_data(name->d.dNSName);
    for (int at = 0; at < ASN1_STRING_length(name->d.dNSName) && at < 253; ++at)
      names += text[at] > ' ' && text[at] < 0x7F ? static_cast<char>(text[at]) : '?';
  }
  GENERAL_NAMES_free(list);
  return names.empty() ? "no host name" : names;
}

std::string verification(long result, const TlsSettings& settings,
                         const RefusedCertificate& refused) {
  switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "its certificate is for " + refused.names + ", not for " + settings.server_name +
             "; set tls.server_name to what " + settings.peer + " says, or ask there";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate expired " + refused.ended + "; tell " + settings.peer +
             ", and check this machine's clock";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet; check this machine's clock";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "its certificate is signed by nobody in " +
             (settings.ca.empty() ? "the system's store" : settings.ca.string()) +
             "; set tls.ca to the file of the CA that " + settings.peer + " names";
    default:
      return "its certificate is refused: " + std::string(X509_verify_cert_error_string(result));
  }
}

bool is_address(const std::string& name) {
  return name.find(':') != name.npos || name.find_first_not_of("0123456789.") == name.npos;
}

// Whose certificate is accepted, for every connection of this context.
void expect_name(SSL_CTX* context, const std::string& name) {
  X509_VERIFY_PARAM* const wanted = SSL_CTX_get0_param(context);
  if (is_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size());
  }
}

}  // namespace

tl::expected<TlsContext, TlsFault> load_tls(const TlsSettings& settings) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* const handle = context->native_handle();
  SSL_CTX_set_min_proto_version(handle, settings.newest_only ? TLS1_3_VERSION : TLS1_2_VERSION);
  // What people typed must not stay in OpenSSL's buffers.
  SSL_CTX_set_options(handle, SSL_OP_CLEANSE_PLAINTEXT);
  context->set_verify_mode(ssl::verify_peer);
  expect_name(handle, settings.server_name);

  error_code error;
  if (settings.ca.empty())
    context->set_default_verify_paths(error);
  else
    context->load_verify_file(settings.ca.string(), error);
  if (error)
    return tl::unexpected(TlsFault{"ca", unusable(settings.ca, error),
                                   "the certificates of the CAs that may sign, as PEM"});
  if (settings.certificate.empty()) return context;

  context->use_certificate_chain_file(settings.certificate.string(), error);
  if (error)
    return tl::unexpected(TlsFault{"certificate", unusable(settings.certificate, error),
                                   "our certificate, then those of its CAs, as PEM"});
  context->use_private_key_file(settings.key.string(), ssl::context::pem, error);
  if (error &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH)
    return tl::unexpected(TlsFault{
        "key", settings.key.string() + " is not the key of " + settings.certificate.string(),
        "a certificate and the key that its request was made with"});
  if (error)
    return tl::unexpected(TlsFault{"key", unusable(settings.key, error),
                                   "the private key of tls.certificate, as PEM, unencrypted"});
  return context;
}

std::optional<std::string> expires_within(const TlsSettings& settings, int days) {
  if (settings.certificate.empty()) return std::nullopt;
  const auto certificate = own_certificate(settings.certificate);
  if (!certificate) return std::nullopt;
  int days_left = 0, seconds_left = 0;
  const auto* end = X509_get0_notAfter(certificate.get());
  if (ASN1_TIME_diff(&days_left, &seconds_left, nullptr, end) != 1) return std::nullopt;
  if (days_left >= days) return std::nullopt;
  return utc(end);
}

RefusedCertificate refused_certificate(ssl::verify_context& context) {
  X509* const peer = X509_STORE_CTX_get_current_cert(context.native_handle());
  if (!peer) return {};
  return {names_in(peer), utc(X509_get0_notAfter(peer))};
}

std::string tls_trouble(const error_code& error, void* ssl, const TlsSettings& settings,
                        const RefusedCertificate& refused) {
  auto* const handle = static_cast<SSL*>(ssl);
  if (const long result = SSL_get_verify_result(handle); result != X509_V_OK)
    return "TLS: " + verification(result, settings, refused);
  if (error == ssl::error::stream_truncated) return "the peer closed the connection";
  if (error.category() != boost::asio::error::get_ssl_category()) return error.message();
  switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return "TLS: " + settings.peer +
             " does not speak TLS at this port; ask for the right one, or take "
             "the section tls away";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "TLS: " + settings.peer + " speaks no version from " +
             (settings.newest_only ? "1.3" : "1.2") + " on; it has to renew its software";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "TLS: " + settings.peer + " refuses us (" + error.message() +
             (settings.certificate.empty()
                  ? "); it may want a client certificate: set tls.certificate and tls.key"
                  : "); ask it whether it knows the CA of tls.certificate");
    default:
      return "TLS: " + error.message();
  }
}

}  // namespace pulih::smpp
