// See states.hpp. One table says what may follow each state, the other who may ask for what.
#include "protocols/smpp/states.hpp"

#include <algorithm>
#include <array>

#include "protocols/smpp/status.hpp"

namespace pulih::smpp {
namespace {

template <class Enum>
constexpr std::uint8_t bit(Enum value) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(value));
}
template <class... Enums>
constexpr std::uint8_t any_of(Enums... values) {
  return static_cast<std::uint8_t>((bit(values) | ...));
}

using enum State;
using enum CommandId;

// Any state but the last can end at once: the connection can be cut at any time.
constexpr std::array<std::uint8_t, 8> followers = {
    any_of(open, ended),                // closed
    any_of(binding, parting, ended),    // open
    any_of(bound, parting, ended),      // binding
    any_of(draining, parting, ended),   // bound
    any_of(unbinding, parting, ended),  // draining
    any_of(parting, ended),             // unbinding
    any_of(ended),                      // parting
    0,                                  // ended
};

constexpr std::uint8_t esme = bit(Role::esme), smsc = bit(Role::smsc), either = esme | smsc;
constexpr std::uint8_t sends = any_of(BindMode::transmitter, BindMode::transceiver);
constexpr std::uint8_t receives = any_of(BindMode::receiver, BindMode::transceiver);
constexpr std::uint8_t any_mode = sends | receives;
constexpr std::uint8_t any_state = any_of(open, binding, bound, draining, unbinding, parting);

struct Permission {
  CommandId request;
  std::uint8_t senders;
  std::uint8_t states;
  std::uint8_t modes;  // of the bind
};
// The frequent ones first.
constexpr std::array<Permission, 14> permissions = {{
    {deliver_sm, smsc, bit(bound), receives},
    {submit_sm, esme, bit(bound), sends},
    {data_sm, either, bit(bound), any_mode},
    {enquire_link, either, any_state, any_mode},
    {unbind, either, any_state, any_mode},
    {bind_receiver, esme, bit(open), any_mode},
    {bind_transmitter, esme, bit(open), any_mode},
    {bind_transceiver, esme, bit(open), any_mode},
    {outbind, smsc, any_of(open, binding), any_mode},
    {submit_multi, esme, bit(bound), sends},
    {query_sm, esme, bit(bound), sends},
    {cancel_sm, esme, bit(bound), sends},
    {replace_sm, esme, bit(bound), sends},
    {alert_notification, smsc, bit(bound), receives},
}};

const Permission* find(CommandId request) {
  const auto* const found = std::ranges::find(permissions, request, &Permission::request);
  return found == permissions.end() ? nullptr : found;
}

}  // namespace

bool may_follow(State from, State next) {
  return (followers[static_cast<std::size_t>(from)] & bit(next)) != 0;
}

bool may_submit(CommandId request, Role sender, BindMode mode) {
  const Permission* const row = find(request);
  return row && row->states == bit(bound) && (row->senders & bit(sender)) &&
         (row->modes & bit(mode));
}

std::uint32_t verdict(CommandId request, Role sender, State state, BindMode mode) {
  const Permission* const row = find(request);
  if (!row) return ESME_RINVCMDID;
  if (!(row->senders & bit(sender)) || !(row->modes & bit(mode))) return ESME_RINVBNDSTS;
  if (row->states & bit(state)) return ESME_ROK;
  if (row->states == bit(open)) return state == bound ? ESME_RALYBND : ESME_RINVBNDSTS;
  // The peer could not know yet that we are leaving: what it sent then is asked for again.
  const bool leaving = state == draining || state == unbinding;
  return leaving ? ESME_RTHROTTLED : ESME_RINVBNDSTS;
}

}  // namespace pulih::smpp
