// All carriers of a site, as the engine sees them: which one a number belongs to, who sends in the
// place of one that is away, and the way between the engine's thread and the one thread on which
// all links live. What a batch says is handed over in one piece.
#pragma once
#include <deque>
#include <map>
#include <vector>

#include "daemon/carriers/carrier.hpp"
#include "daemon/carriers/routes.hpp"

namespace pulih::carriers {

class Carriers final : public engine::Carriers, private Carrier::Owner {
 public:
  Carriers(std::vector<Profile> profiles, const Carrier::Around& around);

  // On the io_context's thread.
  void start();
  void stop();
  bool stopped() const;
  std::vector<CarrierState> states() const;
  // nullptr: there is none of this name.
  Carrier* named(std::string_view name);

  // On the engine's thread.
  engine::CarrierKey route(accounts::Msisdn to, engine::CarrierKey came_by) override;
  std::size_t room(engine::CarrierKey key) override;
  void send(engine::Outgoing message) override;
  void answer(const engine::Ack& ack, engine::Answer how) override;
  void show(engine::NextScreen screen) override;
  void call_back(engine::CallBack call) override;
  void flush() override;

 private:
  // A carrier and who sends its messages: itself, or a stand-in. They go back to it when none is
  // left with the stand-in, so that nothing overtakes; until then there is no room for new ones.
  struct Desk {
    Desk(Profile profile, std::uint64_t number, const Carrier::Around& around, Owner& owner)
        : carrier(std::move(profile), number, around, owner), patience(around.io) {}

    Carrier carrier;
    std::atomic<Carrier*> sender{&carrier};
    std::atomic<bool> going_back{false};
    std::size_t lent = 0;                // messages of this carrier that its stand-in has
    boost::asio::steady_timer patience;  // with this carrier being away
    bool away_long = false;
  };

  void changed(Carrier& carrier) override;
  void lent_message_over(engine::CarrierKey of) override;
  void find_sender(Desk& desk);
  void set_sender(Desk& desk, Carrier& sender);
  void hand_over(Desk& desk, Carrier& announced_to, std::vector<engine::Outgoing>& messages);
  Desk& desk_of(const Carrier& carrier);
  Desk* find(engine::CarrierKey key);

  const Carrier::Around around_;
  std::vector<Route> routes_;
  std::deque<Desk> desks_;
  // Since the last flush.
  struct Announced {
    Carrier* to = nullptr;  // who was to send them then
    std::vector<engine::Outgoing> messages;
  };
  std::map<Desk*, Announced> outgoing_;
  std::vector<std::pair<engine::Ack, engine::Answer>> answers_;
  std::vector<engine::NextScreen> screens_;
  std::vector<engine::CallBack> call_backs_;
};

}  // namespace pulih::carriers
