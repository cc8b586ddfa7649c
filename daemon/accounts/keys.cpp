// The site key's subkeys and what is computed under them. A tag is BLAKE2b under the subkey of its
// purpose over fixed-width little-endian numbers and at most one text at the end, so that no two
// inputs read the same.
#include "daemon/accounts/keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <exception>
#include <new>

#include "daemon/accounts/aead.hpp"

namespace pulih::accounts {
namespace {

using Key = std::array<std::uint8_t, 32>;
using aead::Octets;

template <class Number>
std::array<std::uint8_t, sizeof(Number)> little_endian(Number number) {
  std::array<std::uint8_t, sizeof(Number)> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return octets;
}

std::uint64_t first_64_bits(const Tag& tag) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | tag[i];
  return number;
}

// A tag in the making. Its state holds what was added, so it is wiped.
class Hash {
 public:
  explicit Hash(const Key& key) {
    crypto_generichash_init(&state_, key.data(), key.size(), sizeof(Tag));
  }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  ~Hash() { sodium_memzero(&state_, sizeof state_); }

  Hash& add(Octets octets) {
    crypto_generichash_update(&state_, octets.data(), octets.size());
    return *this;
  }
  Hash& add(std::string_view text) {
    return add(Octets{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  Tag tag() {
    Tag tag{};
    crypto_generichash_final(&state_, tag.data(), tag.size());
    return tag;
  }

 private:
  crypto_generichash_state state_;
};

// What a sealed row is bound to: table ‖ 0 ‖ row.
class Place {
 public:
  Place(std::string_view table, std::uint64_t row) {
    if (table.size() > SiteKeys::most_table_name) std::terminate();
    const auto row_octets = little_endian(row);
    const auto end = std::ranges::copy(table, octets_.begin()).out;
    std::ranges::copy(row_octets, end + 1);
    size_ = table.size() + 1 + row_octets.size();
  }
  Octets octets() const { return Octets(octets_).first(size_); }

 private:
  std::array<std::uint8_t, SiteKeys::most_table_name + 1 + sizeof(std::uint64_t)> octets_{};
  std::size_t size_ = 0;
};

}  // namespace

struct SiteKeys::Subkeys {
  struct Data {
    SiteKey key;
    Key sealing;
    std::optional<RowNames> row_names;
  };
  Key person, account, code, birth_date, text, carrier_id;
  RowNames first_row_names;  // of a site whose keys were never changed
  std::array<Data, most_data_keys> data;
};

namespace {
// A context never changes its meaning: what lies on disk was made under it.
void derive(Key& key, const char (&context)[crypto_kdf_CONTEXTBYTES + 1],
            const std::uint8_t* from) {
  crypto_kdf_derive_from_key(key.data(), key.size(), 1, context, from);
}

KeyRing ring_of(std::span<const std::uint8_t, SiteKeys::octets> site_key) {
  KeyRing ring;
  std::ranges::copy(site_key, ring.names.begin());
  ring.data.push_back(ring.names);
  return ring;
}
}  // namespace

SiteKeys::SiteKeys(std::span<const std::uint8_t, octets> site_key) : SiteKeys(ring_of(site_key)) {}

SiteKeys::SiteKeys(const KeyRing& ring) {
  static_assert(octets == crypto_kdf_KEYBYTES);
  if (sodium_init() < 0) std::terminate();
  void* memory = sodium_malloc(sizeof(Subkeys));
  if (memory == nullptr) throw std::bad_alloc();
  keys_ = new (memory) Subkeys;
  const auto* names = ring.names.data();
  derive(keys_->person, "person  ", names);
  derive(keys_->account, "account ", names);
  derive(keys_->code, "code    ", names);
  derive(keys_->birth_date, "birthday", names);
  derive(keys_->text, "text    ", names);
  derive(keys_->carrier_id, "carrier ", names);
  for (auto key = ring.data.rbegin(); key != ring.data.rend(); ++key)
    add_data_key(*key, ring.names);
}

SiteKeys::~SiteKeys() {
  sodium_mprotect_readwrite(keys_);
  std::destroy_at(keys_);
  sodium_free(keys_);
}

void SiteKeys::add_data_key(const SiteKey& key, const SiteKey& names) {
  if (known_ == most_data_keys) std::terminate();
  sodium_mprotect_readwrite(keys_);
  auto& data = keys_->data[known_];
  data.key = key;
  derive(data.sealing, "sealing ", key.data());
  if (key == names)
    data.row_names.emplace();
  else
    data.row_names.emplace(key);
  sodium_mprotect_readonly(keys_);
  known_.fetch_add(1, std::memory_order_release);
}

bool SiteKeys::learn(const KeyRing& ring) {
  const std::lock_guard lock(learning_);
  const auto& key = ring.data.front();
  for (std::size_t i = 0; i < known_; ++i)
    if (sodium_memcmp(keys_->data[i].key.data(), key.data(), key.size()) == 0) return true;
  if (known_ == most_data_keys) return false;
  add_data_key(key, ring.names);
  return true;
}

SiteKey SiteKeys::data_key() const { return keys_->data[newest()].key; }

const RowNames& SiteKeys::row_names() const { return *keys_->data[newest()].row_names; }

const RowNames* SiteKeys::row_names_of(std::uint64_t id) const {
  if (id == keys_->first_row_names.id()) return &keys_->first_row_names;
  for (std::size_t i = 0; i < data_keys(); ++i)
    if (const auto& names = *keys_->data[i].row_names; names.id() == id) return &names;
  return nullptr;
}

PersonKey SiteKeys::person(Msisdn number) const {
  return as_row_key(first_64_bits(Hash(keys_->person).add(little_endian(number.value())).tag()));
}

AccountKey SiteKeys::account(std::string_view id) const {
  return as_row_key(first_64_bits(Hash(keys_->account).add(id).tag()));
}

Tag SiteKeys::code_tag(std::uint64_t session, std::uint32_t generation,
                       std::string_view code) const {
  return Hash(keys_->code)
      .add(little_endian(session))
      .add(little_endian(generation))
      .add(code)
      .tag();
}

Tag SiteKeys::birth_date_tag(AccountKey account, std::uint32_t yyyymmdd) const {
  return Hash(keys_->birth_date).add(little_endian(account)).add(little_endian(yyyymmdd)).tag();
}

std::uint64_t SiteKeys::text_tag(PersonKey person, std::string_view text) const {
  return first_64_bits(Hash(keys_->text).add(little_endian(person)).add(text).tag());
}

std::uint64_t SiteKeys::carrier_id_tag(std::string_view carrier,
                                       std::string_view message_id) const {
  const auto carrier_octets = little_endian(std::uint64_t{carrier.size()});
  return first_64_bits(
      Hash(keys_->carrier_id).add(carrier_octets).add(carrier).add(message_id).tag());
}

void SiteKeys::seal_into(Blob& out, Octets plain, std::string_view table, std::uint64_t row,
                         Entropy& entropy) const {
  const Place place(table, row);
  out.resize(plain.size() + aead::added);
  aead::seal(out, plain, place.octets(), keys_->data[newest()].sealing, entropy);
}

std::optional<std::size_t> SiteKeys::opening_key(WipedBytes& out, Octets sealed,
                                                 std::string_view table, std::uint64_t row) const {
  if (sealed.size() < aead::added) return std::nullopt;
  const Place place(table, row);
  out.resize(sealed.size() - aead::added);
  for (auto key = newest() + 1; key-- > 0;)
    if (aead::open(out, sealed, place.octets(), keys_->data[key].sealing)) return key;
  return std::nullopt;
}

bool SiteKeys::open_into(WipedBytes& out, Octets sealed, std::string_view table,
                         std::uint64_t row) const {
  return opening_key(out, sealed, table, row).has_value();
}

SiteKeys::Resealed SiteKeys::reseal(Blob& sealed, std::string_view table, std::uint64_t row,
                                    Entropy& entropy) const {
  WipedBytes plain;
  const auto key = opening_key(plain, sealed, table, row);
  if (!key) return Resealed::unreadable;
  if (key == newest()) return Resealed::no_need;
  seal_into(sealed, plain, table, row, entropy);
  return Resealed::done;
}

Blob SiteKeys::seal(Octets plain, std::string_view table, std::uint64_t row,
                    Entropy& entropy) const {
  Blob out;
  seal_into(out, plain, table, row, entropy);
  return out;
}

std::optional<WipedBytes> SiteKeys::open(Octets sealed, std::string_view table,
                                         std::uint64_t row) const {
  WipedBytes out;
  if (!open_into(out, sealed, table, row)) return std::nullopt;
  return out;
}

std::array<std::uint8_t, 32> fingerprint(Octets octets) {
  std::array<std::uint8_t, 32> made{};
  crypto_generichash(made.data(), made.size(), octets.data(), octets.size(), nullptr, 0);
  return made;
}

bool same(const Tag& a, const Tag& b) { return sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace pulih::accounts
