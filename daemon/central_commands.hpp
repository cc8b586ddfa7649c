// The commands of pulihctl for the owner of the central database: central init, enrol, admit,
// restored, status. They need no configuration of a gateway, only the owner's own way to the
// database, and are typed where that is.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "daemon/central/postgresql_owner.hpp"

namespace pulih {

class CentralCommands {
 public:
  // Adds them; the chosen one is put into `chosen`. Lives until that has run.
  CentralCommands(CLI::App& app, std::function<int()>& chosen);
  CentralCommands(const CentralCommands&) = delete;
  CentralCommands& operator=(const CentralCommands&) = delete;

 private:
  CLI::App* command(CLI::App& under, const char* name, const char* what,
                    std::function<int(central::PostgresqlOwner&)> run);
  int enrol(central::PostgresqlOwner& owner) const;

  std::function<int()>& chosen_;
  std::string uri_, site_, region_;
  bool behind_hub_ = false;
};

}  // namespace pulih
