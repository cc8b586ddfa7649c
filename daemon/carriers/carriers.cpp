// See carriers.hpp. Which carrier a number belongs to is asked for each message, so it is a walk
// over a short list and no table.
#include "daemon/carriers/carriers.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "daemon/accounts/registers.hpp"

namespace pulih::carriers {

namespace {
constexpr int carrier_shift = 48;  // of an Ack's link, as carrier.cpp puts it together
}

Carriers::Carriers(std::vector<Profile> profiles, const Carrier::Around& around) : io_(around.io) {
  for (auto& profile : profiles)
    carriers_.push_back(std::make_unique<Carrier>(std::move(profile), carriers_.size(), around));
}

void Carriers::start() {
  for (auto& carrier : carriers_) carrier->start();
}
void Carriers::stop() {
  for (auto& carrier : carriers_) carrier->stop();
}
bool Carriers::stopped() const {
  return std::all_of(carriers_.begin(), carriers_.end(),
                     [](const auto& carrier) { return carrier->stopped(); });
}

Carrier* Carriers::find(engine::CarrierKey key) const {
  for (const auto& carrier : carriers_)
    if (carrier->profile().key == key) return carrier.get();
  return nullptr;
}

// The carrier that the person wrote by; else the one with the longest prefix of the number; else
// the first that takes any number; else the first.
engine::CarrierKey Carriers::route(accounts::Msisdn to, engine::CarrierKey came_by) {
  const std::string digits = to.empty() ? std::string() : to.digits();
  const Carrier* best = nullptr;
  std::size_t longest = 0;
  for (const auto& carrier : carriers_) {
    const auto& prefixes = carrier->profile().prefixes;
    if (prefixes.empty() && !best) best = carrier.get();
    for (const auto& prefix : prefixes) {
      if (!digits.starts_with(prefix) || prefix.size() <= longest) continue;
      best = carrier.get();
      longest = prefix.size();
    }
  }
  if (longest == 0 && find(came_by)) return came_by;
  return (best ? best : carriers_.front().get())->profile().key;
}

std::size_t Carriers::room(engine::CarrierKey key) {
  Carrier* carrier = find(key);
  return carrier ? carrier->room() : 0;
}

void Carriers::send(engine::Outgoing message) {
  Carrier* carrier = find(message.carrier);
  if (!carrier)
    return;  // room() said 0: it is no longer configured, its messages stay in the store
  carrier->announce(1);
  outgoing_[carrier].push_back(std::move(message));
}

void Carriers::answer(const engine::Ack& ack, engine::Answer how) {
  answers_.emplace_back(ack, how);
}

void Carriers::flush() {
  if (answers_.empty() && outgoing_.empty()) return;
  boost::asio::post(io_, [this, answers = std::exchange(answers_, {}),
                          outgoing = std::exchange(outgoing_, {})]() mutable {
    for (const auto& [ack, how] : answers) {
      const auto number = ack.link >> carrier_shift;
      if (number < carriers_.size()) carriers_[number]->answer(ack, how);
    }
    for (auto& [carrier, messages] : outgoing) carrier->send(messages);
    for (auto& carrier : carriers_) carrier->flush();
    accounts::clear_vector_registers();
  });
}

}  // namespace pulih::carriers
