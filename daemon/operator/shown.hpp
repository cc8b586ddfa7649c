// What the daemon answered, as a person reads it on a terminal. Sections that this program does not
// know by name are shown as they are: a newer daemon's are not left out.
#pragma once
#include <chrono>
#include <string>

#include "daemon/operator/json.hpp"

namespace pulih::operators {

// All sections of a status, or one.
std::string shown(const Json& sections);

// "3 h 12 min", of the two largest units.
std::string shown(std::chrono::seconds time);

}  // namespace pulih::operators
