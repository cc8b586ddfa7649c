// The commands of pulihctl that ask the running daemon: status, carriers, trace. They need no
// secret of the configuration, only where the control socket is.
#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

namespace pulih {

class LiveCommands {
 public:
  // Adds them; the chosen one is put into `chosen`. Lives until that has run.
  LiveCommands(CLI::App& app, std::function<int()>& chosen);
  LiveCommands(const LiveCommands&) = delete;
  LiveCommands& operator=(const LiveCommands&) = delete;

 private:
  CLI::App* command(CLI::App& app, const char* name, const char* what,
                    std::function<int(const std::filesystem::path& socket)> run);
  int show(const std::filesystem::path& socket, const char* section) const;
  int trace(const std::filesystem::path& socket) const;

  std::function<int()>& chosen_;
  std::string configuration_ = "/etc/pulih/pulih.yaml";
  bool json_ = false;
  std::string carrier_, number_, time_ = "5m", file_;
};

}  // namespace pulih
