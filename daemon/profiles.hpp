// From the configuration's words about a carrier to what the room of carriers works with. Both
// programs need it: the daemon to bind, pulihctl to explain what the daemon would do.
#pragma once
#include "config/settings.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/carriers/profile.hpp"

namespace pulih {

carriers::Profile profile_of(const config::Carrier& carrier, const config::Limits& limits,
                             const accounts::SiteKeys& keys);

}  // namespace pulih
