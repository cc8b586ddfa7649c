// The table of mobile networks and the fronts of their numbers (config/numbering), so that an
// operator writes `prefixes: [telkomsel]` and not nine numbers. Data, not code: a new block of
// numbers is a line in that file.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/values.hpp"

namespace pulih::config {

struct Networks {
  std::filesystem::path file;
  std::map<std::string, std::vector<std::string>, std::less<>> prefixes;  // by network
  Fault fault;  // what is wrong with the file, when there are none
};

// Never fails: a table that is missing or wrong is told where a network's name is used.
Networks read_networks(const std::filesystem::path& file);

// "62811", or "telkomsel" for all of that network's.
Parsed<std::vector<std::string>> parse_prefix_or_network(std::string_view typed,
                                                         const Networks& networks);

}  // namespace pulih::config
