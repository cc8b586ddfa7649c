// pulihctl: what an operator types. Each command is a row of the table at the end; what it does is
// in the room that owns the matter. Exit codes: 0 done or accepted, 1 refused or failed, 2 no such
// account, 78 a bad configuration.
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "config/settings.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/central/embedded.hpp"
#include "daemon/central/seed.hpp"

namespace pulih {
namespace {

constexpr int exit_refused = 1, exit_absent = 2, exit_configuration = 78;

int fail(const std::string& why, int code = exit_refused) {
  std::fprintf(stderr, "pulihctl: %s\n", why.c_str());
  return code;
}

// The embedded central database of a configuration, open for one command.
struct Site {
  config::Settings settings;
  accounts::SiteKeys keys;
  accounts::SystemEntropy entropy;
  central::EmbeddedCentral central;

  Site(config::Settings read, const accounts::SiteKey& key)
      : settings(std::move(read)), keys(key), central(settings.central_database, keys, entropy) {}
};

template <class Command>
int at_site(const std::string& file, Command&& command) {
  auto settings = config::read_settings(file);
  if (!settings) {
    for (const auto& error : settings.error()) std::fprintf(stderr, "%s\n", error.text().c_str());
    return exit_configuration;
  }
  const auto key = accounts::read_site_key(settings->site_key);
  if (!key) return fail(key.error(), exit_configuration);
  try {
    Site site(std::move(*settings), *key);
    return command(site);
  } catch (const central::Unavailable& error) {
    return fail(error.why);
  }
}

// In any spelling that a teacher could use.
std::optional<accounts::AccountKey> key_of(const Site& site, const std::string& id) {
  const auto heard = conversation::hear_identity(id, site.settings.policy.names, 2000);
  if (heard.name != conversation::NameHeard::understood) return std::nullopt;
  return site.keys.account(heard.id);
}

std::string time_of(accounts::Instant at) {
  if (at == accounts::Instant{}) return "never";
  const auto seconds = static_cast<std::time_t>(at.time_since_epoch().count());
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

int make_key(const std::string& path) {
  accounts::SystemEntropy entropy;
  const auto made = accounts::make_site_key(path, entropy);
  if (!made) return fail(made.error());
  std::printf(
      "%s: a new site key; keep a copy in a safe place, without it nothing here can be read\n",
      path.c_str());
  return 0;
}

int seed(Site& site, central::Seeding what) {
  what.domain = site.settings.policy.names.domain;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto began = std::chrono::steady_clock::now();
  const auto added = central::seed(site.central, what, [&](std::uint64_t done) {
    if (!terminal) return;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
    const double left =
        spent.count() / static_cast<double>(done) * static_cast<double>(what.count - done);
    std::fprintf(stderr, "\r%llu of %llu accounts, %.0f s left ",
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(what.count),
                 left);
  });
  if (terminal) std::fputc('\n', stderr);
  if (!added) return fail(added.error().why);
  std::printf("%zu made-up accounts added, %llu were there; the old password of each is %s\n",
              *added, static_cast<unsigned long long>(what.count - *added),
              central::seeded_password.data());
  return 0;
}

int show(Site& site, const std::string& id) {
  const auto key = key_of(site, id);
  if (!key) return fail("this is no account id; write it like budi12@guru.sd", exit_absent);
  const auto state = site.central.show(*key);
  if (!state) return fail(state.error().why);
  if (!*state) return fail("no such account", exit_absent);
  const auto& account = **state;
  std::printf(
      "password version   %u\nidentity version   %u\nrow version        %u\n"
      "password changed   %s\ncontact changed    %s\nactivated          %s\nlocked             %s\n"
      "change at login    %s\nphone              %s\ne-mail             %s\n",
      account.password_version, account.identity_version, account.row_version,
      time_of(account.password_changed).c_str(), time_of(account.contact_changed).c_str(),
      account.activated ? "yes" : "no", account.locked ? "yes" : "no",
      account.change_at_login ? ("before " + time_of(account.change_before)).c_str() : "no",
      account.phone.c_str(), account.email.c_str());
  return 0;
}

// One line from standard input, without echo on a terminal.
accounts::Secret read_password() {
  termios before{};
  const bool terminal = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    std::fputs("password: ", stderr);
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  std::string line;
  std::getline(std::cin, line);
  if (terminal) tcsetattr(STDIN_FILENO, TCSANOW, &before), std::fputc('\n', stderr);
  accounts::Secret password(line);
  sodium_memzero(line.data(), line.size());
  return password;
}

int verify(Site& site, const std::string& id) {
  const auto key = key_of(site, id);
  if (!key) return fail("this is no account id; write it like budi12@guru.sd", exit_absent);
  const auto verifier = site.central.verifier(*key);
  if (!verifier) return fail(verifier.error().why);
  if (!*verifier) return fail("no such account", exit_absent);
  const bool accepted = accounts::verify(read_password(), **verifier);
  std::puts(accepted ? "accepted" : "refused");
  return accepted ? 0 : exit_refused;
}

int change_phone(Site& site, const std::string& id, const std::string& phone) {
  const auto key = key_of(site, id);
  const auto number = accounts::Msisdn::from_normal_form(phone);
  if (!key) return fail("this is no account id; write it like budi12@guru.sd", exit_absent);
  if (!number) return fail("this is no number in international form; write it like 6281100000000");
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto changed = site.central.change_phone(*key, *number, now);
  if (!changed) return fail(changed.error().why);
  return *changed ? 0 : fail("no such account", exit_absent);
}

int set_locked(Site& site, const std::string& id, bool locked) {
  const auto key = key_of(site, id);
  if (!key) return fail("this is no account id; write it like budi12@guru.sd", exit_absent);
  const auto done = site.central.set_locked(*key, locked);
  if (!done) return fail(done.error().why);
  return *done ? 0 : fail("no such account", exit_absent);
}

}  // namespace
}  // namespace pulih

int main(int argc, char** argv) {
  if (sodium_init() < 0) return pulih::fail("libsodium cannot be initialised");
  CLI::App app("Pulih: the operator's tool");
  app.require_subcommand(1);
  std::string file = "/etc/pulih/pulih.yaml", id, path, phone;
  pulih::central::Seeding seeding;
  std::function<int()> chosen;
  const auto command = [&](CLI::App* under, const char* name, const char* what,
                           std::function<int()> run) {
    auto* made = under->add_subcommand(name, what);
    made->callback([&chosen, run = std::move(run)] { chosen = run; });
    return made;
  };
  const auto of_site = [&](auto run) { return [&file, run] { return pulih::at_site(file, run); }; };

  auto* key = app.add_subcommand("key", "the site key")->require_subcommand(1);
  command(key, "new", "make a site key", [&] { return pulih::make_key(path); })
      ->add_option("path", path, "the file to make")
      ->required();

  auto* accounts =
      app.add_subcommand("accounts", "the embedded central database")->require_subcommand(1);
  const auto account_command = [&](const char* name, const char* what, std::function<int()> run) {
    auto* made = command(accounts, name, what, std::move(run));
    made->add_option("--config", file, "the configuration file")->capture_default_str();
    return made;
  };
  const auto with_id = [&](CLI::App* made) {
    return made->add_option("id", id, "like budi12@guru.sd")->required();
  };
  auto* seed_command =
      account_command("seed", "fill it with made-up accounts",
                      of_site([&](pulih::Site& site) { return pulih::seed(site, seeding); }));
  seed_command->add_option("--count", seeding.count, "how many")->required();
  seed_command->add_option("--csv", seeding.csv, "list them: msisdn,id,birthdate");
  with_id(account_command("show", "versions and times",
                          of_site([&](pulih::Site& site) { return pulih::show(site, id); })));
  with_id(account_command("verify", "is this password accepted?",
                          of_site([&](pulih::Site& site) { return pulih::verify(site, id); })));
  auto* phone_command = account_command(
      "phone", "register another telephone",
      of_site([&](pulih::Site& site) { return pulih::change_phone(site, id, phone); }));
  with_id(phone_command);
  phone_command->add_option("number", phone, "like 6281100000000")->required();
  with_id(account_command("lock", "no resets", of_site([&](pulih::Site& site) {
                            return pulih::set_locked(site, id, true);
                          })));
  with_id(account_command("unlock", "resets again", of_site([&](pulih::Site& site) {
                            return pulih::set_locked(site, id, false);
                          })));
  CLI11_PARSE(app, argc, argv);
  return chosen();
}
