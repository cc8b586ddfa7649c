// The site key and what is derived from it: keyed look-up hashes, MACs of codes and birth dates,
// and the sealing of everything that lies on disk. One 32-octet key file; a purpose each gets its
// own subkey (libsodium crypto_kdf), so that a hash made for one purpose is worthless for another.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/accounts/entropy.hpp"
#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

using Tag = std::array<std::uint8_t, 16>;  // a keyed BLAKE2b of 16 octets
// 64-bit keyed hashes that name a person's record or an account in tables; never 0, never negative
// as an SQLite rowid (63 bits used).
using PersonKey = std::uint64_t;
using AccountKey = std::uint64_t;
using Blob = std::vector<std::uint8_t>;

class SiteKeys {
 public:
  static constexpr std::size_t octets = 32;
  explicit SiteKeys(std::span<const std::uint8_t, octets> site_key);
  SiteKeys(const SiteKeys&) = delete;
  SiteKeys& operator=(const SiteKeys&) = delete;
  ~SiteKeys();  // wipes

  PersonKey person(Msisdn number) const;
  // `id` in its normal form, "budi12@guru.sd" (without the account domain, lower case).
  AccountKey account(std::string_view id) const;
  // Bound to what they are for: the same code in another session has another tag.
  Tag code_tag(std::uint64_t session, std::uint32_t generation, std::string_view code) const;
  Tag birth_date_tag(AccountKey account, std::uint32_t yyyymmdd) const;
  // For the duplicate check: of the sender and the text as typed.
  std::uint64_t text_tag(PersonKey person, std::string_view text) const;
  std::uint64_t carrier_id_tag(std::string_view carrier, std::string_view message_id) const;

  // XChaCha20-Poly1305 with a random nonce in front: nonce 24 ‖ ciphertext ‖ tag 16. Table and row
  // are authenticated, so that a row copied to another place does not open. The name of a table is
  // one of ours and at most most_table_name long.
  static constexpr std::size_t most_table_name = 32;
  Blob seal(std::span<const std::uint8_t> plain, std::string_view table, std::uint64_t row,
            Entropy& entropy) const;
  // Nothing: the row was altered, moved, or sealed under another key.
  std::optional<WipedBytes> open(std::span<const std::uint8_t> sealed, std::string_view table,
                                 std::uint64_t row) const;
  // The same into the caller's buffer, whose memory is used again.
  void seal_into(Blob& out, std::span<const std::uint8_t> plain, std::string_view table,
                 std::uint64_t row, Entropy& entropy) const;
  bool open_into(WipedBytes& out, std::span<const std::uint8_t> sealed, std::string_view table,
                 std::uint64_t row) const;

 private:
  struct Subkeys;
  Subkeys* keys_;  // in sodium_malloc'ed memory: locked, guarded, not dumped
};

// The octets of a key file on their way into SiteKeys; wiped when they go.
struct SiteKey : std::array<std::uint8_t, SiteKeys::octets> {
  SiteKey() : array() {}
  SiteKey(const SiteKey&) = default;
  SiteKey& operator=(const SiteKey&) = default;
  ~SiteKey() { sodium_memzero(data(), size()); }
};

// Reads the key from a file of exactly 32 raw octets that nobody but its owner may read, or of 64
// hex digits. The error says what, where and what to type.
tl::expected<SiteKey, std::string> read_site_key(const std::filesystem::path&);
// Makes one (mode 0600); refuses to overwrite.
tl::expected<void, std::string> make_site_key(const std::filesystem::path&, Entropy&);

// Of public or sealed octets, to tell whether they are the same as before; without a key.
std::array<std::uint8_t, 32> fingerprint(std::span<const std::uint8_t> octets);

// In constant time.
bool same(const Tag& a, const Tag& b);

}  // namespace pulih::accounts
