// See keyring.hpp. The file: "PULIHKEY" ‖ 1 ‖ n ‖ n slots ‖ body. A random ring key seals the body,
// which is the key of names and then one or two data keys, 32 octets each; each slot is the ring
// key sealed under a subkey of one opener. Sealed is as SiteKeys seals: nonce 24 ‖ text ‖ tag 16.
#include "daemon/accounts/keyring.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/accounts/aead.hpp"
#include "daemon/accounts/private_file.hpp"

namespace pulih::accounts {
namespace {

using aead::Octets;
using std::filesystem::path;

constexpr std::array<std::uint8_t, 9> front = {'P', 'U', 'L', 'I', 'H', 'K', 'E', 'Y', 1};
constexpr std::size_t most_openers = 8, most_data = 2;
constexpr std::size_t slot_octets = aead::added + SiteKeys::octets;
constexpr std::size_t longest = front.size() + 1 + most_openers * slot_octets + aead::added +
                                (1 + most_data) * SiteKeys::octets;

auto keyring_fault(const path& file, const std::string& what, const std::string& hint) {
  return tl::make_unexpected("keyring " + file.string() + ": " + what + "; " + hint);
}

void append_sealed(WipedBytes& to, Octets plain, const SiteKey& key, Entropy& entropy) {
  const auto begin = to.size();
  to.resize(begin + plain.size() + aead::added);
  aead::seal(std::span(to).subspan(begin), plain, front, key, entropy);
}

bool opens(WipedBytes& plain, Octets sealed, const SiteKey& key) {
  plain.resize(sealed.size() - aead::added);
  return aead::open(plain, sealed, front, key);
}

// An opener seals rows too: what it seals here is under a subkey of its own.
SiteKey slot_key(const SiteKey& opener) {
  SiteKey key;
  crypto_kdf_derive_from_key(key.data(), key.size(), 1, "keyring ", opener.data());
  return key;
}

SiteKey key_at(Octets octets, std::size_t index) {
  SiteKey key;
  std::ranges::copy(octets.subspan(index * SiteKeys::octets, SiteKeys::octets), key.begin());
  return key;
}

// How many slots; nothing: this is no keyring.
std::optional<std::size_t> slots_of(Octets file) {
  if (file.size() <= front.size() || !std::equal(front.begin(), front.end(), file.begin()))
    return std::nullopt;
  const std::size_t slots = file[front.size()];
  const auto before = front.size() + 1 + slots * slot_octets;
  if (slots == 0 || slots > most_openers || file.size() < before + aead::added) return std::nullopt;
  const auto body = file.size() - before - aead::added;
  if (body % SiteKeys::octets != 0 || body < 2 * SiteKeys::octets) return std::nullopt;
  return slots;
}

tl::expected<WipedBytes, std::string> contents(const path& file, bool& missing) {
  auto octets = read_private(file, longest);
  missing = !octets && octets.error().kind == FileFault::Kind::missing;
  if (octets && !slots_of(*octets))
    return keyring_fault(file, "is no keyring", "restore the copy of state_dir that it belongs to");
  if (octets || missing) return octets ? std::move(*octets) : WipedBytes();
  return keyring_fault(file, octets.error().what, "type: " + octets.error().hint);
}

}  // namespace

tl::expected<KeyRing, std::string> read_keyring(const path& file,
                                                std::span<const SiteKey> openers) {
  bool missing = false;
  const auto octets = contents(file, missing);
  if (!octets) return tl::make_unexpected(octets.error());
  if (missing) return KeyRing{openers.front(), {openers.front()}};

  const auto slots = *slots_of(*octets);
  const Octets all(*octets);
  const auto body = all.subspan(front.size() + 1 + slots * slot_octets);
  WipedBytes ring_key, plain;
  for (const auto& opener : openers)
    for (std::size_t i = 0; i < slots; ++i) {
      const auto slot = all.subspan(front.size() + 1 + i * slot_octets, slot_octets);
      if (!opens(ring_key, slot, slot_key(opener))) continue;
      if (!opens(plain, body, key_at(ring_key, 0)))
        return keyring_fault(file, "is damaged",
                             "restore the copy of state_dir that it belongs to");
      KeyRing ring{key_at(plain, 0), {}};
      for (std::size_t key = 1; key < plain.size() / SiteKeys::octets; ++key)
        ring.data.push_back(key_at(plain, key));
      return ring;
    }
  return keyring_fault(
      file, "does not open under this site key",
      "keys.site must name the key of the last `pulihctl key rotate --to`, or the one of "
      "the backup that the file is from");
}

tl::expected<KeyRing, std::string> read_ring_of_site(const path& site_key, const path& state_dir) {
  const auto key = read_site_key(site_key);
  if (!key) return tl::make_unexpected(key.error());
  return read_keyring(state_dir / keyring_file, std::span(&*key, 1));
}

tl::expected<void, std::string> write_keyring(const path& file, const KeyRing& ring,
                                              std::span<const SiteKey> openers, Entropy& entropy) {
  if (openers.empty() || openers.size() > most_openers || ring.data.empty() ||
      ring.data.size() > most_data)
    std::terminate();
  SiteKey ring_key;
  entropy.fill(ring_key);
  WipedBytes octets(front.begin(), front.end());
  octets.push_back(static_cast<std::uint8_t>(openers.size()));
  for (const auto& opener : openers) append_sealed(octets, ring_key, slot_key(opener), entropy);
  WipedBytes plain(ring.names.begin(), ring.names.end());
  for (const auto& key : ring.data) plain.insert(plain.end(), key.begin(), key.end());
  append_sealed(octets, plain, ring_key, entropy);
  const auto written = write_private(file, octets, IfThere::replace);
  if (!written) return keyring_fault(file, written.error().what, "type: " + written.error().hint);
  return {};
}

tl::expected<std::size_t, std::string> openers_of(const path& file) {
  bool missing = false;
  const auto octets = contents(file, missing);
  if (!octets) return tl::make_unexpected(octets.error());
  return missing ? 0 : *slots_of(*octets);
}

// The folder itself is locked: a file made by root would keep the daemon's user out.
KeyringLock::KeyringLock(const path& state_dir, How how)
    : folder_(state_dir),
      descriptor_(::open(state_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      held_(descriptor_ >= 0 &&
            ::flock(descriptor_, (how == How::alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) {}

KeyringLock::~KeyringLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

tl::expected<void, std::string> KeyringLock::held() const {
  if (held_) return {};
  if (descriptor_ < 0)
    return keyring_fault(folder_, "cannot be locked", "type: ls -ld " + folder_.string());
  return keyring_fault(folder_, "another pulihctl is at work on its keys or accounts",
                       "wait for it");
}

}  // namespace pulih::accounts
