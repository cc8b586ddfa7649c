// pulihctl: what an operator types. Each command is a row of the table at the end; what it does is
// told in the room that owns the matter. Exit codes: 0 done or accepted, 1 refused, 2 no such
// account or it could not be done, 64 a wrong command line, 78 a bad configuration.
#include <sodium.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>

#include "config/settings.hpp"
#include "daemon/accounts/memory.hpp"
#include "daemon/carriers/interface_sheet.hpp"
#include "daemon/carriers/routes.hpp"
#include "daemon/central/account_commands.hpp"
#include "daemon/central_commands.hpp"
#include "daemon/exits.hpp"
#include "daemon/hub_commands.hpp"
#include "daemon/key_commands.hpp"
#include "daemon/live_commands.hpp"
#include "daemon/operator/progress.hpp"
#include "daemon/profiles.hpp"
#include "daemon/replica_commands.hpp"
#include "daemon/wall_clock.hpp"
#include "protocols/gsm/msisdn.hpp"

namespace pulih {
namespace {

int tell(const central::Done<std::string>& told) {
  if (!told) return fail(told.error().why);
  std::puts(told->c_str());
  return 0;
}

// One line from standard input, without echo on a terminal and without a buffer that outlives it.
accounts::Secret ask(const char* prompt) {
  termios before{};
  const bool terminal = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    std::fprintf(stderr, "%s: ", prompt);
    termios quiet = before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  constexpr std::size_t longest = 1000;
  accounts::WipedBytes line;
  line.reserve(longest);
  for (std::uint8_t octet = 0; line.size() < longest && read(STDIN_FILENO, &octet, 1) == 1;) {
    if (octet == '\n') break;
    line.push_back(octet);
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fputc('\n', stderr);
  }
  return accounts::Secret({reinterpret_cast<const char*>(line.data()), line.size()});
}

// The embedded central database of a configuration, open for one command.
struct Site {
  const config::Settings settings;
  const accounts::SiteKeys keys;
  accounts::SystemEntropy entropy;
  central::AccountRegister accounts;
  central::AccountCommands commands;

  // The driver is the embedded one.
  Site(config::Settings read, const accounts::KeyRing& ring, central::IfMissing if_missing)
      : settings(std::move(read)),
        keys(ring),
        accounts(std::get<config::EmbeddedCentral>(settings.central).database, keys, entropy,
                 if_missing),
        commands(accounts, keys, settings.policy.names) {}
};

int make_folder(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder)) return 0;
  if (::mkdir(folder.c_str(), 0700) != 0)
    return fail(folder.string() + ": " + std::system_category().message(errno) +
                "; make the folder that state_dir names, for the daemon's user");
  std::fprintf(stderr, "%s: made, for its owner only\n", folder.c_str());
  return 0;
}

// The configuration, or nothing after its errors have been told.
std::optional<config::Settings> settings_of(const std::string& file) {
  auto settings = config::read_settings(file);
  if (settings) return std::move(*settings);
  for (const auto& error : settings.error()) std::fprintf(stderr, "%s\n", error.text().c_str());
  return std::nullopt;
}

enum class Does : std::uint8_t { look, make, change };  // with the accounts

template <class Command>
int at_site(const std::string& file, Does does, Command&& command) {
  auto settings = settings_of(file);
  if (!settings) return exit_configuration;
  const auto* embedded = std::get_if<config::EmbeddedCentral>(&settings->central);
  if (embedded == nullptr)
    return fail(
        file + " names a central database elsewhere; its accounts are its owner's to change",
        exit_configuration);
  const auto if_missing =
      does == Does::make ? central::IfMissing::create : central::IfMissing::refuse;
  if (does == Does::make)
    if (const int failed = make_folder(embedded->database.parent_path())) return failed;
  // What is written under a key that is given up meanwhile could never be read again.
  std::optional<accounts::KeyringLock> keys_stay;
  if (does != Does::look) {
    keys_stay.emplace(settings->state_dir, accounts::KeyringLock::How::shared);
    if (const auto held = keys_stay->held(); !held) return fail(held.error());
  }
  const auto ring = accounts::read_ring_of_site(settings->site_key, settings->state_dir);
  if (!ring) return fail(ring.error(), exit_configuration);
  try {
    Site site(std::move(*settings), *ring, if_missing);
    return command(site);
  } catch (const central::Unavailable& error) {
    return fail(error.why);
  }
}

