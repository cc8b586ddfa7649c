// See postgresql.hpp. What comes back is read as strictly as any other input: an answer that is not
// what the schema promises is an error, not a guess.
#include "daemon/central/postgresql.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/central/postgresql_words.hpp"

namespace pulih::central {
namespace {

using accounts::Instant;

constexpr std::size_t longest_page = 10'000;  // as in the functions

std::string written(std::int64_t value) { return std::to_string(value); }
// As a bigint: a draw is any 64 bits, everything else stays far below 2^63.
std::string written(std::uint64_t value) {
  return std::to_string(static_cast<std::int64_t>(value));
}
std::string written(std::uint32_t value) { return std::to_string(value); }
std::string written(bool value) { return value ? "t" : "f"; }
std::string page_of(std::size_t most) { return std::to_string(std::min(most, longest_page)); }
std::string seconds_of(Instant at) { return written(std::int64_t{at.time_since_epoch().count()}); }
tl::unexpected<Unavailable> broken(std::string_view by) { return tl::unexpected(not_promised(by)); }

// Reads the columns of a row; what is out of range makes the whole row bad.
class Columns {
 public:
  Columns(const PostgresqlAnswer& answer, int row) : answer_(answer), row_(row) {}

  std::uint64_t number(int column, std::uint64_t most = std::uint64_t{1} << 62) {
    const auto value = answer_.integer(row_, column);
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > most) good_ = false;
    return good_ ? static_cast<std::uint64_t>(*value) : 0;
  }
  std::uint32_t version(int column) {
    return static_cast<std::uint32_t>(number(column, std::numeric_limits<std::uint32_t>::max()));
  }
  // NULL: 0.
  std::uint64_t number_or_none(int column, std::uint64_t most) {
    return answer_.text(row_, column) ? number(column, most) : 0;
  }
  bool flag(int column) { return answer_.flag(row_, column); }
  std::string_view text(int column, std::size_t longest) {
    const auto value = answer_.text_or_empty(row_, column);
    if (value.size() > longest) good_ = false;
    return good_ ? value : std::string_view();
  }
  accounts::Msisdn phone(int column) {
    return accounts::Msisdn::from_value(number_or_none(column, accounts::Msisdn::highest_value));
  }
  bool good() const { return good_; }

 private:
  const PostgresqlAnswer& answer_;
  const int row_;
  bool good_ = true;
};

// number, row_version, gone, id, birth_date, phone, email, activated, locked, contact_changed,
// password_version, identity_version: of pulih.changes and pulih.rows.
constexpr char columns_of_row[] =
    "number, row_version, gone, id, birth_date, phone, email, activated, locked, contact_changed, "
    "password_version, identity_version";
constexpr int cursor_column = 12;

std::optional<Row> row_of(const PostgresqlAnswer& answer, int at) {
  Columns columns(answer, at);
  Row row;
  row.number = columns.number(0);
  row.row_version = columns.number(1);
  row.gone = columns.flag(2);
  if (!row.gone) {
    row.id = columns.text(3, longest_id);
    row.birth_date =
        accounts::BirthDate(static_cast<std::uint32_t>(columns.number_or_none(4, 29'991'231)));
    row.phone = columns.phone(5);
    row.email = accounts::Secret(columns.text(6, longest_email));
    row.activated = columns.flag(7);
    row.locked = columns.flag(8);
    row.contact_changed = Instant(std::chrono::seconds(columns.number(9)));
    row.password_version = columns.version(10);
    row.identity_version = columns.version(11);
  }
  if (!columns.good() || (!row.gone && row.id.empty())) return std::nullopt;
  return row;
}

}  // namespace

PostgresqlCentral::PostgresqlCentral(PostgresqlPlace place, const accounts::SiteKeys* keys,
                                     std::optional<std::string> site)
    : link_(std::move(place)), keys_(keys), site_(std::move(site)) {}

