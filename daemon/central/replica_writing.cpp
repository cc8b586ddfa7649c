// See replica.hpp: what is written into the copy, some hundred rows a transaction, and what a
// comparison reads out of it.
#include "daemon/central/block_hash.hpp"
#include "daemon/central/replica.hpp"
#include "daemon/central/replica_connection.hpp"
#include "daemon/central/replica_marks.hpp"
#include "daemon/central/replica_rows.hpp"

namespace pulih::central {
namespace {

constexpr std::size_t rows_a_transaction = 500;
constexpr std::uint64_t highest_number = (std::uint64_t{1} << 63) - 1;

std::string_view as_text(const Epoch& epoch) {
  return {reinterpret_cast<const char*>(epoch.data()), epoch.size()};
}

std::uint64_t last_of(std::uint64_t block) {
  return block > (highest_number - block_numbers + 1) / block_numbers
             ? highest_number
             : block * block_numbers + block_numbers - 1;
}

}  // namespace

template <class Work>
void Replica::in_transaction(Work&& work) {
  SQLite::Transaction transaction(sql().database, SQLite::TransactionBehavior::IMMEDIATE);
  sql_->naming.look();
  work();
  transaction.commit();
}

// ---- rows

std::size_t Replica::apply(std::vector<Row> rows, Feed feed, const Cursor& next) {
  if (rows.empty() && next == cursor(feed)) return 0;
  std::size_t changed = 0;
  std::span<Row> left(rows);
  do {
    const auto some = left.first(std::min(rows_a_transaction, left.size()));
    left = left.subspan(some.size());
    in_transaction([&] {
      changed += put(some);
      if (left.empty()) set_mark(cursor_of(feed), next);
    });
  } while (!left.empty());
  return changed;
}

std::size_t Replica::put(std::span<Row> rows) {
  std::size_t changed = 0;
  for (auto& row : rows) changed += put(row);
  return changed;
}

bool Replica::put(Row& row) {
  if (Use here(sql_->version, row.number); here.step() && here.number(0) >= row.row_version)
    return false;
  if (Use gone(sql_->gone_version, row.number); gone.step() && gone.number(0) >= row.row_version)
    return false;
  if (row.gone) {
    Use(sql_->erase, row.number).run();
    Use(sql_->put_gone, row.number, row.row_version).run();
    return true;
  }
  Use(sql_->erase_gone, row.number).run();
  write(row);
  return true;
}

void Replica::write(Row& row) {
  const auto key = keys_.account(row.id);
  ReplicaPart part;
  part.row_version = row.row_version;
  part.password_version = row.password_version;
  part.identity_version = row.identity_version;
  part.activated = row.activated;
  part.locked = row.locked;
  part.contact_changed = row.contact_changed;
  part.contact = {std::move(row.id), keys_.birth_date_tag(key, row.birth_date.reveal()), row.phone,
                  std::move(row.email)};
  lay_out(part, sql_->plain);
  keys_.seal_into(sql_->part, sql_->plain, replica_seal, key, entropy_);
  const auto phone = row.phone.empty() ? 0 : keys_.person(row.phone);
  const auto& names = *sql_->naming;
  Use(sql_->put, row.number, names.name(key), names.name(phone), row.row_version, sql_->part).run();
}

void Replica::replace(std::uint64_t block, std::vector<Row> rows) {
  const auto first = block * block_numbers, last = last_of(block);
  in_transaction([&] {
    std::vector<std::uint64_t> here;
    for (Use row(sql_->versions, first, last); row.step();) here.push_back(row.number(0));
    for (const auto number : here) Use(sql_->erase, number).run();
    Use(sql_->forget_gone, first, last).run();
    for (auto& row : rows) write(row);
  });
}

void Replica::carry_in(std::uint64_t block, const std::vector<SealedRow>& rows) {
  in_transaction([&] {
    const auto& names = *sql_->naming;
    for (const auto& row : rows)
      Use(sql_->put, row.number, names.name(row.key), names.name(row.phone), row.row_version,
          row.part)
          .run();
    set_mark(Mark::owed, std::to_string(block + 1));
  });
}

// ---- comparing

std::vector<Fingerprint> Replica::fingerprints(std::uint64_t first, std::uint64_t last) {
  std::vector<Fingerprint> found;
  Use row(sql().versions, first * block_numbers, last_of(last));
  bool more = row.step();
  while (more) {
    const auto block = block_of(row.number(0));
    BlockHash hash(block);
    for (; more && block_of(row.number(0)) == block; more = row.step())
      hash.add(row.number(0), row.number(1));
    found.push_back(hash.fingerprint());
  }
  return found;
}

bool Replica::sound(std::uint64_t block) {
  auto& database = sql().database;
  SQLite::Statement by_key(database,
                           "SELECT 1 FROM account INDEXED BY account_key "
                           "WHERE key = ? AND number = ?");
  SQLite::Statement by_phone(database,
                             "SELECT 1 FROM account INDEXED BY account_phone "
                             "WHERE phone = ? AND phone != 0 AND key = ? AND number = ?");
  try {
    SQLite::Transaction one_view(database);
    auto& names = sql_->naming;
    names.look();
    for (Use row(sql_->rows, block * block_numbers, last_of(block)); row.step();) {
      const auto key = names->key(row.number(1));
      const auto part = part_of(row, key, keys_);
      const auto& phone = part.contact.phone;
      if (keys_.account(part.contact.id) != key) return false;
      if ((phone.empty() ? 0 : keys_.person(phone)) != names->key(row.number(2))) return false;
      if (Use found(by_key, row.number(1), row.number(0)); !found.step()) return false;
      if (phone.empty()) continue;
      if (Use found(by_phone, row.number(2), row.number(1), row.number(0)); !found.step())
        return false;
    }
  } catch (const DamagedRow&) {
    return false;
  }
  return true;
}

std::uint64_t Replica::count() {
  return static_cast<std::uint64_t>(
      sql().database.execAndGet("SELECT count(*) FROM account").getInt64());
}

// ---- where it stands

std::optional<std::string> Replica::mark(Mark name) { return mark_in(sql().mark, name); }

void Replica::set_mark(Mark name, std::string_view value) {
  Use(sql().set_mark, name, value).run();
}

std::optional<Epoch> Replica::epoch() {
  Epoch epoch{};
  const auto stored = mark(Mark::epoch);
  if (!stored || stored->size() != epoch.size()) return std::nullopt;
  std::ranges::copy(*stored, epoch.begin());
  return epoch;
}

Cursor Replica::cursor(Feed feed) { return mark(cursor_of(feed)).value_or(""); }

void Replica::anchor(const Epoch& epoch, const Cursor& urgent, const Cursor& all) {
  in_transaction([&] {
    set_mark(Mark::epoch, as_text(epoch));
    set_mark(Mark::urgent_cursor, urgent);
    set_mark(Mark::cursor, all);
    set_mark(Mark::owed, "0");
  });
}

std::optional<std::uint64_t> Replica::owed() { return number_in<std::uint64_t>(mark(Mark::owed)); }

void Replica::compared_until(std::optional<std::uint64_t> block) {
  if (block) return set_mark(Mark::owed, std::to_string(*block));
  Use(sql().erase_mark, Mark::owed).run();
}

accounts::Instant Replica::agreed() {
  const auto seconds = number_in<std::int64_t>(mark(Mark::agreed)).value_or(0);
  return accounts::Instant(std::chrono::seconds(seconds));
}

void Replica::set_agreed(accounts::Instant at) {
  set_mark(Mark::agreed, std::to_string(at.time_since_epoch().count()));
}

void Replica::set_central_ahead(std::chrono::seconds ahead) {
  set_mark(Mark::central_ahead, std::to_string(ahead.count()));
}

}  // namespace pulih::central
