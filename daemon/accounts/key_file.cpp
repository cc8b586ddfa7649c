// The site key on disk: read by its owner alone, written once. An error names the file and the
// command that mends it, and never shows what the file holds.
#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/private_file.hpp"

namespace pulih::accounts {
namespace {

using std::filesystem::path;

auto fault(const path& file, const std::string& what, const std::string& hint) {
  return tl::make_unexpected("site key " + file.string() + ": " + what + "; type: " + hint);
}

std::string new_key_command(const path& file) { return "pulihctl key new " + file.string(); }

constexpr std::size_t longest_written = 2 * SiteKeys::octets + 2;

// 64 hex digits and perhaps the end of their line.
bool read_line(std::string_view text, SiteKey& key) {
  const auto digits = text.substr(0, 2 * key.size());
  const auto rest = text.substr(digits.size());
  return read_hex(digits, key) && (rest.empty() || rest == "\n" || rest == "\r\n");
}

}  // namespace

tl::expected<SiteKey, std::string> read_site_key(const path& name) {
  using Kind = FileFault::Kind;
  const auto octets = read_private(name, longest_written);
  if (!octets && octets.error().kind != Kind::too_long)
    return fault(
        name, octets.error().what,
        octets.error().kind == Kind::missing ? new_key_command(name) : octets.error().hint);
  SiteKey key;
  if (octets && octets->size() == key.size()) {
    std::copy(octets->begin(), octets->end(), key.begin());
    return key;
  }
  if (octets && read_line({reinterpret_cast<const char*>(octets->data()), octets->size()}, key))
    return key;
  return fault(name, "holds neither 32 octets nor 64 hex digits",
               "mv " + name.string() + " " + name.string() + ".bad && " + new_key_command(name));
}

tl::expected<void, std::string> make_site_key(const path& name, Entropy& entropy) {
  const auto exists = [&] {
    return fault(name, "exists, and what was sealed under it can be opened by no other",
                 new_key_command(name) + ".new");
  };
  std::error_code unknown;
  if (std::filesystem::exists(name, unknown)) return exists();
  SiteKey key;
  entropy.fill(key);
  const auto written = write_private(name, key, IfThere::refuse);
  if (written) return {};
  if (written.error().kind == FileFault::Kind::exists) return exists();
  return fault(name, written.error().what, written.error().hint);
}

}  // namespace pulih::accounts
