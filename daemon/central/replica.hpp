// The replica as the thread that follows the central database writes it: encrypted, and disposable,
// since what is lost or damaged is fetched again. A page of rows and the cursor behind it are one
// transaction. A first copy, and one in place of a damaged one, is made beside (FILE.new), goes on
// where it was after a restart, and takes the place of FILE when it is whole.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "daemon/accounts/keys.hpp"
#include "daemon/central/central.hpp"
#include "daemon/central/replica_accounts.hpp"
#include "daemon/central/replica_schema.hpp"

namespace pulih::central {

using Epoch = std::array<std::uint8_t, 16>;

// A row as it lies in the file, but that `key` and `phone` are what is named there.
struct SealedRow {
  std::uint64_t number = 0, key = 0, phone = 0, row_version = 0;
  accounts::Blob part;
};

// While another process changes the keys of that state_dir (KeyringLock) no file takes another
// one's place: whatever needs it throws Unavailable, and is asked again.
struct ReplicaPlace {
  std::filesystem::path file, state_dir;
};

// For one thread. Each call may throw SQLite::Exception; one that tells_damage() is answered with
// begin_anew().
class Replica {
 public:
  // Opens FILE, or what was begun beside it, or begins. What cannot be used is removed.
  Replica(const ReplicaPlace& place, const accounts::SiteKeys& keys, accounts::Entropy& entropy,
          ReplicaAccounts& readers);
  ~Replica();

  // There is a whole copy for look-ups.
  bool whole() const;
  // The copy that is written is not yet the one that is looked at.
  bool building() const { return building_; }
  // Why what was found could not be used; empty: it could, or there was nothing, or another one has
  // taken its place.
  const std::string& unusable() const { return unusable_; }
  // Removes the copy and begins another one.
  void begin_anew();
  // Begins another one, and the one that is looked at stays until that is whole.
  void begin_beside();
  // The copy is whole: it gets its indexes and takes the place of FILE.
  void finish();

  // ---- rows
  // Rows that are older than what is here change nothing. How many did.
  std::size_t apply(std::vector<Row> rows, Feed feed, const Cursor& next);
  // What the central database has in this block takes the place of what is here.
  void replace(std::uint64_t block, std::vector<Row> rows);
  // Rows of this block as another machine of this site had them, sealed; the comparison is owed
  // from the next block on.
  void carry_in(std::uint64_t block, const std::vector<SealedRow>& rows);
  // Of the blocks first … last that have rows, rising.
  std::vector<Fingerprint> fingerprints(std::uint64_t first, std::uint64_t last);
  // Each row of the block opens and is found by its indexes.
  bool sound(std::uint64_t block);
  std::uint64_t count();

  // ---- where it stands
  // Nothing: it follows none yet.
  std::optional<Epoch> epoch();
  Cursor cursor(Feed feed);
  // This copy follows the database of that epoch from these cursors on; all blocks have to be
  // compared with it, from the first on.
  void anchor(const Epoch& epoch, const Cursor& urgent, const Cursor& all);
  // From which block on the comparison that anchor() asked for has still to be made.
  std::optional<std::uint64_t> owed();
  void compared_until(std::optional<std::uint64_t> block);
  // When it last agreed with the central database, all of it.
  accounts::Instant agreed();
  void set_agreed(accounts::Instant at);
  // By how much the central database's clock was ahead of ours then, for look-ups of a later life.
  void set_central_ahead(std::chrono::seconds);

 private:
  struct Connection;
  enum class Which : std::uint8_t { looked_at, beside };
  using Mark = ReplicaMark;
  static Mark cursor_of(Feed feed) {
    return feed == Feed::urgent ? Mark::urgent_cursor : Mark::cursor;
  }
  void open();
  bool try_to_open(Which which);
  std::optional<std::string> unusable_in(const std::filesystem::path& file);
  void create();
  Connection& sql();
  bool opens(std::string_view key_check) const;
  void while_keys_stay(const std::function<void()>& exchange);
  void remove(const std::filesystem::path& file);
  // One write transaction, which knows how the rows are named.
  template <class Work>
  void in_transaction(Work&& work);
  // What a row holds is taken out of it.
  std::size_t put(std::span<Row> rows);
  bool put(Row& row);
  void write(Row& row);
  std::optional<std::string> mark(Mark name);
  void set_mark(Mark name, std::string_view value);

  const std::filesystem::path file_, beside_, state_dir_;
  const accounts::SiteKeys& keys_;
  accounts::Entropy& entropy_;
  ReplicaAccounts& readers_;
  bool building_ = false;
  std::string unusable_;
  std::unique_ptr<Connection> sql_;
};

}  // namespace pulih::central
