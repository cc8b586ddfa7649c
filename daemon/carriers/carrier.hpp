// One carrier: its binds, the MT messages that wait for it, the window and the rate that each bind
// has, and the MO messages and receipts that it brings. A message leaves here only when the carrier
// has taken it, has refused it for good, or its time is over; until then it stays in the store as
// well.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/accounts/keys.hpp"
#include "daemon/carriers/bind.hpp"
#include "daemon/carriers/mo_parts.hpp"
#include "daemon/carriers/mt_queue.hpp"
#include "daemon/carriers/pace.hpp"
#include "daemon/carriers/screen_queue.hpp"
#include "daemon/carriers/trace.hpp"
#include "daemon/carriers/ussd_desk.hpp"
#include "daemon/engine/intake.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::carriers {

class Carrier final : public Bind::Owner {
 public:
  // Hears, on the io_context's thread, what concerns more than one carrier.
  class Owner {
   public:
    virtual ~Owner() = default;
    // It can send now, or it cannot any more.
    virtual void changed(Carrier& carrier) = 0;
    // A message that was sent in place of another carrier is over.
    virtual void lent_message_over(engine::CarrierKey of) = 0;
  };
  struct Around {
    boost::asio::io_context& io;
    engine::Intake& intake;
    const accounts::SiteKeys& keys;
    LinkWatcher& watcher;
    std::function<std::uint32_t()> draw;
    std::function<engine::Instant()> clock;
  };
  Carrier(Profile profile, std::uint64_t number, const Around& around, Owner& owner);

  const Profile& profile() const { return profile_; }
  void start();
  void stop();
  bool stopped() const;

  // From the engine's thread: how many more messages this carrier takes, and that so many come.
  std::size_t room();
  void announce(std::size_t messages) { load_ += messages; }
  void retract(std::size_t messages) { load_ -= messages; }
  // A bind stands over which messages can go.
  bool can_send() const { return can_send_; }
  // All below on the io_context's thread.
  void send(std::vector<engine::Outgoing>& messages);
  void answer(const engine::Ack& ack, engine::Answer how);
  void show(const engine::NextScreen& screen);
  void call_back(const engine::CallBack& call);
  void flush();
  // The messages of that carrier which this one has not got rid of.
  std::vector<engine::Outgoing> give_away(engine::CarrierKey of);
  // All but who sends its messages.
  CarrierState state() const;
  // Each PDU is shown to it until it is taken off.
  void add(Trace& trace);
  void remove(Trace& trace);
  // Whose messages wait for room here, besides its own.
  void serve(engine::CarrierKey other);
  void serve_no_more(engine::CarrierKey other);

 private:
  // A correlation with this bit is a screen's session; the others are ids of messages, which count
  // from one.
  static constexpr std::uint64_t a_screen = std::uint64_t{1} << 63;

  struct Way {
    std::unique_ptr<Bind> bind;
    Pace pace;
  };

  void happened(Bind& bind, const smpp::Happening& happening) override;
  void paused(Bind& bind) override;
  void seen(Bind& bind, smpp::Tap::Direction direction, smpp::Octets pdu) override;
  void hand_over_arrived();
  void take_mo(Bind& bind, const smpp::Pdu& pdu);
  void take_receipt(const Mo& mo, const engine::Ack& ack);
  void take_ussd(const smpp::Body& body, const engine::Ack& ack);
  void screen_refused(const smpp::Answered& answer);
  void put_on_screen(std::optional<UssdDesk::Next> next);
  void take_parts(MoParts::Outcome outcome);
  void respond(const engine::Ack& ack, engine::Answer how);
  void answered(Way& way, const smpp::Answered& answer);
  void refused(Way& way, const smpp::Answered& answer);
  void look_who_can_send();

  void pump();
  Way* ready_way(Pace::Moment now, std::optional<Pace::Pause>& until_one_is);
  bool pump_screens(Pace::Moment now);
  bool send_over(Way& way, const engine::Outgoing& message);
  void pump_after(Pace::Pause pause);
  void give_up(engine::OutboundId id, LinkNotice::What what, const std::string& why);
  void done(engine::OutboundId id, std::optional<engine::AwaitedReceipt> receipt = {});
  void tell_room();
  Way& way_of(const Bind& bind);
  std::uint64_t link_number(std::size_t way) const;

  const Profile profile_;
  const std::uint64_t number_;  // of this carrier, in the upper bits of an Ack's link
  const Around around_;
  Owner& owner_;
  std::vector<Way> ways_;
  std::size_t last_way_ = 0;  // that sent, so that all have their turn

  MtQueue queue_;
  std::vector<engine::Inbound> arrived_;  // with one read, not yet in the intake
  std::optional<UssdDesk> ussd_;
  ScreenQueue screens_;
  MoParts parts_;
  boost::asio::steady_timer parts_alarm_;

  std::atomic<std::size_t> load_{0};  // messages here or announced
  std::atomic<bool> can_send_{false};
  std::atomic<bool> hungry_{false};  // the engine keeps messages back for want of room
  std::vector<engine::CarrierKey> served_;
  CarrierCounts counts_;
  std::vector<Trace*> traces_;

  boost::asio::steady_timer pacer_;
  std::optional<Pace::Moment> pump_at_;
};

}  // namespace pulih::carriers