int seed(Site& site, central::Seeding what) {
  what.domain = site.settings.policy.names.domain;
  operators::Progress progress("accounts");
  const auto told =
      site.commands.seed(what, [&](std::uint64_t done) { progress(done, what.count); });
  progress.end();
  return tell(told);
}

int add(Site& site, const std::string& id, const std::string& phone) {
  central::AccountCommands::Details details{ask("birth date, like 17081985"), phone,
                                            ask("e-mail (empty: none)"), ask("first password")};
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(wall_clock()));
  return tell(site.commands.add(id, std::move(details), site.settings.limits.hashing_cost,
                                static_cast<std::uint32_t>(static_cast<int>(today.year()))));
}

int verify(Site& site, const std::string& id) {
  const auto verifier = site.commands.verifier(id);
  if (!verifier) return fail(verifier.error().why);
  const bool accepted = accounts::verify(ask("password"), *verifier);
  std::puts(accepted ? "accepted" : "refused");
  return accepted ? 0 : exit_refused;
}

int explain_route(const config::Settings& settings, const std::string& number,
                  const std::string& came_by) {
  constexpr std::uint8_t unknown_ton = 0;
  const auto digits = gsm::normal_form(number, unknown_ton);
  if (!digits)
    return fail("'" + number + "' is no telephone number; like 6281100000000", exit_usage);
  std::vector<carriers::Route> routes;
  for (const auto& carrier : settings.carriers)
    routes.push_back({routes.size() + 1, carrier.name, carrier.prefixes});
  const auto last = std::ranges::find(routes, came_by, &carriers::Route::name);
  if (!came_by.empty() && last == routes.end())
    return fail("there is no carrier '" + came_by + "' in the configuration", exit_usage);
  const auto choice = carriers::choose(routes, *digits, came_by.empty() ? 0 : last->key);
  std::printf("%s %s\n", digits->c_str(), carriers::explained(choice).c_str());
  const auto& carrier = settings.carriers[choice.route->key - 1];
  std::string others;
  for (const auto& name : carrier.stand_ins) others += (others.empty() ? "" : ", then ") + name;
  if (others.empty())
    std::printf("while %s is away its messages wait for it\n", carrier.name.c_str());
  else
    std::printf("after %s without %s: %s\n", config::written(carrier.stand_in_after).c_str(),
                carrier.name.c_str(), others.c_str());
  return 0;
}

int print_sheet(const config::Settings& settings, const std::string& name) {
  const auto carrier = std::ranges::find(settings.carriers, name, &config::Carrier::name);
  if (carrier == settings.carriers.end())
    return fail("there is no carrier '" + name + "' in the configuration");
  // The keys only name carriers towards each other here.
  const accounts::SiteKeys any_keys(accounts::SiteKey{});
  const auto profile = profile_of(*carrier, settings.limits, any_keys);
  std::fputs(carriers::interface_sheet(profile).c_str(), stdout);
  return 0;
}

// What was typed, and the command that it came to.
struct CommandLine {
  std::string configuration = "/etc/pulih/pulih.yaml", id, path, phone, carrier;
  central::Seeding seeding;
  std::function<int()> chosen;
};

CLI::App* command(CLI::App& under, const char* name, const char* what, CommandLine& line,
                  std::function<int()> run) {
  auto* made = under.add_subcommand(name, what);
  made->callback([&line, run = std::move(run)] { line.chosen = run; });
  return made;
}

