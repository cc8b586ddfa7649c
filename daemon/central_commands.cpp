// See central_commands.hpp. Exit codes as pulihctl's others: 0 done, 2 it could not be done, 64 a
// wrong command line. A password that was made goes to standard output alone, so that it can be
// sent into a file; what a person reads beside it goes to standard error.
#include "daemon/central_commands.hpp"

#include <cstdio>

#include "daemon/exits.hpp"

namespace pulih {
namespace {

int tell(const tl::expected<std::string, central::Unavailable>& told) {
  if (!told) return fail(told.error().why);
  std::puts(told->c_str());
  return 0;
}

int tell(const tl::expected<void, central::Unavailable>& done, const std::string& text) {
  if (!done) return fail(done.error().why);
  std::puts(text.c_str());
  return 0;
}

}  // namespace

CLI::App* CentralCommands::command(CLI::App& under, const char* name, const char* what,
                                   std::function<int(central::PostgresqlOwner&)> run) {
  auto* made = under.add_subcommand(name, what);
  made->add_option("--uri", uri_, "the database, like postgresql:///accounts, without a password")
      ->envname("PULIH_CENTRAL_URI");
  made->callback([this, run = std::move(run)] {
    chosen_ = [this, run] {
      if (uri_.empty())
        return fail("which database? --uri postgresql:///accounts, or PULIH_CENTRAL_URI",
                    exit_usage);
      try {
        // Its password: PGPASSWORD or ~/.pgpass, as for psql.
        central::PostgresqlOwner owner({uri_, {}, "pulihctl"});
        return run(owner);
      } catch (const central::Unavailable& error) {
        return fail(error.why);
      }
    };
  });
  return made;
}

CentralCommands::CentralCommands(CLI::App& app, std::function<int()>& chosen) : chosen_(chosen) {
  auto* central = app.add_subcommand("central", "the central account database, for its owner");
  central->require_subcommand(1);
  command(*central, "init", "make its schema, or bring it to this release",
          [](central::PostgresqlOwner& owner) { return tell(owner.init()); });
  auto* enrolling =
      command(*central, "enrol", "a new gateway; its password goes to standard output",
              [this](central::PostgresqlOwner& owner) { return enrol(owner); });
  enrolling->add_option("site", site_, "as in the gateway's configuration")->required();
  enrolling->add_option("--region", region_, "whose accounts it serves")->required();
  enrolling->add_flag("--behind-hub", behind_hub_, "the hub speaks for it: no login is made");
  command(*central, "admit", "the copy of a gateway that meets next takes the others' place",
          [this](central::PostgresqlOwner& owner) {
            return tell(owner.admit(site_), site_ + ": whichever copy comes next is the gateway");
          })
      ->add_option("site", site_, "as enrolled")
      ->required();
  command(*central, "restored", "a backup was restored: the gateways repeat what they know",
          [](central::PostgresqlOwner& owner) {
            return tell(owner.restored(),
                        "every gateway repeats what it was answered in the last "
                        "35 days, and compares its copy");
          });
  command(*central, "status", "its gateways, regions and what holds the feeds up",
          [](central::PostgresqlOwner& owner) { return tell(owner.status()); });
}

int CentralCommands::enrol(central::PostgresqlOwner& owner) const {
  accounts::SystemEntropy entropy;
  const auto made = owner.enrol(site_, region_, behind_hub_, entropy);
  if (!made) return fail(made.error().why);
  if (made->role.empty()) {
    std::fprintf(stderr, "%s: enrolled; enrol its certificate at the hub\n", site_.c_str());
    return 0;
  }
  std::fprintf(stderr, "%s: enrolled; it logs in as %s with the password on standard output\n",
               site_.c_str(), made->role.c_str());
  const auto password = made->password.reveal();
  std::fwrite(password.data(), 1, password.size(), stdout);
  std::fputc('\n', stdout);
  return 0;
}

}  // namespace pulih
