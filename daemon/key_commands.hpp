// The commands of pulihctl for the keys of a site: key new, rotate, retire, status. `rotate` seals
// everything in state_dir under another key while the daemon serves; it may be interrupted at any
// moment and typed again.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "config/settings.hpp"
#include "daemon/accounts/keyring.hpp"

namespace pulih {

class KeyCommands {
 public:
  // Adds them; the chosen one is put into `chosen`. Lives until that has run.
  KeyCommands(CLI::App& app, std::function<int()>& chosen);
  KeyCommands(const KeyCommands&) = delete;
  KeyCommands& operator=(const KeyCommands&) = delete;

 private:
  using Done = tl::expected<std::string, std::string>;  // what to print, or what is wrong
  CLI::App* command(CLI::App& under, const char* name, const char* what, std::function<Done()> run);
  CLI::App* of_site(CLI::App& under, const char* name, const char* what,
                    Done (KeyCommands::*run)(const config::Settings&));
  Done make() const;
  Done rotate(const config::Settings& settings);
  Done retire(const config::Settings& settings);
  Done status(const config::Settings& settings);

  std::function<int()>& chosen_;
  std::string configuration_ = "/etc/pulih/pulih.yaml", file_;
};

}  // namespace pulih
