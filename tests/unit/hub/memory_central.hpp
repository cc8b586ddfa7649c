// A central account database in memory, for tests of the hub: the rows of made-up accounts, a feed
// in the order of their changes, password changes applied once for each id. It can be made to fail
// and to wait; any number of sites may use it at once.
#pragma once
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "daemon/hub/desk.hpp"

namespace pulih::hub {

class MemoryCentral {
 public:
  // A draw for this number, the same each time (SplitMix64's finisher).
  static std::uint64_t draw(std::uint64_t number, std::uint64_t what, std::uint64_t of) {
    std::uint64_t x = (number * 16 + what + 1) * 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (x ^ (x >> 31)) % of;
  }
  // The account with this number, as its number alone makes it: names of two to four syllables and
  // two digits, an address at three of four, dates and numbers evenly drawn.
  static central::Row made_up(std::uint64_t number) {
    constexpr std::array<std::string_view, 16> syllables = {"ba", "di", "ra", "su", "ni", "ko",
                                                            "la", "ti", "ma", "wi", "sa", "ru",
                                                            "pa", "ge", "to", "na"};
    constexpr std::array<std::string_view, 4> levels = {"sd", "smp", "sma", "smk"};
    const auto drawn = [&](std::uint64_t what, std::uint64_t of) { return draw(number, what, of); };
    central::Row row;
    row.number = number;
    for (std::uint64_t i = 0; i < 2 + drawn(0, 3); ++i) row.id += syllables[drawn(1 + i, 16)];
    row.id += std::to_string(drawn(5, 100)) + "@guru." + std::string(levels[drawn(6, 4)]);
    row.birth_date = accounts::BirthDate(static_cast<std::uint32_t>(
        (1960 + drawn(7, 43)) * 10'000 + (1 + drawn(8, 12)) * 100 + 1 + drawn(9, 28)));
    row.phone = accounts::Msisdn::from_value(6281100000000 + drawn(10, 10'000'000));
    if (drawn(11, 4) != 0)
      row.email = accounts::Secret(row.id.substr(0, row.id.find('@')) + "@example.org");
    row.contact_changed =
        accounts::Instant(std::chrono::seconds(1'700'000'000 + drawn(12, 60'000'000)));
    row.password_version = static_cast<std::uint32_t>(1 + drawn(13, 4));
    row.identity_version = static_cast<std::uint32_t>(1 + drawn(14, 5'000'000));
    return row;
  }
  static central::Row copy_of(const central::Row& row) {
    central::Row copy{row.number,
                      row.row_version,
                      row.gone,
                      row.id,
                      row.birth_date,
                      row.phone,
                      row.email.duplicate(),
                      row.activated,
                      row.locked,
                      row.contact_changed,
                      row.password_version,
                      row.identity_version};
    return copy;
  }

  void change(central::Row row) {
    const std::lock_guard lock(mutex_);
    row.row_version = ++version_;
    feed_.push_back(row.number);
    rows_[row.number] = std::move(row);
  }
  void fill(std::uint64_t count) {
    for (std::uint64_t number = 1; number <= count; ++number) change(made_up(number));
  }
  std::set<central::OperationId> applied() {
    const std::lock_guard lock(mutex_);
    return applied_;
  }
  std::vector<central::Ticket> tickets() {
    const std::lock_guard lock(mutex_);
    return tickets_;
  }
  // Calls for pages wait while this is set.
  void hold_pages(bool hold) {
    {
      const std::lock_guard lock(mutex_);
      held_ = hold;
    }
    released_.notify_all();
  }
  void fail_with(std::optional<central::Unavailable> why) {
    const std::lock_guard lock(mutex_);
    failing_ = std::move(why);
  }

  class At final : public central::Central,
                   public central::ContactFeed,
                   public central::AccountSource {
   public:
    At(MemoryCentral& all, std::string region) : all_(all), region_(std::move(region)) {}

    tl::expected<central::Welcome, central::Unavailable> hello(
        const central::Hello& hello) override {
      const std::lock_guard lock(all_.mutex_);
      if (all_.failing_) return tl::unexpected(*all_.failing_);
      return central::Welcome{hello.fence + 1, {7, 7, 7}, hello.checkpoint.count > 1'000,
                              region_,         {},        0};
    }
    tl::expected<std::vector<central::Verdict>, central::Unavailable> apply_passwords(
        std::span<const central::PasswordChange> changes, accounts::Instant) override {
      const std::lock_guard lock(all_.mutex_);
      if (all_.failing_) return tl::unexpected(*all_.failing_);
      std::vector<central::Verdict> verdicts;
      for (const auto& change : changes) {
        all_.applied_.insert(change.id);
        verdicts.push_back(change.base_password_version == 0 ? central::Verdict::superseded
                                                             : central::Verdict::applied);
      }
      return verdicts;
    }
    tl::expected<void, central::Unavailable> open_ticket(const central::Ticket& ticket) override {
      const std::lock_guard lock(all_.mutex_);
      all_.tickets_.push_back(ticket);
      return {};
    }
    tl::expected<std::vector<central::ContactChange>, central::Unavailable> contact_changes(
        std::uint64_t cursor, std::size_t) override {
      std::vector<central::ContactChange> changes;
      if (cursor < 5)
        changes.push_back({5, 0, "budi12@guru.sd", accounts::Msisdn::from_value(6281100000001),
                           accounts::Secret("budi12@example.org"),
                           accounts::Msisdn::from_value(6281100000002)});
      return changes;
    }
    tl::expected<central::Page, central::Unavailable> changes(central::Feed,
                                                              const central::Cursor& cursor,
                                                              std::size_t most) override {
      std::unique_lock lock(all_.mutex_);
      all_.released_.wait(lock, [&] { return !all_.held_; });
      if (all_.failing_) return tl::unexpected(*all_.failing_);
      std::size_t at = 0;
      if (cursor == central::at_present) at = all_.feed_.size();
      for (const char digit : cursor == central::at_present ? "" : cursor)
        at = at * 10 + static_cast<std::size_t>(digit - '0');
      central::Page page;
      for (; at < all_.feed_.size() && page.rows.size() < most; ++at)
        page.rows.push_back(copy_of(all_.rows_.at(all_.feed_[at])));
      page.next = std::to_string(at);
      page.behind = all_.feed_.size() - at;
      ++all_.pages_;
      return page;
    }
    tl::expected<std::vector<central::Fingerprint>, central::Unavailable> fingerprints(
        std::uint64_t block, std::size_t most) override {
      const std::lock_guard lock(all_.mutex_);
      std::map<std::uint64_t, std::uint32_t> counts;
      for (const auto& [number, row] : all_.rows_)
        if (number / central::block_numbers >= block) ++counts[number / central::block_numbers];
      std::vector<central::Fingerprint> found;
      for (const auto& [which, rows] : counts)
        if (found.size() < most) found.push_back({which, rows, {1, 2, 3}});
      return found;
    }
    tl::expected<std::vector<central::Row>, central::Unavailable> rows(
        std::uint64_t block) override {
      const std::lock_guard lock(all_.mutex_);
      std::vector<central::Row> found;
      for (const auto& [number, row] : all_.rows_)
        if (number / central::block_numbers == block) found.push_back(copy_of(row));
      ++all_.blocks_;
      return found;
    }

   private:
    MemoryCentral& all_;
    const std::string region_;
  };

  std::size_t pages() {
    const std::lock_guard lock(mutex_);
    return pages_;
  }
  std::size_t blocks() {
    const std::lock_guard lock(mutex_);
    return blocks_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = false;
  std::optional<central::Unavailable> failing_;
  std::map<std::uint64_t, central::Row> rows_;
  std::vector<std::uint64_t> feed_;
  std::uint64_t version_ = 0;
  std::set<central::OperationId> applied_;
  std::vector<central::Ticket> tickets_;
  std::size_t pages_ = 0, blocks_ = 0;
};

class MemoryFactory final : public CentralFactory {
 public:
  explicit MemoryFactory(MemoryCentral& all) : all_(all) {}
  tl::expected<SiteCentral, central::Unavailable> open(const std::string&,
                                                       const std::string& region) override {
    auto site = std::make_unique<MemoryCentral::At>(all_, region);
    SiteCentral opened;
    opened.contacts = site.get();
    opened.accounts = site.get();
    opened.central = std::move(site);
    return opened;
  }

 private:
  MemoryCentral& all_;
};

inline central::PasswordChange made_up_change(std::uint8_t index) {
  central::PasswordChange change;
  for (std::size_t i = 0; i < change.id.size(); ++i)
    change.id[i] = static_cast<std::uint8_t>(index * 31 + i * 7 + 1);
  change.account_id = "budi" + std::to_string(index) + "@guru.sd";
  change.base_password_version = 1;
  change.base_identity_version = 12;
  change.verifier =
      "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$"
      "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA";
  return change;
}

}  // namespace pulih::hub
