// The keys of a site and what is made under them: keyed look-up hashes, MACs of codes and birth
// dates, and the sealing of everything that lies on disk. A purpose each gets its own subkey
// (libsodium crypto_kdf), so that a hash made for one purpose is worthless for another. How they
// lie on disk is told in keyring.hpp.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/accounts/entropy.hpp"
#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/row_names.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

using Tag = std::array<std::uint8_t, 16>;  // a keyed BLAKE2b of 16 octets
// 64-bit keyed hashes that name a person's record or an account in tables; never 0, never negative
// as an SQLite rowid (63 bits used).
using PersonKey = std::uint64_t;
using AccountKey = std::uint64_t;
using Blob = std::vector<std::uint8_t>;

inline std::uint64_t as_row_key(std::uint64_t hash) {
  const auto bits = hash & ~(std::uint64_t{1} << 63);
  return bits == 0 ? 1 : bits;
}

// The octets of a key file on their way into SiteKeys; wiped when they go.
struct SiteKey : std::array<std::uint8_t, 32> {
  SiteKey() : array() {}
  SiteKey(const SiteKey&) = default;
  SiteKey& operator=(const SiteKey&) = default;
  ~SiteKey() { sodium_memzero(data(), size()); }
};

// What a site's rows lie under. A site whose keys were never changed has its site key for both.
struct KeyRing {
  SiteKey names;              // numbers, ids and codes are hashed under it: it stays
  std::vector<SiteKey> data;  // the first seals and names rows, each opens: two during a rotation
};

class SiteKeys {
 public:
  static constexpr std::size_t octets = 32;
  explicit SiteKeys(std::span<const std::uint8_t, octets> site_key);
  explicit SiteKeys(const KeyRing& ring);
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

  // ---- another data key, while rows are sealed and opened by other threads
  static constexpr std::size_t most_data_keys = 8;  // in the life of a process
  // From now on rows are sealed under the first key of the ring, and what an earlier one sealed
  // opens as before. False: it would be one key too many, and nothing was learnt.
  bool learn(const KeyRing& ring);
  // Rises with each that was learnt.
  std::size_t data_keys() const { return known_.load(std::memory_order_acquire); }
  // The key under which rows are sealed now.
  SiteKey data_key() const;
  // How a file names its rows from now on.
  const RowNames& row_names() const;
  // How the rows of a file are named that says this RowNames::id; null: under a key that is not
  // known.
  const RowNames* row_names_of(std::uint64_t id) const;
  enum class Resealed : std::uint8_t { no_need, done, unreadable };
  // A row that an earlier key sealed is sealed under the present one, in its place.
  Resealed reseal(Blob& sealed, std::string_view table, std::uint64_t row, Entropy& entropy) const;

 private:
  struct Subkeys;
  std::size_t newest() const { return data_keys() - 1; }
  void add_data_key(const SiteKey& key, const SiteKey& names);
  std::optional<std::size_t> opening_key(WipedBytes& out, std::span<const std::uint8_t> sealed,
                                         std::string_view table, std::uint64_t row) const;

  Subkeys* keys_;  // in sodium_malloc'ed memory: locked, guarded, not dumped
  std::mutex learning_;
  std::atomic<std::size_t> known_{0};  // data keys, the newest last
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
