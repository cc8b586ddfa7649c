// See hub_commands.hpp. Exit codes as pulihctl's others: 0 done, 2 it could not be done, 78 a bad
// configuration.
#include "daemon/hub_commands.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cstdio>
#include <filesystem>

#include "config/hub.hpp"
#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/sealed_password.hpp"
#include "daemon/exits.hpp"

namespace pulih {
namespace {

tl::expected<bool, std::string> then_write(const tl::expected<void, std::string>& done) {
  if (!done) return tl::unexpected(done.error());
  return true;
}

int make_seal_key(const std::string& file) {
  accounts::SystemEntropy entropy;
  const auto made = accounts::make_opening_key(file, entropy);
  if (!made) return fail(made.error());
  std::fprintf(stderr,
               "%s: this hub's key; keep a copy in a safe place. Its public half, for every "
               "gateway (central.sealing_key):\n",
               file.c_str());
  std::puts(accounts::in_hex(*made).c_str());
  return 0;
}

}  // namespace

int HubCommands::at_sites(const Change& change) const {
  const auto file = config::read_sites_file(configuration_);
  if (!file) {
    for (const auto& error : file.error()) std::fprintf(stderr, "%s\n", error.text().c_str());
    return exit_configuration;
  }
  // Until this process ends: another one that would change the file waits.
  const auto folder = file->has_parent_path() ? file->parent_path() : std::filesystem::path(".");
  const int held = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (held < 0 || ::flock(held, LOCK_EX) != 0)
    return fail(folder.string() + " cannot be locked; type: ls -ld " + folder.string());
  auto sites = hub::Sites::read(*file);
  if (!sites) return fail(sites.error());
  const auto changed = change(*sites);
  if (!changed) return fail(changed.error());
  if (!*changed) return 0;
  if (const auto written = sites->write(*file); !written) return fail(written.error());
  return 0;
}

CLI::App* HubCommands::command(CLI::App& under, const char* name, const char* what, Change change) {
  auto* made = under.add_subcommand(name, what);
  made->add_option("--config", configuration_, "the hub's configuration")->capture_default_str();
  made->callback([this, change = std::move(change)] {
    chosen_ = [this, change] { return at_sites(change); };
  });
  return made;
}

HubCommands::HubCommands(CLI::App& app, std::function<int()>& chosen) : chosen_(chosen) {
  auto* hub = app.add_subcommand("hub", "which gateways may connect to this hub");
  hub->require_subcommand(1);
  const auto for_site = [this](CLI::App* made, bool needs_certificate) {
    made->add_option("site", site_, "as in the gateway's configuration")->required();
    auto* file = made->add_option("--certificate", certificate_, "the gateway's, as PEM");
    if (needs_certificate) file->required();
    return made;
  };
  auto* enrolling = command(*hub, "enrol", "a gateway, by its certificate",
                            [this](hub::Sites& sites) -> tl::expected<bool, std::string> {
                              const auto hash = hub::certificate_hash(certificate_);
                              if (!hash) return tl::unexpected(hash.error());
                              return then_write(sites.enrol({site_, region_, *hash}));
                            });
  for_site(enrolling, true)
      ->add_option("--region", region_, "as the central database has it")
      ->required();
  for_site(command(*hub, "rotate", "a gateway's next certificate, beside the one it has",
                   [this](hub::Sites& sites) -> tl::expected<bool, std::string> {
                     const auto hash = hub::certificate_hash(certificate_);
                     if (!hash) return tl::unexpected(hash.error());
                     return then_write(sites.rotate(site_, *hash));
                   }),
           true);
  for_site(command(*hub, "revoke", "a gateway, or one certificate of it: its connection ends",
                   [this](hub::Sites& sites) -> tl::expected<bool, std::string> {
                     std::optional<hub::CertificateHash> only;
                     if (!certificate_.empty()) {
                       const auto hash = hub::certificate_hash(certificate_);
                       if (!hash) return tl::unexpected(hash.error());
                       only = *hash;
                     }
                     if (sites.revoke(site_, only) == 0)
                       return tl::unexpected(site_ +
                                             " has no such certificate here; pulihctl hub " +
                                             "list names those there are");
                     return true;
                   }),
           false);
  command(*hub, "list", "who is enrolled",
          [](hub::Sites& sites) -> tl::expected<bool, std::string> {
            for (const auto& site : sites.all())
              std::printf("%s %s %s\n", site.name.c_str(), site.region.c_str(),
                          accounts::in_hex(site.certificate).c_str());
            return false;
          });
  auto* seal_key = hub->add_subcommand(
      "seal-key", "make the key that opens new passwords, where a directory keeps them");
  seal_key->add_option("file", seal_key_, "the file to make")->required();
  seal_key->callback([this] { chosen_ = [this] { return make_seal_key(seal_key_); }; });
}

}  // namespace pulih
