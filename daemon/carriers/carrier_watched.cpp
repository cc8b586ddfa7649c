// See carrier.hpp: what an operator may see of a carrier while it works, its figures and its PDUs.
// Nothing of it is done while nobody looks.
#include "daemon/carriers/carrier.hpp"

namespace pulih::carriers {

using std::chrono::steady_clock;

CarrierState Carrier::state() const {
  CarrierState state;
  state.name = profile_.name;
  state.can_send = can_send_;
  state.waiting = load_;
  state.queue = profile_.queue;
  state.counts = counts_;
  const auto now = steady_clock::now();
  for (const auto& way : ways_) {
    state.binds.push_back(way.bind->state());
    state.binds.back().rests = std::chrono::ceil<std::chrono::milliseconds>(way.pace.rests(now));
  }
  return state;
}

void Carrier::add(Trace& trace) {
  traces_.push_back(&trace);
  for (auto& way : ways_) way.bind->watch(true);
}

void Carrier::remove(Trace& trace) {
  std::erase(traces_, &trace);
  for (auto& way : ways_) way.bind->watch(!traces_.empty());
}

void Carrier::seen(Bind& bind, smpp::Tap::Direction direction, smpp::Octets pdu) {
  const auto index = static_cast<std::size_t>(&way_of(bind) - ways_.data());
  for (auto* trace : traces_) trace->seen(index, bind.connection(), direction, pdu);
}

}  // namespace pulih::carriers
