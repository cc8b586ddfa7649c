// The commands of pulihctl for the hub's operator: hub enrol, rotate, revoke, list, which write the
// file of sites, and seal-key. A running hub reads the file of sites anew by itself; a connection
// whose certificate is gone from it ends within seconds.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "daemon/hub/sites.hpp"

namespace pulih {

class HubCommands {
 public:
  // Adds them; the chosen one is put into `chosen`. Lives until that has run.
  HubCommands(CLI::App& app, std::function<int()>& chosen);
  HubCommands(const HubCommands&) = delete;
  HubCommands& operator=(const HubCommands&) = delete;

 private:
  // What a command does to the sites: true when they are to be written.
  using Change = std::function<tl::expected<bool, std::string>(hub::Sites&)>;
  CLI::App* command(CLI::App& under, const char* name, const char* what, Change change);
  int at_sites(const Change& change) const;

  std::function<int()>& chosen_;
  std::string configuration_ = "/etc/pulih/pulih.yaml", site_, region_, certificate_, seal_key_;
};

}  // namespace pulih
