// The keyring: a file beside the databases that holds the keys that their rows lie under, sealed so
// that the site key opens it. Rows can be sealed under a new key while the daemon serves, and a
// site key can give way to another one, without any of it being readable meanwhile. A site without
// the file has its site key for everything.
#pragma once
#include "daemon/accounts/keys.hpp"

namespace pulih::accounts {

inline constexpr auto keyring_file = "keyring";  // in state_dir

// The ring that one of `openers` opens; the first of them is the site key, which is the ring itself
// where there is no file. The error says what, where and what to type.
tl::expected<KeyRing, std::string> read_keyring(const std::filesystem::path& file,
                                                std::span<const SiteKey> openers);
// The same for a site: with the key of that file, and the keyring in its state_dir.
tl::expected<KeyRing, std::string> read_ring_of_site(const std::filesystem::path& site_key,
                                                     const std::filesystem::path& state_dir);
// In place of the one that was there: whole, or not at all. Each of `openers` opens it from then
// on, and nothing else does.
tl::expected<void, std::string> write_keyring(const std::filesystem::path& file,
                                              const KeyRing& ring, std::span<const SiteKey> openers,
                                              Entropy& entropy);
// How many keys open it; 0: there is no file.
tl::expected<std::size_t, std::string> openers_of(const std::filesystem::path& file);

// While it is held shared the keys of a state_dir are not changed; it is held alone by whoever
// changes them.
class KeyringLock {
 public:
  enum class How : std::uint8_t { shared, alone };
  KeyringLock(const std::filesystem::path& state_dir, How how);
  KeyringLock(const KeyringLock&) = delete;
  KeyringLock& operator=(const KeyringLock&) = delete;
  ~KeyringLock();
  // What to tell who does not get it.
  tl::expected<void, std::string> held() const;

 private:
  const std::filesystem::path folder_;
  const int descriptor_;
  const bool held_;
};

}  // namespace pulih::accounts
