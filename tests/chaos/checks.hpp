// What has to be so when the storm is over and all is quiet: what teachers were told against what
// the database holds, and the gateway's copy against it. Each function names what is not so.
#pragma once
#include <string>
#include <vector>

#include "tests/chaos/site.hpp"
#include "tests/chaos/teachers.hpp"

namespace pulih::chaos {

using Faults = std::vector<std::string>;

// Every teacher heard how it ended, and nothing that she could not understand.
void check_told(const Teachers& teachers, Faults& found);
// Each change that a teacher was told of was made, once, and no other one.
void check_applied(const Teachers& teachers, Site& site, Faults& found);
// Nobody took the gateway for a copy of another one, or the database for a restored one.
void check_meetings(Site& site, Faults& found);
// Row by row, where the gateway has ended; and that it left nothing undone.
void check_copy(Site& site, Faults& found);

// Whether `pulihctl status` says that the copy agreed with the database within so many seconds.
bool copy_agreed_within(const std::string& status, std::int64_t seconds);

}  // namespace pulih::chaos
