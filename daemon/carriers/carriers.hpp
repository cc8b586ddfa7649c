// All carriers of a site, as the engine sees them: which one a number belongs to, and the way
// between the engine's thread and the one thread on which all links live. What a batch says is
// handed over in one piece.
#pragma once
#include <map>
#include <memory>
#include <vector>

#include "daemon/carriers/carrier.hpp"

namespace pulih::carriers {

class Carriers final : public engine::Carriers {
 public:
  Carriers(std::vector<Profile> profiles, const Carrier::Around& around);

  // On the io_context's thread.
  void start();
  void stop();
  bool stopped() const;

  // On the engine's thread.
  engine::CarrierKey route(accounts::Msisdn to, engine::CarrierKey came_by) override;
  std::size_t room(engine::CarrierKey key) override;
  void send(engine::Outgoing message) override;
  void answer(const engine::Ack& ack, engine::Answer how) override;
  void flush() override;

 private:
  Carrier* find(engine::CarrierKey key) const;

  boost::asio::io_context& io_;
  std::vector<std::unique_ptr<Carrier>> carriers_;
  // Since the last flush.
  std::map<Carrier*, std::vector<engine::Outgoing>> outgoing_;
  std::vector<std::pair<engine::Ack, engine::Answer>> answers_;
};

}  // namespace pulih::carriers
