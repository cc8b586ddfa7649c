// See sites.hpp. Everything that can be wrong with a line is said with its number: a site whose
// line is wrong must not be missing in silence.
#include "daemon/hub/sites.hpp"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

#include "daemon/accounts/hexadecimal.hpp"

namespace pulih::hub {
namespace {

constexpr std::size_t most_octets = 1 << 20;
constexpr std::size_t longest_name = 32;

std::string errno_text() { return std::error_code(errno, std::generic_category()).message(); }

// To whom the file in its place belongs, or the folder's group: root writes it and the hub, who is
// another user, reads it.
bool given_as(int made, const std::filesystem::path& file) {
  struct stat there {};
  if (::stat(file.c_str(), &there) == 0)
    return ::fchmod(made, there.st_mode & 0777) == 0 &&
           (::geteuid() != 0 || ::fchown(made, there.st_uid, there.st_gid) == 0);
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (::stat(folder.c_str(), &there) != 0) return false;
  return ::fchmod(made, 0640) == 0 && (::geteuid() != 0 || ::fchown(made, 0, there.st_gid) == 0);
}

// As config::parse_name: what can stand in a journal, a file name and SQL without thought.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty() || line.front() == '#') return found;
    const auto end = std::min(line.find_first_of(" \t\r"), line.size());
    found.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

}  // namespace

tl::expected<Sites, std::string> Sites::parse(std::string_view text, const std::string& file) {
  Sites read;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = words(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    const auto wrong = [&](std::string_view what) {
      std::string said = file;
      said.append(":").append(std::to_string(number)).append(": ").append(what);
      said += "; a line is SITE REGION FINGERPRINT, as pulihctl hub enrol writes it";
      return tl::unexpected(std::move(said));
    };
    if (line.size() != 3) return wrong("a line of " + std::to_string(line.size()) + " words");
    if (!is_name(line[0])) return wrong("this is no name of a site");
    if (!is_name(line[1])) return wrong("this is no name of a region");
    CertificateHash hash{};
    if (!accounts::read_hex(line[2], hash)) return wrong("this is no fingerprint of 64 hex digits");
    if (read.find(hash)) return wrong("this certificate stands here twice");
    read.sites_.push_back({std::string(line[0]), std::string(line[1]), hash});
  }
  return read;
}

tl::expected<Sites, std::string> Sites::read(const std::filesystem::path& file) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown) && !unknown) return Sites();
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return tl::unexpected(file.string() + " cannot be read: " + errno_text() +
                          "; chown it to the hub's user");
  if (std::filesystem::file_size(file, unknown) > most_octets)
    return tl::unexpected(file.string() + " is larger than 1 MiB; it is no file of sites");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return parse(text, file.string());
}

const Site* Sites::find(const CertificateHash& certificate) const {
  const auto found = std::ranges::find(sites_, certificate, &Site::certificate);
  return found == sites_.end() ? nullptr : &*found;
}

tl::expected<void, std::string> Sites::enrol(Site site) {
  if (!is_name(site.name) || !is_name(site.region))
    return tl::unexpected(std::string(
        "a site and a region have 1 to 32 letters, digits, dots and dashes, as in nabire"));
  if (std::ranges::find(sites_, site.name, &Site::name) != sites_.end())
    return tl::unexpected(site.name +
                          " is enrolled already; for another certificate: pulihctl hub " +
                          "rotate " + site.name + " --certificate FILE");
  if (const auto* other = find(site.certificate))
    return tl::unexpected("this certificate is that of " + other->name +
                          "; each site has one of its own");
  sites_.push_back(std::move(site));
  return {};
}

tl::expected<void, std::string> Sites::rotate(const std::string& name, const CertificateHash& to) {
  const auto last = std::find_if(sites_.rbegin(), sites_.rend(),
                                 [&](const Site& site) { return site.name == name; });
  if (last == sites_.rend())
    return tl::unexpected("there is no site " + name + "; pulihctl hub list names those there are");
  if (find(to)) return tl::unexpected(std::string("this certificate is enrolled already"));
  const Site newest = *last;
  std::erase_if(sites_, [&](const Site& site) { return site.name == name && !(site == newest); });
  sites_.push_back({name, newest.region, to});
  return {};
}

std::size_t Sites::revoke(const std::string& name, const std::optional<CertificateHash>& only) {
  return std::erase_if(sites_, [&](const Site& site) {
    return site.name == name && (!only || site.certificate == *only);
  });
}

tl::expected<void, std::string> Sites::write(const std::filesystem::path& file) const {
  std::string text = "# SITE REGION FINGERPRINT: written by pulihctl hub\n";
  for (const auto& site : sites_)
    text += site.name + " " + site.region + " " + accounts::in_hex(site.certificate) + "\n";
  const auto beside = file.string() + ".new";
  const auto failed = [&](const std::string& what) {
    const auto why = errno_text();
    ::unlink(beside.c_str());
    return tl::unexpected(what + ": " + why + "; nothing was changed");
  };
  const int open = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (open < 0) return failed(beside + " cannot be made");
  const bool written =
      given_as(open, file) &&
      ::write(open, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(open) == 0;
  if (::close(open) != 0 || !written) return failed(beside + " cannot be written");
  if (::rename(beside.c_str(), file.c_str()) != 0) return failed(file.string() + " cannot be made");
  return {};
}

tl::expected<CertificateHash, std::string> certificate_hash(const std::filesystem::path& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_file(pem.c_str(), "r"), BIO_free);
  if (!file)
    return tl::unexpected(pem.string() + " cannot be read; name the site's certificate, as PEM");
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  CertificateHash hash{};
  unsigned length = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), hash.data(), &length) != 1)
    return tl::unexpected(pem.string() + " holds no certificate in PEM; it begins with " +
                          "-----BEGIN CERTIFICATE-----");
  return hash;
}

}  // namespace pulih::hub
