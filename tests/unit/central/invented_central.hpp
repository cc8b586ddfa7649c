// A central account database in memory, with everything that can go wrong with one: calls that are
// cut off before or after they took effect, rows sent twice, a restore from a backup, another copy
// of the gateway that took its place. It keeps the truth for the tests to compare with.
#pragma once
#include <map>
#include <optional>

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
    std::uint32_t password_version = 1, identity_version = 1;
    bool gone = false;
    accounts::Verifier verifier = "old";
    std::uint64_t changed = 0;  // place in the feed
    std::uint64_t identity_changed = 0;
  };
  struct Operation {
    std::string content;
    Verdict verdict{};
    int applications = 0;
  };
  struct State {
    std::map<std::uint64_t, Truth> rows;
    std::map<OperationId, Operation> operations;
    std::uint64_t versions = 0, places = 0, last_number = 0;
    Checkpoint kept;
    std::uint64_t fence = 0;
  };

  explicit InventedCentral(std::uint64_t seed = 1) : chance_(seed) {}

  // ---- what tests do to it
  std::uint64_t add(std::string id, std::uint64_t phone) {
    const auto number = ++state.last_number;
    Truth& row = state.rows[number];
    row.id = std::move(id);
    row.phone = phone;
    touched(row, true);
    return number;
  }
  void change_phone(std::uint64_t number, std::uint64_t phone) {
    auto& row = state.rows.at(number);
    row.phone = phone;
    ++row.identity_version;
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
  // As from a backup that was taken then.
  void restore(const State& backup) {
    const auto fence = state.fence;
    state = backup;
    state.fence = std::max(state.fence, fence);
  }
  // Per mille of the calls that are cut off.
  std::uint32_t cuts = 0;
  bool link_down = false;
  std::uint64_t watermark = 0;

  // ---- the ports
  tl::expected<Welcome, Unavailable> hello(const Hello& hello) override {
    if (cut()) return away();
    ++meetings;
    const auto& [count, draw] = hello.checkpoint;
    bool behind = false;
    if (hello.fence != 0 && hello.fence < state.fence)
      return tl::unexpected(Unavailable{"another copy met later", Unavailable::Kind::fenced});
    state.fence = std::max({state.fence, hello.fence, std::uint64_t{1}});
    const bool repeated = count == state.kept.count && draw == state.kept.draw;
    if (!repeated && count <= state.kept.count) ++state.fence;  // an older copy, or another one
    if (count > state.kept.count + 1) {
      behind = true;
      ++rewinds;
    }
    state.kept = {count, draw};
    if (cut()) return away();
    Welcome welcome;
    welcome.fence = state.fence;
    welcome.epoch.fill(static_cast<std::uint8_t>(rewinds + 1));
    welcome.behind = behind;
    welcome.region = "papua";
    return welcome;
  }

  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant) override {
    std::vector<Verdict> verdicts;
    for (const auto& change : changes) {
      if (cut()) return away();
      if (taken_over)
        return tl::unexpected(Unavailable{"another copy met", Unavailable::Kind::fenced});
      verdicts.push_back(decide(change));
    }
    if (cut()) return away();
    return verdicts;
  }
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override {
    if (cut()) return tl::unexpected(Unavailable{"the link is down"});
    tickets.push_back(ticket.report);
    return {};
  }
  tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(std::uint64_t,
                                                                        std::size_t) override {
    if (cut()) return tl::unexpected(Unavailable{"the link is down"});
    return std::vector<ContactChange>{};
  }

  tl::expected<Page, Unavailable> changes(Feed feed, const Cursor& cursor,
                                          std::size_t most) override {
    if (cut()) return tl::unexpected(Unavailable{"the link is down"});
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
    if (cut()) return tl::unexpected(Unavailable{"the link is down"});
    return page;
  }

  tl::expected<std::vector<Fingerprint>, Unavailable> fingerprints(std::uint64_t block,
                                                                   std::size_t most) override {
    if (cut()) return tl::unexpected(Unavailable{"the link is down"});
    std::map<std::uint64_t, BlockHash> hashes;
    for (const auto& [number, row] : state.rows) {
      if (row.gone || block_of(number) < block) continue;
      hashes.try_emplace(block_of(number), block_of(number))
          .first->second.add(number, row.row_version);
    }
    std::vector<Fingerprint> found;
    for (auto& [each, hash] : hashes)
      if (found.size() < most) found.push_back(hash.fingerprint());
    return found;
  }
  tl::expected<std::vector<Row>, Unavailable> rows(std::uint64_t block) override {
    if (cut()) return tl::unexpected(Unavailable{"the link is down"});
    ++blocks_read;
    std::vector<Row> found;
    for (const auto& [number, row] : state.rows)
      if (!row.gone && block_of(number) == block) found.push_back(row_of(number));
    return found;
  }

  State state;
  std::uint64_t rewinds = 0;
  bool taken_over = false;
  int meetings = 0, blocks_read = 0;
  std::vector<std::uint32_t> tickets;
  // How often each operation changed a password, in all the database's lives.
  std::map<OperationId, int> ever_applied;

 private:
  bool cut() { return link_down || chance_.chance(cuts); }
  static tl::unexpected<Unavailable> away() {
    return tl::unexpected(Unavailable{"the link is down"});
  }
  void touched(Truth& row, bool identity) {
    row.row_version = ++state.versions;
    row.changed = ++state.places;
    if (identity) row.identity_changed = row.changed;
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
    row.email = accounts::Secret(truth.phone % 2 == 0 ? "" : "budi12@example.org");
    row.password_version = truth.password_version;
    row.identity_version = truth.identity_version;
    return row;
  }
  Verdict decide(const PasswordChange& change) {
    const auto content = change.account_id + change.verifier;
    if (const auto known = state.operations.find(change.id); known != state.operations.end())
      return known->second.content == content ? known->second.verdict : Verdict::altered;
    auto& operation = state.operations[change.id];
    operation.content = content;
    return operation.verdict = apply(change);
  }
  Verdict apply(const PasswordChange& change) {
    for (auto& [number, row] : state.rows) {
      if (row.gone || row.id != change.account_id) continue;
      if (row.identity_version != change.base_identity_version) return Verdict::identity_changed;
      if (row.password_version != change.base_password_version) return Verdict::superseded;
      ++row.password_version;
      row.verifier = change.verifier;
      touched(row, false);
      ++ever_applied[change.id];
      return Verdict::applied;
    }
    return Verdict::unknown_account;
  }

  simulation::Seeded chance_;
};

}  // namespace pulih::central
