// See routes.hpp. It is asked once for each message and a country has a few dozen prefixes: a walk
// over short lists, and no table.
#include "daemon/carriers/routes.hpp"

#include <algorithm>

namespace pulih::carriers {

Choice choose(const std::vector<Route>& routes, std::string_view digits,
              engine::CarrierKey came_by) {
  Choice best;
  for (const auto& route : routes)
    for (const auto& prefix : route.prefixes)
      if (digits.starts_with(prefix) && prefix.size() > best.prefix.size())
        best = {Choice::Why::prefix, &route, prefix};
  if (best.route) return best;
  if (const auto last = std::ranges::find(routes, came_by, &Route::key); last != routes.end())
    return {Choice::Why::came_by, &*last, {}};
  const auto any = std::ranges::find_if(routes, [](const auto& r) { return r.prefixes.empty(); });
  if (any != routes.end()) return {Choice::Why::any, &*any, {}};
  return {Choice::Why::first, &routes.front(), {}};
}

std::string explained(const Choice& choice) {
  std::string goes = "goes by " + choice.route->name + ": ";
  switch (choice.why) {
    case Choice::Why::prefix:
      return goes + "the number begins with " + choice.prefix;
    case Choice::Why::came_by:
      return goes + "no carrier has its front in `prefixes`, and its owner last wrote by this one";
    case Choice::Why::any:
      return goes + "no carrier has its front in `prefixes`, and this one takes any number";
    case Choice::Why::first:
      return goes + "no carrier has its front in `prefixes` or takes any number; this one is first";
  }
  return goes;
}

}  // namespace pulih::carriers
