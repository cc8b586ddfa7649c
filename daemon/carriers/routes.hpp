// By which carrier a message goes: a walk over the carriers of the configuration, and the reason
// for its outcome. Pure, so that `pulihctl route explain` says what the daemon would do.
#pragma once
#include <string>
#include <vector>

#include "daemon/engine/occurrence.hpp"

namespace pulih::carriers {

struct Route {
  engine::CarrierKey key = 0;
  std::string name;
  std::vector<std::string> prefixes;  // empty: any number
};

struct Choice {
  enum class Why : std::uint8_t {
    prefix,   // the longest prefix that fits the number is this carrier's
    came_by,  // no prefix fits, and the person last wrote by this one
    any,      // no prefix fits, and this one takes any number
    first,    // nothing fits: the first carrier of the list
  } why = Why::first;
  const Route* route = nullptr;  // of the list that was asked
  std::string prefix;            // with Why::prefix
};

// `digits`: in normal form, "6281100001234". `came_by`: 0: never, or not known. `routes` is not
// empty.
//
// The prefix goes before the carrier that the message came by: the number's own carrier sees its
// messages in any case, and a carrier that delivers a message in somebody else's name must not get
// the code that follows.
Choice choose(const std::vector<Route>& routes, std::string_view digits,
              engine::CarrierKey came_by);

// "goes by indosat: the number begins with 62814", for an operator.
std::string explained(const Choice& choice);

}  // namespace pulih::carriers
