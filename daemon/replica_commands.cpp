// See replica_commands.hpp. Exit codes as pulihctl's others: 0 done, 2 it could not be done, 78 a
// bad configuration.
#include "daemon/replica_commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <optional>
#include <system_error>

#include "daemon/accounts/keyring.hpp"
#include "daemon/central/replica_carrying.hpp"
#include "daemon/engine/ports.hpp"
#include "daemon/exits.hpp"
#include "daemon/operator/progress.hpp"
#include "daemon/store/folder_lock.hpp"

namespace pulih {

ReplicaCommands::ReplicaCommands(CLI::App& app, std::function<int()>& chosen) : chosen_(chosen) {
  auto* replica = app.add_subcommand("replica", "the copy of the accounts of a database elsewhere");
  replica->require_subcommand(1);
  command(*replica, "export", "into a sealed file, for a new machine of this site",
          [this](const config::Settings& settings) { return export_to(settings); });
  command(*replica, "import", "from such a file, in place of days on the link",
          [this](const config::Settings& settings) { return import_from(settings); });
}

CLI::App* ReplicaCommands::command(CLI::App& under, const char* name, const char* what,
                                   std::function<int(const config::Settings&)> run) {
  auto* made = under.add_subcommand(name, what);
  made->add_option("file", file_, "the sealed file")->required();
  made->add_option("--key", key_,
                   "a key file that seals it in place of the site key (pulihctl key new)");
  made->add_option("--config", configuration_, "the configuration file")->capture_default_str();
  made->callback([this, run = std::move(run)] {
    chosen_ = [this, run] {
      const auto settings = config::read_settings(configuration_);
      if (settings) return run(*settings);
      for (const auto& error : settings.error()) std::fprintf(stderr, "%s\n", error.text().c_str());
      return exit_configuration;
    };
  });
  return made;
}

int ReplicaCommands::export_to(const config::Settings& settings) const {
  const auto replica = config::replica_of(settings);
  if (replica.empty())
    return fail("the central database is here: copy it as docs/operators.md says");
  const accounts::KeyringLock keys_stay(settings.state_dir, accounts::KeyringLock::How::shared);
  if (const auto held = keys_stay.held(); !held) return fail(held.error());
  const auto ring = accounts::read_ring_of_site(settings.site_key, settings.state_dir);
  if (!ring) return fail(ring.error());
  const auto key =
      accounts::read_site_key(key_.empty() ? settings.site_key : std::filesystem::path(key_));
  if (!key) return fail(key.error());
  std::error_code wrong;
  if (std::filesystem::exists(file_, wrong))
    return fail(file_ + ": it is there already; name a file that is not");
  // Under its own name it is whole.
  const auto part = file_ + ".part";
  std::filesystem::remove(part, wrong);
  const int made = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return fail(part + ": " + std::system_category().message(errno));
  ::close(made);
  std::ofstream out(part, std::ios::binary);
  operators::Progress progress("accounts");
  const auto rows =
      central::export_replica(replica, out, accounts::SiteKeys(*ring), *key, std::ref(progress));
  progress.end();
  out.close();
  wrong.clear();
  if (rows && out) std::filesystem::rename(part, file_, wrong);
  if (!rows || !out || wrong) {
    std::filesystem::remove(part, wrong);
    return fail(file_ + ": " +
                (rows ? "cannot be written; is there room on the medium?" : rows.error()));
  }
  std::printf("%s: %llu accounts\n", file_.c_str(), static_cast<unsigned long long>(*rows));
  return 0;
}

int ReplicaCommands::import_from(const config::Settings& settings) const {
  const auto replica = config::replica_of(settings);
  if (replica.empty()) return fail("the central database is here: there is no copy of it");
  const accounts::KeyringLock keys_stay(settings.state_dir, accounts::KeyringLock::How::shared);
  if (const auto held = keys_stay.held(); !held) return fail(held.error());
  const auto ring = accounts::read_ring_of_site(settings.site_key, settings.state_dir);
  if (!ring) return fail(ring.error());
  const auto key =
      accounts::read_site_key(key_.empty() ? settings.site_key : std::filesystem::path(key_));
  if (!key) return fail(key.error());
  std::ifstream in(file_, std::ios::binary);
  if (!in) return fail(file_ + ": " + std::system_category().message(errno));
  std::optional<store::FolderLock> lock;
  try {
    lock.emplace(settings.state_dir);
  } catch (const engine::StoreError& error) {
    return fail(error.what());
  }
  const accounts::SiteKeys keys(*ring);
  accounts::SystemEntropy entropy;
  operators::Progress progress("accounts");
  const auto rows = central::import_replica(in, {replica, settings.state_dir}, keys, *key, entropy,
                                            std::ref(progress));
  progress.end();
  if (!rows) return fail(file_ + ": " + rows.error());
  std::printf("%s: %llu accounts; type: systemctl start pulihd\n", replica.c_str(),
              static_cast<unsigned long long>(*rows));
  return 0;
}

}  // namespace pulih
