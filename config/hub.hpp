// The configuration of a hub: a file with `role: hub`, which has no carriers, no dialogue and no
// key of a site, only where it listens, whom it lets in and which database stands behind it.
#pragma once
#include "config/directory.hpp"
#include "config/settings.hpp"

namespace pulih::config {

struct Hub {
  std::string site = "hub";  // as the journal calls it
  Address listen;
  std::filesystem::path certificate, key, sites;
  std::uint32_t most_sites = 256;
  PostgresqlCentral central;             // without a replica
  std::optional<Directory> directory;    // that keeps the passwords; nothing: `central` does
  std::filesystem::path seal_key;        // opens what gateways seal; only with a directory
  std::filesystem::path control_socket;  // empty: none
  std::uint32_t journal_queue = 4096;
  std::vector<ConfigError> warnings;
};

// Whether this file is a hub's. One that cannot be read is not, so that whoever reads it next says
// what is wrong with it.
bool is_hub(const std::filesystem::path& file);

tl::expected<Hub, std::vector<ConfigError>> read_hub(
    const std::filesystem::path& file, const Surroundings& = surroundings_of_this_process());
tl::expected<Hub, std::vector<ConfigError>> hub_from(const std::string& text,
                                                     const std::filesystem::path& file,
                                                     const Surroundings&);

// The file of sites that this hub's configuration names; nothing else is looked at.
tl::expected<std::filesystem::path, std::vector<ConfigError>> read_sites_file(
    const std::filesystem::path& file);

}  // namespace pulih::config
