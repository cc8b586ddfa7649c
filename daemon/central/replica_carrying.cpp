// See replica_carrying.hpp. The first piece says to which database and up to where the copy
// belongs, each further one holds the rows of a block, the last one none.
#include "daemon/central/replica_carrying.hpp"

#include <istream>
#include <ostream>

#include "daemon/accounts/sealed_stream.hpp"
#include "daemon/central/block_hash.hpp"
#include "daemon/central/embedded_file.hpp"
#include "daemon/central/naming.hpp"
#include "daemon/central/replica_rows.hpp"

namespace pulih::central {
namespace {

using conversation::disk::field;
using conversation::disk::list;
using conversation::disk::Reader;
using conversation::disk::Writer;

constexpr std::size_t most_octets = 4096;  // of a sealed part, of a mark

struct Beginning {
  accounts::Blob key_check;
  std::string epoch, urgent_cursor, cursor;
  accounts::Instant agreed{};
  bool compared = false;
  std::uint64_t rows = 0;
};
void octets_field(auto& disk, accounts::Blob& octets) {
  list(disk, octets, most_octets, [&](std::uint8_t& octet) { field(disk, octet); });
}
void fields(auto& disk, Beginning& beginning) {
  octets_field(disk, beginning.key_check);
  field(disk, beginning.epoch);
  field(disk, beginning.urgent_cursor);
  field(disk, beginning.cursor);
  field(disk, beginning.agreed);
  field(disk, beginning.compared);
  field(disk, beginning.rows);
}

struct Block {
  std::uint64_t block = 0;
  std::vector<SealedRow> rows;
};
void fields(auto& disk, Block& block) {
  field(disk, block.block);
  list(disk, block.rows, block_numbers, [&](SealedRow& row) {
    field(disk, row.number);
    field(disk, row.key);
    field(disk, row.phone);
    field(disk, row.row_version);
    octets_field(disk, row.part);
  });
}

template <class Part>
accounts::WipedBytes in_octets(Part& part) {
  accounts::WipedBytes octets;
  Writer disk(octets);
  fields(disk, part);
  return octets;
}
template <class Part>
std::optional<Part> of_octets(const accounts::WipedBytes& octets) {
  Reader disk{std::span<const std::uint8_t>(octets)};
  Part part;
  fields(disk, part);
  if (!disk.whole()) return std::nullopt;
  return part;
}

Beginning beginning_of(SQLite::Database& database) {
  Beginning beginning;
  const auto text = [&](ReplicaMark name) { return mark_in(database, name).value_or(""); };
  const auto check = text(ReplicaMark::key_check);
  beginning.key_check.assign(check.begin(), check.end());
  beginning.epoch = text(ReplicaMark::epoch);
  beginning.urgent_cursor = text(ReplicaMark::urgent_cursor);
  beginning.cursor = text(ReplicaMark::cursor);
  beginning.compared = text(ReplicaMark::owed).empty();
  const auto agreed = number_in<std::int64_t>(mark_in(database, ReplicaMark::agreed)).value_or(0);
  beginning.agreed = accounts::Instant(std::chrono::seconds(agreed));
  beginning.rows =
      static_cast<std::uint64_t>(database.execAndGet("SELECT count(*) FROM account").getInt64());
  return beginning;
}

tl::unexpected<std::string> failed(std::string why) { return tl::unexpected(std::move(why)); }

}  // namespace

tl::expected<std::uint64_t, std::string> export_replica(const std::filesystem::path& replica,
                                                        std::ostream& out,
                                                        const accounts::SiteKeys& keys,
                                                        const accounts::SiteKey& sealed_under,
                                                        const CarryingProgress& progress) {
  constexpr auto not_written = "the file cannot be written; is there room on the medium?";
  try {
    SQLite::Database database(replica.string(), SQLite::OPEN_READONLY, 10'000);
    // The cursors first: rows that are younger than they are no harm, missing ones were.
    auto beginning = beginning_of(database);
    if (beginning.epoch.empty()) return failed(replica.string() + ": it is no whole copy yet");
    accounts::SealedWriter stream(out, sealed_under);
    if (!stream.write(in_octets(beginning), false)) return failed(not_written);
    SQLite::Statement page(database,
                           "SELECT number, key, phone, row_ver, part FROM account "
                           "WHERE number >= ? ORDER BY number LIMIT ?");
    const Naming names(database, keys);  // the keyring is held: it stays so
    std::uint64_t next = 0, done = 0;
    while (true) {
      Block block;
      {
        Use row(page, next, block_numbers);
        while (row.step()) {
          const auto number = row.number(0);
          if (block.rows.empty()) block.block = block_of(number);
          if (block_of(number) != block.block) break;
          const auto part = row.octets(4);
          block.rows.push_back({number,
                                names->key(row.number(1)),
                                names->key(row.number(2)),
                                row.number(3),
                                {part.begin(), part.end()}});
        }
      }
      if (block.rows.empty()) break;
      next = block.rows.back().number + 1;
      done += block.rows.size();
      if (!stream.write(in_octets(block), false)) return failed(not_written);
      progress(done, std::max(done, beginning.rows));
    }
    if (!stream.write({}, true)) return failed(not_written);
    return done;
  } catch (const SQLite::Exception& error) {
    return failed(unavailable(replica, error).why);
  } catch (const Unavailable& error) {
    return failed(error.why);
  }
}

namespace {

class Import {
 public:
  Import(accounts::SealedReader& stream, Replica& replica, const CarryingProgress& progress)
      : stream_(stream), replica_(replica), progress_(progress) {}

  tl::expected<std::uint64_t, std::string> run(const accounts::SiteKeys& keys) {
    const auto piece = stream_.read();
    if (!piece) return failed(piece.error());
    const auto beginning = of_octets<Beginning>(piece->octets);
    if (!beginning || beginning->epoch.size() != Epoch{}.size())
      return failed("is of another release");
    if (!keys.open(beginning->key_check, replica_seal, 0))
      return failed("was exported at a site with another key: keys.site must name that key here");
    begin(*beginning);
    if (auto failure = rows(*beginning)) return failed(*failure);
    if (beginning->compared)
      replica_.compared_until(std::nullopt);
    else
      replica_.compared_until(0);
    replica_.set_agreed(beginning->agreed);
    replica_.finish();
    return done_;
  }

 private:
  // The same file again goes on; another one begins anew.
  void begin(const Beginning& beginning) {
    Epoch epoch{};
    std::ranges::copy(beginning.epoch, epoch.begin());
    const bool again = replica_.building() && replica_.epoch() == epoch &&
                       replica_.cursor(Feed::all) == beginning.cursor &&
                       replica_.cursor(Feed::urgent) == beginning.urgent_cursor;
    if (again) {
      from_ = replica_.owed().value_or(0);
      return;
    }
    replica_.begin_beside();
    replica_.anchor(epoch, beginning.urgent_cursor, beginning.cursor);
  }

  std::optional<std::string> rows(const Beginning& beginning) {
    while (true) {
      const auto piece = stream_.read();
      if (!piece)
        return piece.error() + "; what was read is kept: copy it again and repeat this command";
      if (piece->last) return std::nullopt;
      const auto block = of_octets<Block>(piece->octets);
      if (!block) return "is of another release";
      for (const auto& row : block->rows)
        if (block_of(row.number) != block->block) return "is of another release";
      if (block->block >= from_) replica_.carry_in(block->block, block->rows);
      done_ += block->rows.size();
      progress_(done_, std::max(done_, beginning.rows));
    }
  }

  accounts::SealedReader& stream_;
  Replica& replica_;
  const CarryingProgress& progress_;
  std::uint64_t from_ = 0, done_ = 0;
};

}  // namespace

tl::expected<std::uint64_t, std::string> import_replica(std::istream& in,
                                                        const ReplicaPlace& replica,
                                                        const accounts::SiteKeys& keys,
                                                        const accounts::SiteKey& sealed_under,
                                                        accounts::Entropy& entropy,
                                                        const CarryingProgress& progress) {
  try {
    accounts::SealedReader stream(in, sealed_under);
    ReplicaAccounts nobody(replica.file, keys);
    Replica copy(replica, keys, entropy, nobody);
    return Import(stream, copy, progress).run(keys);
  } catch (const SQLite::Exception& error) {
    return failed(unavailable(replica.file, error).why);
  } catch (const Unavailable& error) {
    return failed(error.why);
  }
}

}  // namespace pulih::central
