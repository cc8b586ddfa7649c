// A central account database in memory, with everything that can go wrong with one: calls that are
// cut off before or after they took effect, rows sent twice, a restore from a backup, another copy
// of the gateway that took its place. It keeps the truth for the tests to compare with. What it
// decides follows config/central/postgresql, statement for statement.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "daemon/central/block_hash.hpp"
#include "daemon/central/central.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::central {

class InventedCentral final : public Central, public AccountSource, public ContactFeed {
 public:
  struct Truth {
    std::uint64_t row_version = 0;
    std::string id;
    std::uint32_t birth_date = 19850817;
    std::uint64_t phone = 0;
    std::string email;
    std::uint32_t password_version = 1, identity_version = 0;
    bool gone = false;  // deleted, or moved to another region
    bool locked = false;
    accounts::Instant contact_changed{};
    accounts::Verifier verifier = "old";
    std::uint64_t changed = 0;  // place in the feed
    std::uint64_t identity_changed = 0;
  };
  struct Operation {
    std::string content;
    Verdict verdict{};
  };
  struct Moved {  // a contact that was changed
    std::uint64_t cursor = 0, number = 0, old_phone = 0, new_phone = 0;
  };
  struct State {
    std::map<std::uint64_t, Truth> rows;
    std::map<OperationId, Operation> operations;
    std::vector<Moved> contacts;
    std::uint64_t versions = 0, places = 0, last_number = 0;
    std::uint32_t identity_versions = 0;
    Checkpoint kept;
    std::uint64_t fence = 0;
  };

  // Only with the gateway's keys are changes of contact told: it names accounts by them.
  explicit InventedCentral(std::uint64_t seed = 1, const accounts::SiteKeys* keys = nullptr)
      : chance_(seed), keys_(keys) {}

  // ---- what tests do to it
  std::uint64_t add(std::string id, std::uint64_t phone) {
    const auto number = ++state.last_number;
    Truth& row = state.rows[number];
    row.id = std::move(id);
    row.phone = phone;
    row.email = phone % 2 == 0 ? "" : "budi12@example.org";
    touched(row, true);
    return number;
  }
  // Its place in the feed of contacts that were changed.
  std::uint64_t change_phone(std::uint64_t number, std::uint64_t phone, accounts::Instant at = {}) {
    auto& row = state.rows.at(number);
    const auto last = state.contacts.empty() ? 0 : state.contacts.back().cursor;
    const auto cursor = std::max(last, rewinds << 40) + 1;
    state.contacts.push_back({cursor, number, std::exchange(row.phone, phone), phone});
    row.contact_changed = at;
    touched(row, true);
    return cursor;
  }
  void lock(std::uint64_t number, bool locked) {
    auto& row = state.rows.at(number);
    row.locked = locked;
    touched(row, true);
  }
  void change_password(std::uint64_t number) {
    auto& row = state.rows.at(number);
    ++row.password_version;
    touched(row, false);
  }
  void erase(std::uint64_t number) {
    auto& row = state.rows.at(number);
    row.gone = true;
    touched(row, true);
  }
  // It is in this region again.
  void bring_back(std::uint64_t number) {
    auto& row = state.rows.at(number);
    row.gone = false;
    touched(row, true);
  }
  // The files of a backup were put back, and nobody says so.
  void restore(const State& backup) { state = backup; }
  // The same, and said (pulihctl central restored) before anybody writes to it. No connection
  // outlives it: the gateway has to meet it anew.
  void recover(const State& backup) {
    state = backup;
    rewind();
    dropped_ = true;
  }
  // At each password that is changed, in the middle of the call.
  std::function<void(const PasswordChange&)> on_applied;
  // Per mille of the calls that are cut off, before or after they took effect.
  std::uint32_t cuts = 0;
  bool link_down = false;
  // By its owner: whichever copy of the gateway comes next is the gateway from then on.
  bool admitted = false;
  std::uint64_t watermark = 0;
  // By how much its own clock is ahead of the right one.
  std::chrono::seconds clock_ahead{};
  std::function<accounts::Instant()> clock;  // the right one

