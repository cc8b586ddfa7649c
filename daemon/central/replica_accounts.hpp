// The replica as the engine looks into it, beside the thread that writes it. A row that does not
// open and a file that SQLite finds damaged are never taken for an absent account: the look-up
// fails with engine::StoreError, which tells the carrier to bring the message later, and the
// writing thread hears of it and mends the copy.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/keys.hpp"

namespace pulih::central {

class ReplicaAccounts final : public accounts::AccountLookup {
 public:
  // The file may come later: until then look-ups fail.
  ReplicaAccounts(const std::filesystem::path& file, const accounts::SiteKeys& keys);
  ~ReplicaAccounts() override;

  // ---- for the engine's thread
  std::optional<accounts::Account> by_id(accounts::AccountKey id) const override;
  std::vector<accounts::Account> by_phone(accounts::Msisdn phone,
                                          std::size_t most = 4) const override;
  void look_anew() const override;
  std::optional<accounts::Instant> as_of() const override { return agreed_.load(); }

  // ---- for the thread that writes
  void agreed(accounts::Instant at) { agreed_ = at; }
  // Times of the central database's clock are told by ours.
  void central_ahead(std::chrono::seconds ahead) { central_ahead_ = ahead; }
  // What look-ups came upon since this was last asked.
  struct Trouble {
    std::string damage;            // SQLite's words for it; empty: none
    std::set<std::uint64_t> rows;  // numbers of rows that did not open
  };
  Trouble take_trouble();
  // Runs `work` while no look-up has the file open: it may be exchanged for another one.
  void exchange(const std::function<void()>& work);

 private:
  struct Connection;
  template <class Work>
  auto looked_up(Work&& work) const;
  void connect() const;
  void by_our_clock(accounts::Account& account) const;

  const std::filesystem::path file_;
  const accounts::SiteKeys& keys_;
  std::atomic<accounts::Instant> agreed_{};  // long ago: nothing is known
  static constexpr auto not_told = std::chrono::seconds::min();
  std::atomic<std::chrono::seconds> central_ahead_{not_told};
  mutable std::mutex mutex_;  // of what follows; held for the length of a look-up
  mutable std::unique_ptr<Connection> connection_;
  mutable std::chrono::seconds ahead_before_{};  // as an earlier life left it in the file
  mutable Trouble trouble_;
};

}  // namespace pulih::central
