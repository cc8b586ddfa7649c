// The central account database on PostgreSQL, as a gateway sees it: the functions of the schema
// pulih (config/central/postgresql), which know by the login which gateway asks. A meeting opens
// the connection, and what is called without one is answered "away": whoever lost the connection
// meets again first, since the database may be another one than before.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "daemon/accounts/keys.hpp"
#include "daemon/central/central.hpp"
#include "daemon/central/postgresql_ahead.hpp"
#include "daemon/central/postgresql_link.hpp"

namespace pulih::central {

// For one thread, but for interrupt() and traffic().
class PostgresqlCentral final : public Central, public ContactFeed, public AccountSource {
 public:
  // `keys` of the gateway, which names accounts by their keyed hashes; null on a hub, where the
  // accounts of contact changes stay 0 and the gateway behind it names them. `site` is for a login
  // of pulih_hub only: the gateway that is spoken for.
  PostgresqlCentral(PostgresqlPlace place, const accounts::SiteKeys* keys,
                    std::optional<std::string> site = std::nullopt);

  tl::expected<Welcome, Unavailable> hello(const Hello&) override;
  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant now) override;
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override;
  tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(std::uint64_t cursor,
                                                                        std::size_t most) override;
  tl::expected<Page, Unavailable> changes(Feed feed, const Cursor& cursor,
                                          std::size_t most) override;
  tl::expected<std::vector<Fingerprint>, Unavailable> fingerprints(std::uint64_t block,
                                                                   std::size_t most) override;
  tl::expected<std::vector<Row>, Unavailable> rows(std::uint64_t block) override;

  // From another thread: the call under way and all after it are answered "away".
  void interrupt() { link_.interrupt(); }
  TcpTraffic traffic() const { return link_.traffic(); }

  // For other functions of the schema that are called on the same meeting: nothing is on its way on
  // it, until something else is asked here.
  PostgresqlLink& link();
  const PostgresqlParameter& site() const { return site_; }
  std::uint64_t fence() const { return fence_; }

 private:
  using Fingerprints = PostgresqlAhead::Fingerprints;
  using Rows = PostgresqlAhead::Rows;
  Fingerprints fetch_fingerprints(std::uint64_t block, std::size_t most);
  Rows fetch_rows(std::uint64_t block);
  void look_ahead();

  PostgresqlLink link_;  // see link()
  const accounts::SiteKeys* keys_;
  const PostgresqlParameter site_;
  std::vector<std::uint64_t> told_blocks_;  // by the last fingerprints, rising
  std::size_t asked_blocks_ = 0;            // at most so many
  std::size_t taken_blocks_ = 0;            // so many were asked for, one after the other
  // Whatever else is asked first makes it old, and it is thrown away.
  std::unique_ptr<PostgresqlAhead> ahead_;
  std::uint64_t fence_ = 0;  // of the last meeting
  std::string epoch_;        // the front of its epoch, as places in a feed begin
};

}  // namespace pulih::central
