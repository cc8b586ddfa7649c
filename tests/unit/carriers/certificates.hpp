// Certificates for tests, made when a test runs and gone with it: a CA, what it signs, and the
// files and contexts that are made of them.
#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace pulih::carriers {

inline void made_for_test(bool made) {
  if (!made) throw std::runtime_error("a certificate for a test could not be made");
}

struct Signed {
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;
};

// Valid from `from` to `to` days from now; signed by `ca`, or by itself and then a CA.
inline Signed make_certificate(const std::string& host, const Signed* ca, int from = -1,
                               int to = 10) {
  Signed made{{X509_new(), X509_free}, {EVP_EC_gen("P-256"), EVP_PKEY_free}};
  X509* const x = made.certificate.get();
  static long serial = 0;
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  constexpr long day = 86'400;
  X509_gmtime_adj(X509_getm_notBefore(x), from * day);
  X509_gmtime_adj(X509_getm_notAfter(x), to * day);
  X509_set_pubkey(x, made.key.get());
  const std::string name = ca ? host : "CA of " + host;
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(ca ? ca->certificate.get() : x));
  X509V3_CTX context;
  X509V3_set_ctx(&context, ca ? ca->certificate.get() : x, x, nullptr, nullptr, 0);
  const auto extend = [&](int which, const std::string& value) {
    X509_EXTENSION* const made_of_it = X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str());
    made_for_test(made_of_it != nullptr);
    X509_add_ext(x, made_of_it, -1);
    X509_EXTENSION_free(made_of_it);
  };
  extend(NID_basic_constraints, ca ? "CA:FALSE" : "critical,CA:TRUE");
  if (ca) extend(NID_subject_alt_name, "DNS:" + host);
  made_for_test(X509_sign(x, (ca ? ca->key : made.key).get(), EVP_sha256()) != 0);
  return made;
}

// A folder of PEM files.
class CertificateFolder {
 public:
  CertificateFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "pulih-tls-XXXXXX").string();
    made_for_test(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~CertificateFolder() { std::filesystem::remove_all(folder_); }
  CertificateFolder(const CertificateFolder&) = delete;
  CertificateFolder& operator=(const CertificateFolder&) = delete;

  std::filesystem::path certificate(const std::string& name, const Signed& of) const {
    return written(name, [&](BIO* file) { return PEM_write_bio_X509(file, of.certificate.get()); });
  }
  std::filesystem::path key(const std::string& name, const Signed& of) const {
    return written(name, [&](BIO* file) {
      return PEM_write_bio_PrivateKey(file, of.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  std::filesystem::path text(const std::string& name, const std::string& content) const {
    return written(name, [&](BIO* file) {
      return BIO_write(file, content.data(), static_cast<int>(content.size())) > 0;
    });
  }

 private:
  template <class Write>
  std::filesystem::path written(const std::string& name, Write&& write) const {
    const auto path = folder_ / name;
    BIO* const file = BIO_new_file(path.c_str(), "w");
    made_for_test(file != nullptr);
    made_for_test(write(file));
    BIO_free(file);
    return path;
  }
  std::filesystem::path folder_;
};

// Of a server with this certificate; `clients`: whose CA its clients' certificates must have.
inline std::shared_ptr<boost::asio::ssl::context> server_context(const Signed& own,
                                                                 const Signed* clients = nullptr) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const handle = context->native_handle();
  made_for_test(SSL_CTX_use_certificate(handle, own.certificate.get()) == 1);
  made_for_test(SSL_CTX_use_PrivateKey(handle, own.key.get()) == 1);
  if (clients) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(handle), clients->certificate.get());
    context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  return context;
}

}  // namespace pulih::carriers
