// The commands of pulihctl that carry the copy of the accounts to another machine of the same site:
// replica export, replica import. They show how far they are on a terminal.
#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "config/settings.hpp"

namespace pulih {

class ReplicaCommands {
 public:
  // Adds them; the chosen one is put into `chosen`. Lives until that has run.
  ReplicaCommands(CLI::App& app, std::function<int()>& chosen);
  ReplicaCommands(const ReplicaCommands&) = delete;
  ReplicaCommands& operator=(const ReplicaCommands&) = delete;

 private:
  CLI::App* command(CLI::App& under, const char* name, const char* what,
                    std::function<int(const config::Settings&)> run);
  int export_to(const config::Settings& settings) const;
  int import_from(const config::Settings& settings) const;

  std::function<int()>& chosen_;
  std::string configuration_ = "/etc/pulih/pulih.yaml";
  std::string file_, key_;
};

}  // namespace pulih
