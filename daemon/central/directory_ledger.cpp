// See directory_ledger.hpp. What does not fit the ledger's columns is sent as NULL and refused
// there, entry by entry.
#include "daemon/central/directory_ledger.hpp"

#include <algorithm>

#include "daemon/central/postgresql_words.hpp"

namespace pulih::central {
namespace {

using How = TakenEntry::How;

tl::unexpected<Unavailable> broken(std::string_view by) { return tl::unexpected(not_promised(by)); }

std::optional<std::uint64_t> count_at(const PostgresqlAnswer& answer, int column) {
  const auto value = answer.integer(0, column);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

constexpr std::pair<std::string_view, How> outcomes[] = {{"same", How::same},
                                                         {"taken in", How::taken},
                                                         {"stale", How::stale},
                                                         {"id of another", How::id_of_another},
                                                         {"unusable", How::unusable}};

// The entries as the columns of pulih.directory_take.
class EntryColumns {
 public:
  void add(const DirectoryEntry& entry, const DirectoryHandle& instead_of) {
    const std::array<PostgresqlParameter, columns> row = {
        text_parameter(entry.handle, longest_handle),
        text_parameter(entry.marks.state, longest_mark),
        text_parameter(entry.marks.password, longest_mark),
        text_parameter(entry.region, longest_id),
        text_parameter(entry.id, longest_id),
        entry.birth_date.reveal() == 0
            ? std::nullopt
            : PostgresqlParameter(std::to_string(entry.birth_date.reveal())),
        entry.phone.empty() ? std::nullopt : PostgresqlParameter(entry.phone.digits()),
        entry.email.empty() ? std::nullopt : text_parameter(entry.email.reveal(), longest_email),
        entry.activated ? "t" : "f",
        entry.locked ? "t" : "f",
        instead_of.empty() ? std::nullopt : text_parameter(instead_of, longest_handle)};
    for (std::size_t i = 0; i < columns; ++i) values_[i].push_back(row[i]);
  }
  std::vector<PostgresqlParameter> parameters(LedgerMoment asked_at) const {
    std::vector<PostgresqlParameter> all = {std::to_string(asked_at)};
    for (const auto& column : values_) all.emplace_back(array_of(column));
    return all;
  }

 private:
  static constexpr std::size_t columns = 11;
  std::array<std::vector<PostgresqlParameter>, columns> values_;
};

}  // namespace

tl::expected<BegunChange, Unavailable> DirectoryLedger::begin(const PostgresqlParameter& site,
                                                              std::uint64_t fence,
                                                              const PasswordChange& change) {
  const auto answer =
      link_.run({"SELECT verdict, against, put_before, handle, state FROM"
                 " pulih.directory_begin($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                 parameters_of(site, fence, change)});
  if (!answer) return tl::unexpected(answer.error());
  BegunChange begun;
  const auto verdict = answer->text_or_empty(0, 0);
  begun.verdict = verdict_named(verdict);
  if (!begun.verdict && verdict != "under way") return broken("directory_begin");
  if (const auto against = answer->text(0, 1)) {
    begun.against = verdict_named(*against);
    if (!begun.against) return broken("directory_begin");
  }
  begun.put_before = answer->flag(0, 2);
  begun.handle = answer->text_or_empty(0, 3).substr(0, longest_handle);
  begun.state = answer->text_or_empty(0, 4).substr(0, longest_mark);
  if (!begun.verdict && !begun.against && begun.handle.empty()) return broken("directory_begin");
  return begun;
}

tl::expected<Verdict, Unavailable> DirectoryLedger::end(const PostgresqlParameter& site,
                                                        const OperationId& id, Verdict verdict,
                                                        const BegunChange* on,
                                                        const DirectoryMarks* now) {
  PostgresqlCall call{"SELECT pulih.directory_end($1, $2, $3, $4, $5, $6, $7)",
                      {site, bytea(id), std::string(name_of(verdict))}};
  if (on != nullptr && now != nullptr)
    call.parameters.insert(
        call.parameters.end(),
        {text_parameter(on->handle, longest_handle), text_parameter(on->state, longest_mark),
         text_parameter(now->state, longest_mark), text_parameter(now->password, longest_mark)});
  else
    call.parameters.resize(7);
  const auto answer = link_.run(std::move(call));
  if (!answer) return tl::unexpected(answer.error());
  const auto stands = verdict_named(answer->text_or_empty(0, 0));
  if (!stands) return broken("directory_end");
  return *stands;
}

void DirectoryLedger::let_go() {
  // A connection that is closed has let go.
  if (link_.is_open() && !link_.run({"SELECT pulih.directory_let_go()", {}})) link_.close();
}

tl::expected<LedgerMoment, Unavailable> DirectoryLedger::moment() {
  const auto answer = link_.run({"SELECT pulih.directory_moment()", {}});
  if (!answer) return tl::unexpected(answer.error());
  const auto moment = count_at(*answer, 0);
  if (!moment) return broken("directory_moment");
  return *moment;
}

tl::expected<std::vector<TakenEntry>, Unavailable> DirectoryLedger::take(
    LedgerMoment asked_at, std::span<const DirectoryEntry> entries,
    const DirectoryHandle& instead_of) {
  EntryColumns columns;
  for (const auto& entry : entries)
    columns.add(entry, &entry == entries.data() ? instead_of : DirectoryHandle{});
  const auto answer =
      link_.run({"SELECT outcome, holder FROM"
                 " pulih.directory_take($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                 columns.parameters(asked_at)});
  if (!answer) return tl::unexpected(answer.error());
  std::vector<TakenEntry> taken;
  for (int row = 0; row < answer->rows(); ++row) {
    const auto name = answer->text_or_empty(row, 0);
    const auto outcome = std::ranges::find(outcomes, name, [](auto& each) { return each.first; });
    if (outcome == std::end(outcomes)) return broken("directory_take");
    taken.push_back({outcome->second, DirectoryHandle(answer->text_or_empty(row, 1))});
  }
  if (taken.size() != entries.size()) return broken("directory_take");
  return taken;
}

tl::expected<EndedListing, Unavailable> DirectoryLedger::listed(LedgerMoment asked_at) {
  const auto answer =
      link_.run({"SELECT believed, entries, missing FROM pulih.directory_listed($1)",
                 {std::to_string(asked_at)}});
  if (!answer) return tl::unexpected(answer.error());
  const auto entries = count_at(*answer, 1), missing = count_at(*answer, 2);
  if (!entries || !missing) return broken("directory_listed");
  return EndedListing{answer->flag(0, 0), *entries, *missing};
}

}  // namespace pulih::central