void account_commands(CLI::App& accounts, CommandLine& line) {
  const auto of_site = [&](const char* name, const char* what, Does does, auto run) {
    auto* made = command(accounts, name, what, line,
                         [&line, does, run] { return at_site(line.configuration, does, run); });
    made->add_option("--config", line.configuration, "the configuration file")
        ->capture_default_str();
    return made;
  };
  const auto of_account = [&](const char* name, const char* what, Does does, auto run) {
    auto* made = of_site(name, what, does, run);
    made->add_option("id", line.id, "like budi12@guru.sd")->required();
    return made;
  };
  constexpr std::uint64_t most_seeded = 100'000'000, most_seeds = 1'000'000;
  auto* seeding = of_site("seed", "fill it with made-up accounts", Does::make,
                          [&](Site& site) { return seed(site, line.seeding); });
  seeding->add_option("--count", line.seeding.count, "how many")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, most_seeded));
  seeding->add_option("--csv", line.seeding.csv, "list them: msisdn,id,birthdate");
  seeding->add_option("--seed", line.seeding.seed, "another number makes other accounts")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, most_seeds));
  of_account("add", "one account; the rest is asked for", Does::make, [&](Site& site) {
    return add(site, line.id, line.phone);
  })->add_option("number", line.phone, "its telephone, like 6281100000000");
  of_account("show", "versions and times", Does::look,
             [&](Site& site) { return tell(site.commands.show(line.id)); });
  of_account("verify", "is the password accepted that standard input holds?", Does::look,
             [&](Site& site) { return verify(site, line.id); });
  of_account("phone", "register another telephone", Does::change,
             [&](Site& site) {
               return tell(site.commands.change_phone(line.id, line.phone, wall_clock()));
             })
      ->add_option("number", line.phone, "like 6281100000000")
      ->required();
  of_account("lock", "no resets", Does::change,
             [&](Site& site) { return tell(site.commands.set_locked(line.id, true)); });
  of_account("unlock", "resets again, also after too many wrong birth dates", Does::change,
             [&](Site& site) { return tell(site.commands.set_locked(line.id, false)); });
}

void carrier_commands(CLI::App& app, CommandLine& line) {
  const auto of_settings = [&](CLI::App& under, const char* name, const char* what, auto run) {
    auto* made = command(under, name, what, line, [&line, run] {
      const auto settings = settings_of(line.configuration);
      return settings ? run(*settings) : exit_configuration;
    });
    made->add_option("--config", line.configuration, "the configuration file")
        ->capture_default_str();
    return made;
  };
  auto* route = app.add_subcommand("route", "who sends to whom")->require_subcommand(1);
  auto* explain = of_settings(*route, "explain", "by which carrier a message to this number goes",
                              [&](const config::Settings& settings) {
                                return explain_route(settings, line.phone, line.carrier);
                              });
  explain->add_option("number", line.phone, "like 6281100000000")->required();
  explain->add_option("--came-by", line.carrier, "the carrier by which its owner last wrote");
  auto* carrier = app.add_subcommand("carrier", "the carriers")->require_subcommand(1);
  of_settings(*carrier, "sheet", "the interface sheet for this carrier's engineers",
              [&](const config::Settings& settings) { return print_sheet(settings, line.carrier); })
      ->add_option("name", line.carrier, "as in the configuration")
      ->required();
}

}  // namespace
}  // namespace pulih

int main(int argc, char** argv) {
  if (sodium_init() < 0) return pulih::fail("libsodium cannot be initialised");
  // What the system does not grant is the daemon's to tell.
  (void)pulih::accounts::keep_memory_out_of_files();
  pulih::CommandLine line;
  CLI::App app("Pulih: the operator's tool");
  app.require_subcommand(1);
  auto* accounts =
      app.add_subcommand("accounts", "the embedded central database")->require_subcommand(1);
  pulih::account_commands(*accounts, line);
  pulih::carrier_commands(app, line);
  const pulih::KeyCommands keys(app, line.chosen);
  const pulih::CentralCommands central(app, line.chosen);
  const pulih::HubCommands hub(app, line.chosen);
  const pulih::ReplicaCommands replica(app, line.chosen);
  const pulih::LiveCommands live(app, line.chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : pulih::exit_usage;
  }
  return line.chosen();
}
