// One carrier of the daemon with the SMSC at its other end, and what surrounds a carrier in the
// daemon: a loop, an intake, keys, somebody who is told.
#pragma once
#include <catch2/catch.hpp>

#include "daemon/carriers/carriers.hpp"
#include "tests/unit/carriers/test_smsc.hpp"

namespace pulih::carriers {

struct Notices final : LinkWatcher {
  void noticed(const LinkNotice& notice) override { all.push_back(notice); }
  std::vector<LinkNotice> of(LinkNotice::What what) const;
  std::vector<LinkNotice> all;
};

// `change` alters the carrier's profile before it is made.
struct Site {
  explicit Site(const std::function<void(Profile&)>& change = {}, std::size_t intake_size = 100);
  ~Site();
  Profile profile(const std::function<void(Profile&)>& change) const;
  Carrier::Around around() {
    return {io, intake, keys, notices, [] { return 0u; }, [this] { return now; }};
  }

  // The loop, until it holds; a test that hangs fails instead.
  void until(const std::function<bool()>& holds);
  void bind(std::size_t binds = 1);
  // Each to a number of its own. `code`: they carry one.
  void send(std::initializer_list<const char*> texts, std::uint32_t code = 0);
  // The SMSC brings a message; as it comes to the engine.
  engine::Inbound inbound(const std::string& from, const std::string& text) {
    smsc.deliver(from, text);
    return inbound();
  }
  // The next message that comes to the engine.
  engine::Inbound inbound();
  // What the intake holds now.
  std::vector<engine::Occurrence> heard();
  // Which messages are done with, so far; with them come the codes whose receipts are awaited, the
  // receipts that say that one was lost, and the codes that were refused.
  std::vector<engine::OutboundId> done();
  std::vector<engine::AwaitedReceipt> awaited;
  std::vector<engine::ReceiptOfLoss> receipts;
  std::vector<engine::Undelivered> lost;

  boost::asio::io_context io;
  TestSmsc smsc;
  engine::Intake intake;
  const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
  Notices notices;
  engine::Instant now{std::chrono::seconds{1'800'000'000}};
  struct Owner final : Carrier::Owner {
    void changed(Carrier&) override {}
    void lent_message_over(engine::CarrierKey) override {}
  } owner;
  std::unique_ptr<Carrier> carrier;
  engine::OutboundId last_id = 0;

 private:
  std::vector<engine::OutboundId> done_;
};

}  // namespace pulih::carriers
