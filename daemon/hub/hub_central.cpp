// See hub_central.hpp. Each call is one request; an answer of another kind than the request wants
// is the hub's fault, and the call has no answer then.
#include "daemon/hub/hub_central.hpp"

#include "daemon/hub/connection.hpp"

namespace pulih::hub {

using central::Unavailable;

namespace {

// What the answer must be, or why there is none.
template <class Wanted>
tl::expected<Wanted, Unavailable> wanted(Connection::Outcome outcome) {
  if (!outcome) return tl::unexpected(std::move(outcome.error()));
  if (auto* answer = std::get_if<Wanted>(&*outcome)) return std::move(*answer);
  if (auto* fault = std::get_if<Unavailable>(&*outcome)) return tl::unexpected(std::move(*fault));
  return tl::unexpected(
      Unavailable{"the hub answered with something else than was asked; "
                  "the older of the two needs the newer release"});
}

smpp::TlsSettings towards_hub(smpp::TlsSettings tls) {
  tls.peer = "the hub";
  tls.newest_only = true;
  return tls;
}

HubCentral::Settings towards_hub(HubCentral::Settings settings) {
  settings.tls = towards_hub(std::move(settings.tls));
  return settings;
}

}  // namespace

HubCentral::HubCentral(Settings settings, KeyOf key_of)
    : key_of_(std::move(key_of)),
      connection_(std::make_unique<Connection>(towards_hub(std::move(settings)))) {}

HubCentral::~HubCentral() = default;

void HubCentral::interrupt() { connection_->interrupt(); }

tl::expected<central::Welcome, Unavailable> HubCentral::hello(const central::Hello& hello) {
  return wanted<central::Welcome>(connection_->meet(hello));
}

namespace {

// At least one. A sealed password is longer than a verifier.
std::size_t most_in_one_message(std::span<const central::PasswordChange> changes) {
  constexpr std::size_t most_octets = most_request_octets / 2, others = 64;
  std::size_t count = 0, octets = 0;
  for (const auto& change : changes.first(std::min(changes.size(), most_changes_at_once))) {
    octets += change.account_id.size() + change.verifier.size() + change.sealed.size() + others;
    if (count > 0 && octets > most_octets) break;
    ++count;
  }
  return count;
}

}  // namespace

tl::expected<std::vector<central::Verdict>, Unavailable> HubCentral::apply_passwords(
    std::span<const central::PasswordChange> changes, accounts::Instant now) {
  std::vector<central::Verdict> verdicts;
  while (verdicts.size() < changes.size()) {
    const auto rest = changes.subspan(verdicts.size());
    const auto some = rest.first(most_in_one_message(rest));
    const auto told =
        wanted<told::Verdicts>(connection_->call(ask::Apply{now, {some.begin(), some.end()}}));
    if (!told) return tl::unexpected(told.error());
    if (told->verdicts.size() != some.size())
      return tl::unexpected(Unavailable{"the hub told " + std::to_string(told->verdicts.size()) +
                                        " verdicts of " + std::to_string(some.size())});
    verdicts.insert(verdicts.end(), told->verdicts.begin(), told->verdicts.end());
  }
  return verdicts;
}

tl::expected<void, Unavailable> HubCentral::open_ticket(const central::Ticket& ticket) {
  const auto opened = wanted<told::Opened>(connection_->call(ask::Open{ticket}));
  if (!opened) return tl::unexpected(opened.error());
  return {};
}

tl::expected<std::vector<central::ContactChange>, Unavailable> HubCentral::contact_changes(
    std::uint64_t cursor, std::size_t most) {
  auto told = wanted<told::Contacts>(connection_->call(ask::Contacts{cursor, most}));
  if (!told) return tl::unexpected(std::move(told.error()));
  for (auto& change : told->changes) change.account = key_of_(change.id);
  return std::move(told->changes);
}

tl::expected<central::Page, Unavailable> HubCentral::changes(central::Feed feed,
                                                             const central::Cursor& cursor,
                                                             std::size_t most) {
  return wanted<central::Page>(connection_->page(feed, cursor, most));
}

tl::expected<std::vector<central::Fingerprint>, Unavailable> HubCentral::fingerprints(
    std::uint64_t block, std::size_t most) {
  auto told = wanted<told::Fingerprints>(connection_->fingerprints(block, most));
  if (!told) return tl::unexpected(std::move(told.error()));
  return std::move(told->blocks);
}

tl::expected<std::vector<central::Row>, Unavailable> HubCentral::rows(std::uint64_t block) {
  auto told = wanted<told::Rows>(connection_->block(block));
  if (!told) return tl::unexpected(std::move(told.error()));
  return std::move(told->rows);
}

HubCentral::Traffic HubCentral::traffic() const { return connection_->traffic(); }

}  // namespace pulih::hub