  // ---- the ports
  tl::expected<Welcome, Unavailable> hello(const Hello& hello) override {
    if (cut()) return away();
    ++meetings;
    const auto& [count, draw] = hello.checkpoint;
    auto& [kept, kept_draw] = state.kept;
    bool behind = false;
    const bool repeated = count == kept && draw == kept_draw;
    if (std::exchange(admitted, false) || (!repeated && kept == 0 && count == 1)) {
      state.fence = std::max(state.fence, hello.fence) + 1;
    } else if (!repeated && hello.fence < state.fence) {
      return tl::unexpected(Unavailable{"another copy met later", Unavailable::Kind::fenced});
    } else if (!repeated && (count > kept + 1 || hello.fence > state.fence)) {
      behind = true;
      state.fence = std::max(state.fence, hello.fence);
      rewind();
    } else if (!repeated && count <= kept) {
      ++state.fence;  // an older copy, or another one: it is the gateway from now on
    }
    state.kept = hello.checkpoint;
    dropped_ = false;
    if (cut()) return away();
    Welcome welcome;
    welcome.fence = state.fence;
    welcome.epoch.fill(static_cast<std::uint8_t>(rewinds + 1));
    welcome.behind = behind;
    welcome.region = "papua";
    welcome.last_number = state.last_number;
    if (clock) welcome.now = clock() + clock_ahead;
    return welcome;
  }

  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant) override {
    std::vector<Verdict> verdicts;
    for (const auto& change : changes) {
      if (lost()) return away();
      if (taken_over)
        return tl::unexpected(Unavailable{"another copy met", Unavailable::Kind::fenced});
      verdicts.push_back(decide(change));
    }
    if (lost()) return away();
    return verdicts;
  }
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override {
    if (lost()) return away();
    tickets.push_back(ticket.report);
    return {};
  }
  tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(std::uint64_t cursor,
                                                                        std::size_t most) override {
    if (lost()) return away();
    std::vector<ContactChange> found;
    for (const auto& moved : state.contacts) {
      if (keys_ == nullptr || moved.cursor <= cursor || found.size() == most) continue;
      const auto& id = state.rows.at(moved.number).id;
      auto& change = found.emplace_back();
      change.cursor = moved.cursor;
      change.account = keys_->account(id);
      change.id = id;
      change.old_phone = accounts::Msisdn::from_value(moved.old_phone);
      change.new_phone = accounts::Msisdn::from_value(moved.new_phone);
    }
    return found;
  }

  tl::expected<Page, Unavailable> changes(Feed feed, const Cursor& cursor,
                                          std::size_t most) override {
    if (lost()) return away();
    const auto epoch = std::to_string(rewinds);
    Page page;
    page.watermark = watermark;
    if (cursor == at_present) {
      page.next = epoch + "/" + std::to_string(state.places);
      return page;
    }
    std::uint64_t from = 0;
    if (cursor.starts_with(epoch + "/"))
      std::from_chars(cursor.data() + epoch.size() + 1, cursor.data() + cursor.size(), from);
    // What was sent last comes once more now and then.
    if (from > 0 && chance_.chance(300)) --from;
    std::map<std::uint64_t, std::uint64_t> by_place;
    for (const auto& [number, row] : state.rows) {
      const auto place = feed == Feed::urgent ? row.identity_changed : row.changed;
      if (place > from) by_place[place] = number;
    }
    page.next = epoch + "/" + std::to_string(from);
    for (const auto& [place, number] : by_place) {
      if (page.rows.size() == most) {
        page.behind = by_place.size() - page.rows.size();
        break;
      }
      page.rows.push_back(row_of(number));
      page.next = epoch + "/" + std::to_string(place);
    }
    if (lost()) return away();
    return page;
  }

  tl::expected<std::vector<Fingerprint>, Unavailable> fingerprints(std::uint64_t block,
                                                                   std::size_t most) override {
    if (lost()) return away();
    auto found = fingerprints_of_all();
    std::erase_if(found, [&](const Fingerprint& each) { return each.block < block; });
    if (found.size() > most) found.resize(most);
    return found;
  }
  tl::expected<std::vector<Row>, Unavailable> rows(std::uint64_t block) override {
    if (lost()) return away();
    ++blocks_read;
    std::vector<Row> found;
    for (const auto& [number, row] : state.rows)
      if (!row.gone && block_of(number) == block) found.push_back(row_of(number));
    return found;
  }

  // ---- the truth
  std::vector<Fingerprint> fingerprints_of_all() const {
    std::map<std::uint64_t, BlockHash> hashes;
    for (const auto& [number, row] : state.rows)
      if (!row.gone)
        hashes.try_emplace(block_of(number), block_of(number))
            .first->second.add(number, row.row_version);
    std::vector<Fingerprint> all;
    for (auto& [each, hash] : hashes) all.push_back(hash.fingerprint());
    return all;
  }

  State state;
  std::uint64_t rewinds = 0;
  bool taken_over = false;
  int meetings = 0, blocks_read = 0;
  std::vector<std::uint32_t> tickets;
  // How often each operation changed a password, in all the database's lives.
  std::map<OperationId, int> ever_applied;

 private:
  bool lost() { return dropped_ || cut(); }
  bool cut() { return link_down || chance_.chance(cuts); }
  static tl::unexpected<Unavailable> away() {
    return tl::unexpected(Unavailable{"the link is down"});
  }
  // What it hands out from now on is new to every gateway.
  void rewind() {
    ++rewinds;
    state.versions = std::max(state.versions, rewinds << 40);
    state.identity_versions += static_cast<std::uint32_t>(rewinds) * 100'000;
  }
  void touched(Truth& row, bool identity) {
    row.row_version = ++state.versions;
    row.changed = ++state.places;
    if (!identity) return;
    row.identity_changed = row.changed;
    row.identity_version = ++state.identity_versions;
  }
  Row row_of(std::uint64_t number) const {
    const auto& truth = state.rows.at(number);
    Row row;
    row.number = number;
    row.row_version = truth.row_version;
    row.gone = truth.gone;
    if (truth.gone) return row;
    row.id = truth.id;
    row.birth_date = accounts::BirthDate(truth.birth_date);
    row.phone = accounts::Msisdn::from_value(truth.phone);
    row.email = accounts::Secret(truth.email);
    row.locked = truth.locked;
    row.contact_changed = truth.contact_changed;
    if (row.contact_changed != accounts::Instant{}) row.contact_changed += clock_ahead;
    row.password_version = truth.password_version;
    row.identity_version = truth.identity_version;
    return row;
  }
  Verdict decide(const PasswordChange& change) {
    const auto content = change.account_id + " " + std::to_string(change.base_identity_version) +
                         " " + std::to_string(change.base_password_version) + change.verifier;
    if (const auto known = state.operations.find(change.id); known != state.operations.end())
      return known->second.content == content || change.base_identity_version == withdrawn_version
                 ? known->second.verdict
                 : Verdict::altered;
    auto& operation = state.operations[change.id];
    operation.content = content;
    return operation.verdict = apply(change);
  }
  Verdict apply(const PasswordChange& change) {
    for (auto& [number, row] : state.rows) {
      if (row.gone || row.id != change.account_id) continue;
      if (row.identity_version != change.base_identity_version || row.locked)
        return Verdict::identity_changed;
      if (row.password_version != change.base_password_version) return Verdict::superseded;
      ++row.password_version;
      row.verifier = change.verifier;
      touched(row, false);
      ++ever_applied[change.id];
      if (on_applied) on_applied(change);
      return Verdict::applied;
    }
    return Verdict::unknown_account;
  }

  simulation::Seeded chance_;
  const accounts::SiteKeys* keys_;
  bool dropped_ = false;
};

}  // namespace pulih::central
