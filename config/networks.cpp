// See networks.hpp. The table is read by every program that reads a configuration, and what is
// wrong with it is told only to whoever uses it: an operator who lists prefixes never needs it.
#include "config/networks.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace pulih::config {

Networks read_networks(const std::filesystem::path& file) {
  Networks networks{file, {}, {}};
  try {
    for (const auto& entry : YAML::LoadFile(file.string())) {
      auto& prefixes = networks.prefixes[entry.first.as<std::string>()];
      for (const auto& node : entry.second) {
        auto prefix = parse_prefix(node.as<std::string>());
        if (!prefix) throw YAML::RepresentationException(node.Mark(), prefix.error().what);
        prefixes.push_back(std::move(*prefix));
      }
    }
  } catch (const YAML::BadFile&) {
    networks.fault = {"the table of networks cannot be read: " + file.string(),
                      "install the package anew, or list the prefixes themselves"};
  } catch (const YAML::Exception& error) {
    networks.prefixes.clear();
    networks.fault = {file.string() + ":" + std::to_string(error.mark.line + 1) + ":" +
                          std::to_string(error.mark.column + 1) + ": " + error.msg,
                      "mend the table, or list the prefixes themselves"};
  }
  return networks;
}

Parsed<std::vector<std::string>> parse_prefix_or_network(std::string_view typed,
                                                         const Networks& networks) {
  if (const auto network = networks.prefixes.find(typed); network != networks.prefixes.end())
    return network->second;
  auto prefix = parse_prefix(typed);
  if (prefix) return std::vector{std::move(*prefix)};
  const bool a_name = std::ranges::none_of(typed, [](char c) { return c >= '0' && c <= '9'; });
  if (!a_name) return tl::unexpected(std::move(prefix.error()));
  if (networks.prefixes.empty()) return tl::unexpected(networks.fault);
  std::string names;
  for (const auto& [name, prefixes] : networks.prefixes)
    names += (names.empty() ? "" : ", ") + name;
  return tl::unexpected(
      Fault{"'" + std::string(typed) +
                "' is neither the front of a number nor a "
                "network",
            "digits from the country code on, as in \"62811\", or one of " + names});
}

}  // namespace pulih::config
