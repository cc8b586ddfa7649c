// See carriers.hpp. The engine's thread only reads who sends for a carrier; that is decided on the
// io_context's thread, and a message that was meant for another sender meanwhile goes to the right
// one.
#include "daemon/carriers/carriers.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "daemon/accounts/registers.hpp"

namespace pulih::carriers {

namespace {
constexpr int carrier_shift = 48;  // of an Ack's link, as carrier.cpp puts it together
}

Carriers::Carriers(std::vector<Profile> profiles, const Carrier::Around& around) : around_(around) {
  Carrier::Owner& owner = *this;
  for (auto& profile : profiles) {
    routes_.push_back({profile.key, profile.name, profile.prefixes});
    desks_.emplace_back(std::move(profile), desks_.size(), around, owner);
  }
}

void Carriers::start() {
  for (auto& desk : desks_) {
    desk.carrier.start();
    changed(desk.carrier);
  }
}
void Carriers::stop() {
  for (auto& desk : desks_) desk.patience.cancel();
  for (auto& desk : desks_) desk.carrier.stop();
}
bool Carriers::stopped() const {
  return std::ranges::all_of(desks_, [](const Desk& desk) { return desk.carrier.stopped(); });
}

std::vector<CarrierState> Carriers::states() const {
  std::vector<CarrierState> states;
  for (const auto& desk : desks_) {
    states.push_back(desk.carrier.state());
    states.back().sender = desk.sender.load()->profile().name;
  }
  return states;
}

Carrier* Carriers::named(std::string_view name) {
  for (auto& desk : desks_)
    if (desk.carrier.profile().name == name) return &desk.carrier;
  return nullptr;
}

Carriers::Desk* Carriers::find(engine::CarrierKey key) {
  for (auto& desk : desks_)
    if (desk.carrier.profile().key == key) return &desk;
  return nullptr;
}
Carriers::Desk& Carriers::desk_of(const Carrier& carrier) {
  return *std::ranges::find_if(desks_, [&](const Desk& d) { return &d.carrier == &carrier; });
}

// ---- the engine's side

engine::CarrierKey Carriers::route(accounts::Msisdn to, engine::CarrierKey came_by) {
  return choose(routes_, to.empty() ? std::string() : to.digits(), came_by).route->key;
}

std::size_t Carriers::room(engine::CarrierKey key) {
  Desk* const desk = find(key);
  // A carrier that is no longer configured: its messages stay in the store.
  return !desk || desk->going_back ? 0 : desk->sender.load()->room();
}

void Carriers::send(engine::Outgoing message) {
  Desk* const desk = find(message.carrier);
  if (!desk) return;
  auto& [to, messages] = outgoing_[desk];
  if (!to) to = desk->sender;
  to->announce(1);
  messages.push_back(std::move(message));
}

void Carriers::answer(const engine::Ack& ack, engine::Answer how) {
  answers_.emplace_back(ack, how);
}

void Carriers::show(engine::NextScreen screen) { screens_.push_back(std::move(screen)); }

void Carriers::call_back(engine::CallBack call) { call_backs_.push_back(std::move(call)); }

void Carriers::flush() {
  if (answers_.empty() && outgoing_.empty() && screens_.empty() && call_backs_.empty()) return;
  boost::asio::post(
      around_.io,
      [this, answers = std::exchange(answers_, {}), screens = std::exchange(screens_, {}),
       calls = std::exchange(call_backs_, {}), outgoing = std::exchange(outgoing_, {})]() mutable {
        for (const auto& [ack, how] : answers) {
          const auto number = ack.link >> carrier_shift;
          if (number < desks_.size()) desks_[number].carrier.answer(ack, how);
        }
        // She is asked by the carrier whose screen it is, whoever else sends its messages.
        for (const auto& screen : screens)
          if (Desk* const desk = find(screen.carrier)) desk->carrier.show(screen);
        for (const auto& call : calls)
          if (Desk* const desk = find(call.carrier)) desk->carrier.call_back(call);
        for (auto& [desk, announced] : outgoing)
          hand_over(*desk, *announced.to, announced.messages);
        for (auto& desk : desks_) desk.carrier.flush();
        accounts::clear_vector_registers();
      });
}

// ---- one in the place of another

// Who sends may have changed since they were announced.
void Carriers::hand_over(Desk& desk, Carrier& announced_to,
                         std::vector<engine::Outgoing>& messages) {
  Carrier& sender = *desk.sender;
  announced_to.retract(messages.size());
  sender.announce(messages.size());
  if (&sender != &desk.carrier) desk.lent += messages.size();
  sender.send(messages);
}

void Carriers::changed(Carrier& carrier) {
  Desk& own = desk_of(carrier);
  if (!carrier.can_send()) {
    own.going_back = false;  // its stand-in goes on
    own.patience.expires_after(carrier.profile().stand_in_after);
    own.patience.async_wait([this, &own](const boost::system::error_code& error) {
      if (error || own.carrier.can_send()) return;
      own.away_long = true;
      for (auto& desk : desks_)
        if (desk.sender == &own.carrier) find_sender(desk);
    });
    return;
  }
  own.patience.cancel();
  own.away_long = false;
  for (auto& desk : desks_)
    if (&desk == &own || desk_of(*desk.sender).away_long) find_sender(desk);
}

void Carriers::lent_message_over(engine::CarrierKey of) {
  Desk& desk = *find(of);
  --desk.lent;
  if (desk.going_back && desk.lent == 0) set_sender(desk, desk.carrier);
}

// The carrier itself before its stand-ins, in their order. With nobody there, all stays as it is.
void Carriers::find_sender(Desk& desk) {
  Carrier* const now = desk.sender;
  if (desk.carrier.can_send()) {
    if (now == &desk.carrier) return;
    if (desk.lent > 0 && now->can_send()) {
      desk.going_back = true;
      return;
    }
    return set_sender(desk, desk.carrier);
  }
  if (now->can_send()) return;
  for (const auto key : desk.carrier.profile().stand_ins) {
    Desk* const other = find(key);
    if (other && other->carrier.can_send()) return set_sender(desk, other->carrier);
  }
}

void Carriers::set_sender(Desk& desk, Carrier& sender) {
  const auto& name = desk.carrier.profile().name;
  Carrier& before = *desk.sender.exchange(&sender);
  desk.going_back = false;
  std::vector<engine::Outgoing> messages;
  if (!before.can_send()) messages = before.give_away(desk.carrier.profile().key);
  around_.watcher.noticed({LinkNotice::What::stand_in, name,
                           "its messages go by " + sender.profile().name + " now (" +
                               std::to_string(messages.size()) + " waited)"});
  desk.lent = 0;
  if (&before != &desk.carrier) before.serve_no_more(desk.carrier.profile().key);
  sender.announce(messages.size());
  if (&sender != &desk.carrier) {
    desk.lent = messages.size();
    sender.serve(desk.carrier.profile().key);
  } else {
    around_.intake.put(engine::Room{desk.carrier.profile().key});
  }
  sender.send(messages);
}

}  // namespace pulih::carriers
