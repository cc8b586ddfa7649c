// Two telephones and a site's key, for the tests of this room.
#pragma once
#include "daemon/accounts/keys.hpp"

namespace pulih::carriers {

inline const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
inline const auto ibu = accounts::Msisdn::from_value(6281100000001);
inline const auto bapak = accounts::Msisdn::from_value(6281100000002);

}  // namespace pulih::carriers
