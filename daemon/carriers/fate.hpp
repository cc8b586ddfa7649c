// What becomes of a message whose submit_sm was answered with an error: it waits with the whole
// bind, it waits alone, or it is given up. Carriers use the codes in their own ways, so that each
// one's table can be changed by its configuration.
#pragma once
#include <cstdint>
#include <map>

namespace pulih::carriers {

enum class Fate : std::uint8_t {
  slow_down,  // the bind pauses, and this message goes first again
  later,      // this message goes again behind the others, after a gap that grows
  rebind,     // the carrier does not know this bind any more: a new one, and this message first
  give_up,    // it will never be taken
};

// Exceptions of one carrier to the table in fate.cpp, by command_status.
using Fates = std::map<std::uint32_t, Fate>;

// `status` is not ESME_ROK.
Fate fate_of(std::uint32_t status, const Fates& exceptions);

}  // namespace pulih::carriers
