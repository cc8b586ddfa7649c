// What a carrier's engineers want to know before they open a bind, on one page and out of the
// configuration, so that paper and program cannot differ; and what an operator has to ask them.
#pragma once
#include <string>

#include "daemon/carriers/profile.hpp"

namespace pulih::carriers {

// Plain text of at most 78 columns. Without the password, whatever else the profile holds.
std::string interface_sheet(const Profile& carrier);

}  // namespace pulih::carriers
