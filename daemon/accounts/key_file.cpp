// The keys of a site and of a hub on disk: read by their owner alone, written once. An error names
// the file and the command that mends it, and never shows what the file holds.
#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/private_file.hpp"
#include "daemon/accounts/sealed_password.hpp"

namespace pulih::accounts {
namespace {

using std::filesystem::path;

// What an error calls the key, and what makes one.
struct Kind {
  const char* called;
  const char* command;
};
constexpr Kind site_kind{"site key ", "pulihctl key new "};
constexpr Kind opening_kind{"key of the hub ", "pulihctl hub seal-key "};

class Fault {
 public:
  Fault(const Kind& kind, const path& file) : kind_(kind), file_(file.string()) {}
  auto operator()(const std::string& what, const std::string& hint) const {
    return tl::make_unexpected(kind_.called + file_ + ": " + what + "; type: " + hint);
  }
  std::string new_key_command() const { return kind_.command + file_; }

 private:
  const Kind& kind_;
  const std::string file_;
};

// 64 hex digits and perhaps the end of their line.
bool read_line(std::string_view text, std::span<std::uint8_t> key) {
  const auto digits = text.substr(0, 2 * key.size());
  const auto rest = text.substr(digits.size());
  return read_hex(digits, key) && (rest.empty() || rest == "\n" || rest == "\r\n");
}

template <class Key>
tl::expected<Key, std::string> read_key(const Kind& kind, const path& name) {
  const Fault fault(kind, name);
  Key key;
  const auto octets = read_private(name, 2 * key.size() + 2);  // hex digits and the end of a line
  if (!octets && octets.error().kind == FileFault::Kind::missing)
    return fault(octets.error().what, fault.new_key_command());
  if (!octets && octets.error().kind != FileFault::Kind::too_long)
    return fault(octets.error().what, octets.error().hint);
  if (octets && octets->size() == key.size()) {
    std::copy(octets->begin(), octets->end(), key.begin());
    return key;
  }
  if (octets && read_line({reinterpret_cast<const char*>(octets->data()), octets->size()}, key))
    return key;
  return fault("holds neither 32 octets nor 64 hex digits",
               "mv " + name.string() + " " + name.string() + ".bad && " + fault.new_key_command());
}

template <class Key>
tl::expected<Key, std::string> make_key(const Kind& kind, const path& name, Entropy& entropy) {
  const Fault fault(kind, name);
  const auto exists = [&] {
    return fault("exists, and what was sealed under it can be opened by no other",
                 fault.new_key_command() + ".new");
  };
  std::error_code unknown;
  if (std::filesystem::exists(name, unknown)) return exists();
  Key key;
  entropy.fill(key);
  const auto written = write_private(name, key, IfThere::refuse);
  if (written) return key;
  if (written.error().kind == FileFault::Kind::exists) return exists();
  return fault(written.error().what, written.error().hint);
}

}  // namespace

tl::expected<SiteKey, std::string> read_site_key(const path& name) {
  return read_key<SiteKey>(site_kind, name);
}

tl::expected<void, std::string> make_site_key(const path& name, Entropy& entropy) {
  if (const auto made = make_key<SiteKey>(site_kind, name, entropy); !made)
    return tl::unexpected(made.error());
  return {};
}

tl::expected<OpeningKey, std::string> read_opening_key(const path& name) {
  return read_key<OpeningKey>(opening_kind, name);
}

tl::expected<SealingKey, std::string> make_opening_key(const path& name, Entropy& entropy) {
  return make_key<OpeningKey>(opening_kind, name, entropy).map(sealing_key);
}

}  // namespace pulih::accounts
