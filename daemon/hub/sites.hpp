// Which gateways may connect to the hub: a text file with one line for each certificate, "SITE
// REGION FINGERPRINT", the fingerprint being the SHA-256 of the certificate (DER) in 64 hex digits.
// The operator's tool writes it whole or not at all; the hub reads it anew when it was changed.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace pulih::hub {

using CertificateHash = std::array<std::uint8_t, 32>;

struct Site {
  std::string name, region;
  CertificateHash certificate{};
  friend bool operator==(const Site&, const Site&) = default;
};

class Sites {
 public:
  // Of a file that is missing there are none. The error says what, where and what to do.
  static tl::expected<Sites, std::string> read(const std::filesystem::path& file);
  static tl::expected<Sites, std::string> parse(std::string_view text, const std::string& file);

  const Site* find(const CertificateHash& certificate) const;
  const std::vector<Site>& all() const { return sites_; }

  // What an operator does; each error says what and what to do.
  tl::expected<void, std::string> enrol(Site site);
  // A second certificate for a site, valid beside the one before until that is revoked; of the
  // earlier ones only the newest stays.
  tl::expected<void, std::string> rotate(const std::string& name, const CertificateHash& to);
  // All certificates of a site, or this one. How many went.
  std::size_t revoke(const std::string& name, const std::optional<CertificateHash>& only);

  // Beside it first, then renamed.
  tl::expected<void, std::string> write(const std::filesystem::path& file) const;

 private:
  std::vector<Site> sites_;
};

// Of a certificate in PEM.
tl::expected<CertificateHash, std::string> certificate_hash(const std::filesystem::path& pem);

}  // namespace pulih::hub
