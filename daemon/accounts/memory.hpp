// Keeps what is in this process's memory out of files: no core dump, nothing in a dump that is
// forced all the same, no page in swap. What the system does not grant is told, and the daemon goes
// on.
#pragma once
#include <string>
#include <vector>

namespace pulih::accounts {

// For the journal.
struct Shortfall {
  std::string what;  // what could not be had, and the system's reason
  std::string why;   // what it means for secrets
  std::string hint;  // what an operator types
};

// Once, before the first secret is read.
std::vector<Shortfall> keep_memory_out_of_files();

}  // namespace pulih::accounts