tl::expected<Welcome, Unavailable> PostgresqlCentral::hello(const Hello& hello) {
  if (!link().is_open())
    if (const auto opened = link_.open(); !opened) return tl::unexpected(opened.error());
  const std::vector<PostgresqlCall> calls{
      {"SELECT fence, epoch, behind, region, extract(epoch FROM clock_timestamp())::bigint"
       " FROM pulih.hello($1, $2, $3, $4)",
       {site_, written(hello.checkpoint.count), written(hello.checkpoint.draw),
        written(hello.fence)}},
      {"SELECT pulih.last_number($1)", {site_}}};
  const auto answers = link().run(calls);
  if (!answers) {
    // Nothing else is asked on it: the next meeting begins from the beginning.
    link().close();
    return tl::unexpected(answers.error());
  }
  const auto& answer = answers->front();
  Columns columns(answer, 0), extent(answers->back(), 0);
  Welcome welcome;
  welcome.fence = columns.number(0);
  const auto epoch = answer.octets<16>(0, 1);
  welcome.behind = columns.flag(2);
  welcome.region = columns.text(3, 32);
  welcome.now = Instant(std::chrono::seconds(columns.number(4, latest_second)));
  welcome.last_number = extent.number(0);
  if (!columns.good() || !extent.good() || !epoch) return link().close(), broken("hello");
  welcome.epoch = *epoch;
  fence_ = welcome.fence;
  epoch_ = accounts::in_hex(std::span(welcome.epoch).first(4));
  return welcome;
}

