// The central account database as a gateway behind a bad link has it: through the hub. The calls
// are those of the ports and wait for their answers; a thread within keeps the connection, so that
// pages that were not asked for yet are on their way while the last one is stored. `hello` makes
// the connection; when it is lost, every call fails as `away` until the next `hello`. Calls may
// come from several threads; an urgent one overtakes the pages.
#pragma once
#include <functional>
#include <memory>

#include "daemon/central/central.hpp"
#include "daemon/hub/connecting.hpp"
#include "daemon/hub/link.hpp"

namespace pulih::hub {

class Connection;

class HubCentral final : public central::Central,
                         public central::ContactFeed,
                         public central::AccountSource {
 public:
  struct Settings {
    Address address;
    smpp::TlsSettings tls;  // with a certificate, which is who we are
    ConnectBudget budget = {};
    LinkTimes times = {};
    std::chrono::milliseconds call{180'000};  // an answer that takes longer never comes
  };
  // The key of an account is the site's own: accounts::SiteKeys::account.
  using KeyOf = std::function<accounts::AccountKey(std::string_view id)>;
  HubCentral(Settings settings, KeyOf key_of);
  ~HubCentral() override;

  tl::expected<central::Welcome, central::Unavailable> hello(const central::Hello& hello) override;
  tl::expected<std::vector<central::Verdict>, central::Unavailable> apply_passwords(
      std::span<const central::PasswordChange> changes, accounts::Instant now) override;
  tl::expected<void, central::Unavailable> open_ticket(const central::Ticket& ticket) override;
  tl::expected<std::vector<central::ContactChange>, central::Unavailable> contact_changes(
      std::uint64_t cursor, std::size_t most) override;
  tl::expected<central::Page, central::Unavailable> changes(central::Feed feed,
                                                            const central::Cursor& cursor,
                                                            std::size_t most) override;
  tl::expected<std::vector<central::Fingerprint>, central::Unavailable> fingerprints(
      std::uint64_t block, std::size_t most) override;
  tl::expected<std::vector<central::Row>, central::Unavailable> rows(std::uint64_t block) override;

  // From another thread: the calls under way and all after them are answered "away".
  void interrupt();

  // Octets of frames since the beginning, without those of TLS and TCP.
  struct Traffic {
    std::uint64_t in = 0, out = 0;
    bool connected = false;
  };
  Traffic traffic() const;

 private:
  const KeyOf key_of_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace pulih::hub
