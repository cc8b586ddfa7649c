// See messages.hpp. Each message is its kind, the number of its request and its fields in the order
// of docs/sync.md; one function writes a kind and one reads it, side by side.
#include "daemon/hub/messages.hpp"

#include "daemon/hub/columns.hpp"
#include "daemon/hub/verifiers.hpp"

namespace pulih::hub {
namespace {

using accounts::Instant;
using central::Unavailable;

// The kinds, in the order of the variants.
constexpr std::uint8_t first_request = 0x01, first_answer = 0x81;

constexpr std::size_t most_name = 320;  // an id or an address
constexpr std::size_t most_sealed = 1'024;
constexpr std::size_t most_why = 600;
constexpr std::size_t most_region = 64;
constexpr std::size_t most_asked = 4'096;
constexpr std::uint64_t highest_report = 9'999'999;  // seven digits

void put_instant(Writer& out, Instant at) {
  out.varint(zigzag(static_cast<std::uint64_t>(at.time_since_epoch().count())));
}
Instant get_instant(Reader& in) {
  return Instant(std::chrono::seconds(static_cast<std::int64_t>(unzigzag(in.varint()))));
}
template <std::size_t size>
std::array<std::uint8_t, size> get_array(Reader& in) {
  std::array<std::uint8_t, size> value{};
  std::ranges::copy(in.octets(size), value.begin());
  return value;
}
bool get_flag(Reader& in) { return in.number(1) != 0; }
template <class Enum>
Enum get_enum(Reader& in, Enum last) {
  return static_cast<Enum>(in.number(static_cast<std::uint64_t>(last)));
}
accounts::Secret get_secret(Reader& in) { return accounts::Secret(in.text(most_name)); }
accounts::Msisdn get_phone(Reader& in) {
  return accounts::Msisdn::from_value(in.number(accounts::Msisdn::highest_value));
}

// ---- requests ---------------------------------------------------------------------------------

void put(Writer& out, const ask::Meet& meet) {
  out.varint(meet.hello.checkpoint.count);
  out.varint(meet.hello.checkpoint.draw);
  out.varint(meet.hello.fence);
}
void get(Reader& in, ask::Meet& meet) {
  meet.hello.checkpoint.count = in.varint();
  meet.hello.checkpoint.draw = in.varint();
  meet.hello.fence = in.varint();
}

void put(Writer& out, const ask::Apply& apply) {
  put_instant(out, apply.now);
  out.varint(apply.changes.size());
  for (const auto& change : apply.changes) {
    out.octets(change.id);
    out.text(change.account_id);
    out.varint(change.base_password_version);
    out.varint(change.base_identity_version);
    put_verifier(out, change.verifier);
    out.octet(change.change_at_login ? 1 : 0);
    put_instant(out, change.change_before);
    out.varint(change.sealed.size());
    out.octets(change.sealed);
  }
}
void get(Reader& in, ask::Apply& apply) {
  apply.now = get_instant(in);
  apply.changes.resize(in.number(most_changes_at_once));
  for (auto& change : apply.changes) {
    change.id = get_array<16>(in);
    change.account_id = in.text(most_name);
    change.base_password_version = in.version();
    change.base_identity_version = in.version();
    change.verifier = get_verifier(in);
    change.change_at_login = get_flag(in);
    change.change_before = get_instant(in);
    const auto sealed = in.octets(in.number(most_sealed));
    change.sealed.assign(sealed.begin(), sealed.end());
  }
}

void put(Writer& out, const ask::Open& open) {
  out.octets(open.ticket.id);
  out.varint(open.ticket.report);
  out.text(open.ticket.account_id);
  out.octet(open.ticket.reason);
  put_instant(out, open.ticket.at);
}
void get(Reader& in, ask::Open& open) {
  open.ticket.id = get_array<16>(in);
  open.ticket.report = static_cast<std::uint32_t>(in.number(highest_report));
  open.ticket.account_id = in.text(most_name);
  open.ticket.reason = in.octet();
  open.ticket.at = get_instant(in);
}

void put(Writer& out, const ask::Changes& changes) {
  out.octet(static_cast<std::uint8_t>(changes.feed));
  out.text(changes.cursor);
  out.varint(changes.most);
  out.varint(changes.pages);
}
void get(Reader& in, ask::Changes& changes) {
  changes.feed = get_enum(in, central::Feed::all);
  changes.cursor = in.text(central::most_cursor_octets);
  changes.most = in.number(most_rows);
  changes.pages = in.number(most_pages_ahead);
}

void put(Writer& out, const ask::Further& further) { out.varint(further.pages); }
void get(Reader& in, ask::Further& further) { further.pages = in.number(most_pages_ahead); }

void put(Writer& out, const ask::Fingerprints& wanted) {
  out.varint(wanted.block);
  out.varint(wanted.most);
}
void get(Reader& in, ask::Fingerprints& wanted) {
  wanted.block = in.varint();
  wanted.most = in.number(most_asked);
}

void put(Writer& out, const ask::Rows& wanted) { out.varint(wanted.block); }
void get(Reader& in, ask::Rows& wanted) { wanted.block = in.varint(); }

void put(Writer& out, const ask::Contacts& wanted) {
  out.varint(wanted.cursor);
  out.varint(wanted.most);
}
void get(Reader& in, ask::Contacts& wanted) {
  wanted.cursor = in.varint();
  wanted.most = in.number(most_asked);
}

// ---- answers ----------------------------------------------------------------------------------

void put(Writer& out, const central::Welcome& welcome) {
  out.varint(welcome.fence);
  out.octets(welcome.epoch);
  out.octet(welcome.behind ? 1 : 0);
  out.text(welcome.region);
  put_instant(out, welcome.now);
  out.varint(welcome.last_number);
}
void get(Reader& in, central::Welcome& welcome) {
  welcome.fence = in.varint();
  welcome.epoch = get_array<16>(in);
  welcome.behind = get_flag(in);
  welcome.region = in.text(most_region);
  welcome.now = get_instant(in);
  welcome.last_number = in.varint();
}

void put(Writer& out, const told::Verdicts& told) {
  out.varint(told.verdicts.size());
  for (const auto verdict : told.verdicts) out.octet(static_cast<std::uint8_t>(verdict));
}
void get(Reader& in, told::Verdicts& told) {
  const auto count = in.number(most_changes_at_once);
  for (std::uint64_t i = 0; in.good() && i < count; ++i)
    told.verdicts.push_back(get_enum(in, central::Verdict::altered));
}

void put(Writer&, const told::Opened&) {}
void get(Reader&, told::Opened&) {}

void put(Writer& out, const central::Page& page) {
  out.text(page.next);
  out.varint(page.behind);
  out.varint(page.watermark);
  put_rows(out, page.rows);
}
void get(Reader& in, central::Page& page) {
  page.next = in.text(central::most_cursor_octets);
  page.behind = in.varint();
  page.watermark = in.varint();
  page.rows = get_rows(in);
}

void put(Writer& out, const told::Fingerprints& told) {
  out.varint(told.blocks.size());
  std::vector<std::uint64_t> blocks, rows;
  for (const auto& each : told.blocks) {
    blocks.push_back(each.block);
    rows.push_back(each.rows);
  }
  put_numbers(out, blocks);
  put_numbers(out, rows);
  for (const auto& each : told.blocks) out.octets(each.hash);
}
void get(Reader& in, told::Fingerprints& told) {
  told.blocks.resize(in.number(most_asked));
  const auto blocks = get_numbers(in, told.blocks.size());
  const auto rows = get_numbers(in, told.blocks.size());
  for (std::size_t i = 0; in.good() && i < told.blocks.size(); ++i) {
    if (rows[i] > central::block_numbers) in.fail();
    told.blocks[i] = {blocks[i], static_cast<std::uint32_t>(rows[i]), get_array<8>(in)};
  }
}

void put(Writer& out, const told::Rows& told) { put_rows(out, told.rows); }
void get(Reader& in, told::Rows& told) { told.rows = get_rows(in); }

void put(Writer& out, const told::Contacts& told) {
  out.varint(told.changes.size());
  for (const auto& change : told.changes) {
    out.varint(change.cursor);
    out.text(change.id);
    out.varint(change.old_phone.value());
    out.text(change.old_email.reveal());
    out.varint(change.new_phone.value());
  }
}
void get(Reader& in, told::Contacts& told) {
  const auto count = in.number(most_asked);
  for (std::uint64_t i = 0; in.good() && i < count; ++i) {
    central::ContactChange change;
    change.cursor = in.varint();
    change.id = in.text(most_name);
    change.old_phone = get_phone(in);
    change.old_email = get_secret(in);
    change.new_phone = get_phone(in);
    told.changes.push_back(std::move(change));
  }
}

void put(Writer& out, const Unavailable& fault) {
  out.octet(static_cast<std::uint8_t>(fault.kind));
  out.text(std::string_view(fault.why).substr(0, most_why));
}
void get(Reader& in, Unavailable& fault) {
  fault.kind = get_enum(in, Unavailable::Kind::refused);
  fault.why = in.text(most_why);
}

// ---- all kinds --------------------------------------------------------------------------------

template <class Variant>
void put_any(Writer& out, std::uint8_t first, std::uint64_t number, const Variant& what) {
  out.octet(static_cast<std::uint8_t>(first + what.index()));
  out.varint(number);
  std::visit([&](const auto& message) { put(out, message); }, what);
}

// The alternative with this index, empty.
template <class Variant, std::size_t index = 0>
std::optional<Variant> made(std::size_t wanted) {
  if constexpr (index == std::variant_size_v<Variant>)
    return std::nullopt;
  else if (wanted == index)
    return std::optional<Variant>(std::in_place, std::in_place_index<index>);
  else
    return made<Variant, index + 1>(wanted);
}

template <class Variant>
std::optional<Numbered<Variant>> read_any(std::uint8_t first,
                                          std::span<const std::uint8_t> message) {
  Reader in(message);
  const std::uint8_t kind = in.octet();
  auto what = kind < first ? std::nullopt : made<Variant>(static_cast<std::size_t>(kind - first));
  if (!in.good() || !what) return std::nullopt;
  Numbered<Variant> read{in.varint(), std::move(*what)};
  std::visit([&](auto& fields) { get(in, fields); }, read.what);
  if (!in.done()) return std::nullopt;
  return read;
}

}  // namespace

Lane lane_of(const Request& request) {
  if (const auto* changes = std::get_if<ask::Changes>(&request))
    return changes->feed == central::Feed::urgent ? Lane::urgent : Lane::bulk;
  const bool bulk = std::holds_alternative<ask::Further>(request) ||
                    std::holds_alternative<ask::Fingerprints>(request) ||
                    std::holds_alternative<ask::Rows>(request);
  return bulk ? Lane::bulk : Lane::urgent;
}

void put(Writer& out, std::uint64_t number, const Request& request) {
  put_any(out, first_request, number, request);
}
void put(Writer& out, std::uint64_t number, const Answer& answer) {
  put_any(out, first_answer, number, answer);
}
std::optional<Numbered<Request>> read_request(std::span<const std::uint8_t> message) {
  return read_any<Request>(first_request, message);
}
std::optional<Numbered<Answer>> read_answer(std::span<const std::uint8_t> message) {
  return read_any<Answer>(first_answer, message);
}

}  // namespace pulih::hub