tl::expected<std::vector<Verdict>, Unavailable> PostgresqlCentral::apply_passwords(
    std::span<const PasswordChange> changes, Instant now) {
  std::vector<PostgresqlCall> calls;
  for (const auto& change : changes) {
    auto parameters = parameters_of(site_, fence_, change);
    parameters.push_back(seconds_of(now));
    calls.push_back({"SELECT pulih.apply_password($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                     std::move(parameters)});
  }
  const auto answers = link().run(calls);
  if (!answers) return tl::unexpected(answers.error());
  std::vector<Verdict> verdicts;
  for (const auto& answer : *answers) {
    const auto verdict = verdict_named(answer.text_or_empty(0, 0));
    if (!verdict) return broken("apply_password");
    verdicts.push_back(*verdict);
  }
  return verdicts;
}

tl::expected<void, Unavailable> PostgresqlCentral::open_ticket(const Ticket& ticket) {
  const auto id =
      ticket.account_id.empty() ? std::nullopt : text_parameter(ticket.account_id, longest_id);
  const auto answer =
      link().run({"SELECT pulih.open_ticket($1, $2, $3, $4, $5, $6, $7)",
                  {site_, written(fence_), bytea(ticket.id), written(ticket.report), id,
                   written(std::uint32_t{ticket.reason}), seconds_of(ticket.at)}});
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

tl::expected<std::vector<ContactChange>, Unavailable> PostgresqlCentral::contact_changes(
    std::uint64_t cursor, std::size_t most) {
  const auto answer = link().run(
      {"SELECT place, id, old_phone, old_email, new_phone FROM pulih.contact_changes($1, $2, $3)",
       {site_, written(cursor), page_of(most)}});
  if (!answer) return tl::unexpected(answer.error());
  std::vector<ContactChange> found;
  for (int row = 0; row < answer->rows(); ++row) {
    Columns columns(*answer, row);
    ContactChange change;
    change.cursor = columns.number(0);
    change.id = columns.text(1, longest_id);
    change.old_phone = columns.phone(2);
    change.old_email = accounts::Secret(columns.text(3, longest_email));
    change.new_phone = columns.phone(4);
    if (!columns.good()) return broken("contact_changes");
    if (keys_ != nullptr) change.account = keys_->account(change.id);
    found.push_back(std::move(change));
  }
  return found;
}

tl::expected<Page, Unavailable> PostgresqlCentral::changes(Feed feed, const Cursor& cursor,
                                                           std::size_t most) {
  static const std::string sql = "SELECT " + std::string(columns_of_row) +
                                 ", next, behind, watermark FROM pulih.changes($1, $2, $3, $4)";
  const auto answer = link().run({sql.c_str(),
                                  {site_, written(feed == Feed::urgent),
                                   text_parameter(cursor, most_cursor_octets), page_of(most)}});
  if (!answer) return tl::unexpected(answer.error());
  const int last = answer->rows() - 1;
  Page page;
  if (last < 0) return broken("changes");
  for (int at = 0; at < last; ++at) {
    auto row = row_of(*answer, at);
    if (!row) return broken("changes");
    page.rows.push_back(std::move(*row));
  }
  page.next = answer->text_or_empty(last, cursor_column);
  Columns columns(*answer, last);
  page.behind = columns.number(cursor_column + 1);
  page.watermark = columns.number(cursor_column + 2);
  if (page.next.empty() || page.next.size() > most_cursor_octets) return broken("changes");
  // `pulihctl central restored`, or another region: what stands by then is met with, and told.
  if (!page.next.starts_with(epoch_)) {
    link().close();
    return tl::unexpected(Unavailable{
        "the central database is another one than at the last meeting; it is met anew"});
  }
  // Between two sweeps a place names the oldest transaction that is not final ("EPOCH.r.RESUME").
  constexpr std::string_view resume = ".r.";
  if (const auto at = page.next.find(resume); at != page.next.npos)
    std::from_chars(page.next.data() + at + resume.size(), page.next.data() + page.next.size(),
                    page.watermark);
  return page;
}

// ---- blocks, the next ones while the last one is stored

PostgresqlLink& PostgresqlCentral::link() {
  ahead_.reset();
  return link_;
}

PostgresqlCentral::Fingerprints PostgresqlCentral::fetch_fingerprints(std::uint64_t block,
                                                                      std::size_t most) {
  const auto answer = link_.run({"SELECT block, rows, hash FROM pulih.fingerprints($1, $2, $3)",
                                 {site_, written(block), page_of(most)}});
  if (!answer) return tl::unexpected(answer.error());
  std::vector<Fingerprint> found;
  for (int row = 0; row < answer->rows(); ++row) {
    Columns columns(*answer, row);
    const auto hash = answer->octets<8>(row, 2);
    const Fingerprint print{columns.number(0), columns.version(1),
                            hash.value_or(decltype(Fingerprint::hash){})};
    if (!columns.good() || !hash) return broken("fingerprints");
    found.push_back(print);
  }
  return found;
}

PostgresqlCentral::Rows PostgresqlCentral::fetch_rows(std::uint64_t block) {
  static const std::string sql =
      "SELECT " + std::string(columns_of_row) + " FROM pulih.rows($1, $2)";
  const auto answer = link_.run({sql.c_str(), {site_, written(block)}});
  if (!answer) return tl::unexpected(answer.error());
  std::vector<Row> found;
  found.reserve(static_cast<std::size_t>(answer->rows()));
  for (int at = 0; at < answer->rows(); ++at) {
    auto row = row_of(*answer, at);
    if (!row) return broken("rows");
    found.push_back(std::move(*row));
  }
  return found;
}

// A first copy asks for each block that it was told of, and then for the next ones; whoever mends a
// few asks for one here and there.
void PostgresqlCentral::look_ahead() {
  const bool a_first_copy = taken_blocks_ >= 2;
  const bool more = taken_blocks_ < told_blocks_.size() || told_blocks_.size() == asked_blocks_;
  if (!a_first_copy || !more) return;
  ahead_ = std::make_unique<PostgresqlAhead>(
      PostgresqlAhead::Fetch{
          [this](auto next) { return fetch_rows(next); },
          [this](auto next, auto most) { return fetch_fingerprints(next, most); }},
      told_blocks_, asked_blocks_, told_blocks_[taken_blocks_ - 1]);
}

tl::expected<std::vector<Fingerprint>, Unavailable> PostgresqlCentral::fingerprints(
    std::uint64_t block, std::size_t most) {
  auto read = ahead_ ? ahead_->fingerprints(block, most) : std::nullopt;
  auto found = read ? std::move(*read) : (link(), fetch_fingerprints(block, most));
  told_blocks_.clear();
  asked_blocks_ = most;
  taken_blocks_ = 0;
  if (found)
    for (const auto& print : *found) told_blocks_.push_back(print.block);
  return found;
}

tl::expected<std::vector<Row>, Unavailable> PostgresqlCentral::rows(std::uint64_t block) {
  const bool next = taken_blocks_ < told_blocks_.size() && told_blocks_[taken_blocks_] == block;
  if (next)
    ++taken_blocks_;
  else
    told_blocks_.clear(), taken_blocks_ = 0;
  if (auto read = ahead_ ? ahead_->rows(block) : std::nullopt) return std::move(*read);
  auto found = (link(), fetch_rows(block));
  if (found) look_ahead();
  return found;
}

}  // namespace pulih::central
