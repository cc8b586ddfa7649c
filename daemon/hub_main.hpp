// pulihd with `role: hub`: the same program beside the central database, where it lets gateways in
// that reach it over bad links, and speaks to the database in their names.
#pragma once
#include "config/hub.hpp"

namespace pulih {

// Until a signal ends it; the exit code of the program.
int run_hub(const config::Hub& settings);

}  // namespace pulih
