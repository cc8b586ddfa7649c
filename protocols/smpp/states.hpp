// What may follow what in a session's life, and which request is allowed to whom and when (SMPP
// 3.4, 2.2 and table 2-1). Both ends read the same two tables; nothing else in this room decides
// about states.
#pragma once
#include <cstdint>

#include "protocols/smpp/pdu.hpp"

namespace pulih::smpp {

enum class Role : std::uint8_t { esme, smsc };

// In the order of a session's life. The last three ways to leave differ in who asked: `draining`
// and `unbinding` are our own unbind before and after it is sent, `parting` is the peer's before
// it is answered.
enum class State : std::uint8_t {
  closed,
  open,
  binding,
  bound,
  draining,
  unbinding,
  parting,
  ended
};

bool may_follow(State from, State next);

// Whether a bound end may send a request on behalf of its owner. Binds, unbinds and enquiries are
// the session's own.
bool may_submit(CommandId request, Role sender, BindMode mode);

// ESME_ROK if a request of this sender is to be heard, else the command_status to refuse it with.
std::uint32_t verdict(CommandId request, Role sender, State state, BindMode mode);

}  // namespace pulih::smpp
