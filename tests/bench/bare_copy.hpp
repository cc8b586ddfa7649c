// The peer of the replica's benchmarks: SQLite and libsodium used by hand for the same columns and
// the same crypto, with nothing around them.
#pragma once
#include <sodium.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <vector>

#include "daemon/central/central.hpp"

namespace pulih::bench {

class BareCopy {
 public:
  explicit BareCopy(const std::filesystem::path& file) {
    sqlite3_open(file.c_str(), &database_);
    run("PRAGMA cache_size=-32768; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
    run("CREATE TABLE account (number INTEGER PRIMARY KEY, key INTEGER NOT NULL, "
        "phone INTEGER NOT NULL, row_ver INTEGER NOT NULL, part BLOB NOT NULL) STRICT");
    sqlite3_prepare_v2(database_, "INSERT INTO account VALUES (?, ?, ?, ?, ?)", -1, &insert_,
                       nullptr);
    randombytes_buf(key_.data(), key_.size());
  }
  BareCopy(const BareCopy&) = delete;
  BareCopy& operator=(const BareCopy&) = delete;
  ~BareCopy() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  void write(const std::vector<central::Row>& rows) {
    run("BEGIN");
    for (const auto& row : rows) write(row);
    run("COMMIT");
  }
  void finish() {
    run("CREATE INDEX account_key ON account (key)");
    run("CREATE INDEX account_phone ON account (phone, key) WHERE phone != 0");
    run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

 private:
  using Hash = std::array<std::uint8_t, 16>;

  void run(const char* sql) { sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); }
  template <class Input>
  Hash hash(const Input* data, std::size_t size) {
    Hash made{};
    crypto_generichash(made.data(), made.size(), reinterpret_cast<const unsigned char*>(data), size,
                       key_.data(), key_.size());
    return made;
  }
  static std::int64_t as_key(const Hash& hash) {
    std::int64_t key = 0;
    std::copy_n(hash.data(), sizeof key, reinterpret_cast<std::uint8_t*>(&key));
    return key & std::numeric_limits<std::int64_t>::max();
  }

  void write(const central::Row& row) {
    const auto key = as_key(hash(row.id.data(), row.id.size()));
    const auto phone = row.phone.value();
    const auto person = as_key(hash(&phone, sizeof phone));
    const std::array<std::uint64_t, 2> born = {static_cast<std::uint64_t>(key),
                                               row.birth_date.reveal()};
    const auto tag = hash(born.data(), sizeof born);
    std::array<std::uint8_t, 96> plain{};
    auto* at = std::copy(row.id.begin(), row.id.end(), plain.begin());
    at = std::copy(tag.begin(), tag.end(), at);
    const auto email = row.email.reveal();
    std::copy(email.begin(), email.end(), at);
    if (nonces_used_ == nonces_.size()) {
      randombytes_buf(nonces_.data(), nonces_.size());
      nonces_used_ = 0;
    }
    std::array<std::uint8_t, 24 + 96 + 16> part{};
    std::copy_n(nonces_.data() + nonces_used_, 24, part.begin());
    nonces_used_ += 24;
    crypto_aead_xchacha20poly1305_ietf_encrypt(part.data() + 24, nullptr, plain.data(),
                                               plain.size(),
                                               reinterpret_cast<const unsigned char*>(&key),
                                               sizeof key, nullptr, part.data(), key_.data());
    sqlite3_bind_int64(insert_, 1, static_cast<std::int64_t>(row.number));
    sqlite3_bind_int64(insert_, 2, key);
    sqlite3_bind_int64(insert_, 3, person);
    sqlite3_bind_int64(insert_, 4, static_cast<std::int64_t>(row.row_version));
    sqlite3_bind_blob(insert_, 5, part.data(), static_cast<int>(part.size()), SQLITE_STATIC);
    sqlite3_step(insert_);
    sqlite3_reset(insert_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::array<std::uint8_t, 32> key_{};
  std::array<std::uint8_t, 64 * 24> nonces_{};
  std::size_t nonces_used_ = nonces_.size();
};

}  // namespace pulih::bench
