// How a row of an account is taken apart into columns and put together again. Tombstones have no
// place in the columns after the first three. Birth dates are days of a calendar of 372 days a
// year, which keeps every date, valid or not, that its digits can say.
#include <array>
#include <optional>

#include "daemon/hub/columns.hpp"

namespace pulih::hub {
namespace {

using central::Row;

constexpr std::uint8_t gone_flag = 0x01, activated_flag = 0x02, locked_flag = 0x04;
constexpr std::size_t most_text = 320;  // of an id or an e-mail address (RFC 3696, 3)
constexpr std::size_t most_domains = 250;

std::uint8_t flags_of(const Row& row) {
  return static_cast<std::uint8_t>((row.gone ? gone_flag : 0) |
                                   (row.activated ? activated_flag : 0) |
                                   (row.locked ? locked_flag : 0));
}

// 0: not known. Even: 1 + a day. Odd: digits that are no day.
std::uint64_t coded_date(std::uint32_t yyyymmdd) {
  const std::uint32_t year = yyyymmdd / 10'000, month = yyyymmdd / 100 % 100, day = yyyymmdd % 100;
  if (yyyymmdd == 0) return 0;
  constexpr std::uint32_t first_year = 1'900, years = 176;  // two octets
  if (year < first_year || year >= first_year + years || month < 1 || month > 12 || day < 1 ||
      day > 31)
    return (std::uint64_t{1} << 16) + yyyymmdd;
  return 1 + ((year - first_year) * 12 + month - 1) * 31 + day - 1;
}
std::optional<std::uint32_t> date_of(std::uint64_t coded) {
  if (coded == 0) return 0;
  constexpr std::uint64_t escape = std::uint64_t{1} << 16;
  if (coded >= escape)
    return coded - escape > UINT32_MAX ? std::nullopt
                                       : std::optional(static_cast<std::uint32_t>(coded - escape));
  const auto days = static_cast<std::uint32_t>(coded - 1);
  return (1'900 + days / 372) * 10'000 + (days / 31 % 12 + 1) * 100 + days % 31 + 1;
}

// The domains of a message, each once; 0 means that a text has none, or none of these.
class Domains {
 public:
  struct Parts {
    std::string_view local;
    std::uint64_t domain = 0;
  };
  Parts split(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == text.npos) return {text, 0};
    const auto domain = text.substr(at + 1);
    auto found = std::ranges::find(names_, domain);
    if (found == names_.end()) {
      if (names_.size() == most_domains) return {text, 0};
      found = names_.insert(names_.end(), domain);
    }
    return {text.substr(0, at), static_cast<std::uint64_t>(found - names_.begin()) + 1};
  }
  void put(Writer& out) const {
    out.varint(names_.size());
    for (const auto name : names_) out.text(name);
  }
  static Domains get(Reader& in) {
    Domains read;
    const auto count = in.number(most_domains);
    for (std::uint64_t i = 0; in.good() && i < count; ++i)
      read.names_.push_back(in.text(most_text));
    return read;
  }
  // With its domain; false: there is no such domain.
  template <class Text>
  bool append(Text& to, std::uint64_t domain) const {
    if (domain > names_.size()) return false;
    if (domain == 0) return true;
    to.push_back('@');
    to.insert(to.end(), names_[domain - 1].begin(), names_[domain - 1].end());
    return true;
  }

 private:
  std::vector<std::string_view> names_;
};

// A column of texts: their lengths, then all their characters.
void put_texts(Writer& out, std::span<const std::string_view> texts) {
  std::vector<std::uint64_t> lengths;
  for (const auto text : texts) lengths.push_back(text.size());
  put_numbers(out, lengths);
  out.cut();
  for (const auto text : texts) out.chars(text);
  out.cut();
}
std::vector<std::string_view> get_texts(Reader& in, std::size_t count) {
  const auto lengths = get_numbers(in, count);
  std::vector<std::string_view> texts;
  for (const auto length : lengths) {
    if (length > most_text) in.fail();
    texts.push_back(in.chars(in.good() ? length : 0));
  }
  return texts;
}

template <class Get>
void put_column(Writer& out, std::span<const Row* const> rows, Get get) {
  std::vector<std::uint64_t> values;
  values.reserve(rows.size());
  for (const auto* row : rows) values.push_back(static_cast<std::uint64_t>(get(*row)));
  put_numbers(out, values);
}

// What is longer is no address and no id that a person could type; it must not hold up the others.
std::string_view bounded(std::string_view text) { return text.size() > most_text ? "" : text; }

void put_names(Writer& out, std::span<const Row* const> rows) {
  Domains domains;
  std::vector<std::string_view> ids, emails;
  std::vector<std::uint64_t> id_domains, email_domains, shared;
  for (const auto* row : rows) {
    const auto id = domains.split(bounded(row->id));
    const auto email = domains.split(bounded(row->email.reveal()));
    ids.push_back(id.local);
    id_domains.push_back(id.domain);
    const auto same = std::ranges::mismatch(id.local, email.local).in1 - id.local.begin();
    shared.push_back(static_cast<std::uint64_t>(same));
    emails.push_back(email.local.substr(static_cast<std::size_t>(same)));
    // An empty address and a text without a domain are told apart by their characters.
    email_domains.push_back(email.domain);
  }
  domains.put(out);
  put_numbers(out, id_domains);
  put_texts(out, ids);
  put_numbers(out, email_domains);
  put_numbers(out, shared);
  put_texts(out, emails);
}

void get_names(Reader& in, std::span<Row* const> rows) {
  const auto domains = Domains::get(in);
  const auto id_domains = get_numbers(in, rows.size());
  const auto ids = get_texts(in, rows.size());
  const auto email_domains = get_numbers(in, rows.size());
  const auto shared = get_numbers(in, rows.size());
  const auto emails = get_texts(in, rows.size());
  for (std::size_t i = 0; in.good() && i < rows.size(); ++i) {
    if (shared[i] > ids[i].size()) return in.fail();
    rows[i]->id = ids[i];
    std::vector<char, accounts::WipingAllocator<char>> email;
    email.assign(ids[i].begin(), ids[i].begin() + static_cast<std::ptrdiff_t>(shared[i]));
    email.insert(email.end(), emails[i].begin(), emails[i].end());
    if (!domains.append(rows[i]->id, id_domains[i]) || !domains.append(email, email_domains[i]) ||
        rows[i]->id.size() > most_text || email.size() > most_text)
      return in.fail();
    rows[i]->email = accounts::Secret({email.data(), email.size()});
  }
}

std::int64_t seconds_of(const Row& row) { return row.contact_changed.time_since_epoch().count(); }

}  // namespace

void put_rows(Writer& out, std::span<const Row> rows) {
  std::vector<const Row*> all, living;
  for (const auto& row : rows) {
    all.push_back(&row);
    if (!row.gone) living.push_back(&row);
  }
  out.varint(rows.size());
  put_column(out, all, [](const Row& row) { return row.number; });
  put_column(out, all, [](const Row& row) { return row.row_version; });
  put_column(out, all, flags_of);
  put_column(out, living, [](const Row& row) { return row.password_version; });
  put_column(out, living, [](const Row& row) { return row.identity_version; });
  put_column(out, living, seconds_of);
  put_column(out, living, [](const Row& row) { return coded_date(row.birth_date.reveal()); });
  put_column(out, living, [](const Row& row) { return row.phone.value(); });
  put_names(out, living);
}

std::vector<Row> get_rows(Reader& in) {
  std::vector<Row> rows(in.number(most_rows));
  const auto numbers = get_numbers(in, rows.size());
  const auto versions = get_numbers(in, rows.size());
  const auto flags = get_numbers(in, rows.size());
  std::vector<Row*> living;
  for (std::size_t i = 0; in.good() && i < rows.size(); ++i) {
    if (flags[i] > (gone_flag | activated_flag | locked_flag)) in.fail();
    rows[i].number = numbers[i];
    rows[i].row_version = versions[i];
    rows[i].gone = (flags[i] & gone_flag) != 0;
    rows[i].activated = (flags[i] & activated_flag) != 0;
    rows[i].locked = (flags[i] & locked_flag) != 0;
    if (!rows[i].gone) living.push_back(&rows[i]);
  }
  const auto passwords = get_numbers(in, living.size());
  const auto identities = get_numbers(in, living.size());
  const auto changed = get_numbers(in, living.size());
  const auto dates = get_numbers(in, living.size());
  const auto phones = get_numbers(in, living.size());
  get_names(in, living);
  for (std::size_t i = 0; in.good() && i < living.size(); ++i) {
    const auto date = date_of(dates[i]);
    if (!date || passwords[i] > UINT32_MAX || identities[i] > UINT32_MAX ||
        phones[i] > accounts::Msisdn::highest_value) {
      in.fail();
      break;
    }
    living[i]->password_version = static_cast<std::uint32_t>(passwords[i]);
    living[i]->identity_version = static_cast<std::uint32_t>(identities[i]);
    living[i]->contact_changed =
        accounts::Instant(std::chrono::seconds(static_cast<std::int64_t>(changed[i])));
    living[i]->birth_date = accounts::BirthDate(*date);
    living[i]->phone = accounts::Msisdn::from_value(phones[i]);
  }
  if (!in.good()) rows.clear();
  return rows;
}

}  // namespace pulih::hub
