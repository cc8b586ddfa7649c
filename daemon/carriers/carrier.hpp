// One carrier: its binds, the MT messages that wait for it, the window and the rate it allows, and
// the MO messages that it brings. A message leaves here only when the carrier has taken it, has
// refused it for good, or its time is over; until then it stays in the store as well.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "daemon/accounts/keys.hpp"
#include "daemon/carriers/bind.hpp"
#include "daemon/engine/intake.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::carriers {

class Carrier final : public Bind::Owner {
 public:
  struct Around {
    boost::asio::io_context& io;
    engine::Intake& intake;
    const accounts::SiteKeys& keys;
    LinkWatcher& watcher;
    std::function<std::uint32_t()> draw;
    std::function<engine::Instant()> clock;
  };
  Carrier(Profile profile, std::uint64_t number, const Around& around);

  const Profile& profile() const { return profile_; }
  void start();
  void stop();
  bool stopped() const;

  // From the engine's thread: how many more messages this carrier takes, and that so many come.
  std::size_t room();
  void announce(std::size_t messages) { load_ += messages; }
  // All below on the io_context's thread.
  void send(std::vector<engine::Outgoing>& messages);
  void answer(const engine::Ack& ack, engine::Answer how);
  void flush();

 private:
  void happened(Bind& bind, const smpp::Happening& happening) override;
  void paused(Bind& bind) override;
  void hand_over_arrived();
  void take_mo(Bind& bind, const smpp::Pdu& pdu);
  void answered(const smpp::Answered& answer);
  void send_again(engine::OutboundId id);
  void done(engine::OutboundId id);
  void pump();
  bool take_token();
  void pump_after(std::chrono::milliseconds pause);
  void tell_room();
  Bind* sender();
  std::uint64_t link_number(std::size_t bind) const;

  const Profile profile_;
  const std::uint64_t number_;  // of this carrier, in the upper bits of an Ack's link
  const Around around_;
  std::vector<std::unique_ptr<Bind>> binds_;

  std::deque<engine::Outgoing> queue_;
  std::unordered_map<engine::OutboundId, engine::Outgoing> under_way_;
  std::vector<engine::Inbound> arrived_;  // with one read, not yet in the intake

  std::atomic<std::size_t> load_{0};   // messages here or announced
  std::atomic<bool> can_send_{false};  // a bind stands over which messages can go
  std::atomic<bool> hungry_{false};    // the engine keeps messages back for want of room

  double tokens_ = 0;
  std::chrono::steady_clock::time_point filled_{};
  boost::asio::steady_timer pacer_;
  std::chrono::steady_clock::time_point held_back_until_{};
  bool pump_waits_ = false;
};

}  // namespace pulih::carriers
