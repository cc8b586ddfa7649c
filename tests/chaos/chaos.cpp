// The chaos of the sync: pulihd as a gateway and as a hub, and PostgreSQL, over a link of 64 kbit/s
// with 1.6 s there and back and 10 % loss, while each of them is killed, cut off or stopped at
// random and teachers reset their passwords. When all is quiet again everything that a teacher was
// told has to be so in the database, once, and the gateway's copy has to equal it.
//
//   pulih-chaos --kills 500 --cuts 200 --stops 50 --rotations 50 --seed 7 --pause 4000
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/chaos/checks.hpp"
#include "tests/chaos/storm.hpp"

namespace pulih::chaos {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  Dose dose;
  std::size_t teachers = 0;
  bool no_link = false;
  std::uint32_t lost = 100, patience = 300;
  std::string keep;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void line(const char* what, double figure) { std::printf("  %-48s %12.0f\n", what, figure); }

struct Times {
  double copied = 0, raged = 0, settled = 0, agreed = 0;
};

void print(const Options& options, const Storm& storm, const Teachers& teachers, Site& site,
           const Times& times) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.dose.seed));
  line("gateway killed", static_cast<double>(storm.count(Fault::gateway_killed)));
  line("hub killed", static_cast<double>(storm.count(Fault::hub_killed)));
  line("link cut", static_cast<double>(storm.count(Fault::link_cut)));
  line("PostgreSQL stopped at once", static_cast<double>(storm.count(Fault::database_stopped)));
  line("keys of the gateway changed", static_cast<double>(storm.count(Fault::keys_changed)));
  line("accounts changed at the center", static_cast<double>(storm.count(Fault::changed)));
  line("teachers", static_cast<double>(teachers.size()));
  constexpr const char* names[outcomes] = {"not told", "told that it was applied",
                                           "told that it was superseded", "told that it failed"};
  for (std::size_t outcome = 0; outcome < outcomes; ++outcome)
    line(names[outcome], static_cast<double>(std::count_if(
                             teachers.all().begin(), teachers.all().end(), [&](const auto& each) {
                               return each.outcome == static_cast<Outcome>(outcome);
                             })));
  line("messages that came again", static_cast<double>(teachers.repeated()));
  line("meetings", static_cast<double>(site.number("SELECT meetings FROM pulih.gateway")));
  if (auto* link = site.link())
    for (const auto end : {test::BadLink::End::one, test::BadLink::End::other}) {
      const bool up = end == test::BadLink::End::one;
      line(up ? "octets to the hub" : "octets from the hub",
           static_cast<double>(link->octets_from(end)));
      line(up ? "packets to it that were lost" : "packets from it that were lost",
           static_cast<double>(link->lost_from(end)));
    }
  line("s until the first copy was whole", times.copied);
  line("s of faults", times.raged);
  line("s after them until every teacher was told", times.settled);
  line("s more until the copy agreed", times.agreed);
}

// Until `pulihctl status` says that the copy has agreed with the database since then.
bool agrees(Site& site, Storm& storm, Clock::time_point since, std::chrono::seconds patience) {
  auto next_look = since;
  return storm.wait(patience, [&] {
    if (Clock::now() < next_look) return false;
    next_look = Clock::now() + std::chrono::seconds{1};
    return copy_agreed_within(site.status(), static_cast<std::int64_t>(seconds_since(since)) - 1);
  });
}

// From the first copy to the quiet after the storm.
Times live(const Options& options, Site& site, Storm& storm, Teachers& teachers,
           phone::SimulatedCarrier& carrier, Faults& found) {
  const std::chrono::seconds patience(options.patience);
  Times times;
  auto begin = Clock::now();
  if (!agrees(site, storm, begin, patience))
    return found.push_back("the first copy was never whole"), times;
  times.copied = seconds_since(begin);
  begin = Clock::now();
  std::size_t begun = 0;
  storm.rage(teachers, [&](std::size_t fault, std::size_t all) {
    for (; begun < teachers.size() * fault / all; ++begun) teachers.begin(carrier, begun);
  });
  times.raged = seconds_since(begin);
  begin = Clock::now();
  storm.wait(patience, [&] { return teachers.told() == teachers.size(); });
  times.settled = seconds_since(begin);
  if (site.rotate_keys() != 0) found.push_back("the keys could not be changed at the end");
  begin = Clock::now();
  if (!agrees(site, storm, begin, patience))
    found.push_back("the copy never agreed with the database");
  times.agreed = seconds_since(begin);
  return times;
}

void end_gateway(Site& site, boost::asio::io_context& io, Faults& found) {
  site.gateway().signal(SIGTERM);
  while (!site.gateway().ended()) io.run_for(std::chrono::milliseconds{20});
  if (site.gateway().end() != 0) found.push_back("the gateway did not end as asked");
}

int endure(const std::filesystem::path& programs, const Options& options) {
  std::optional<test::BadLink::Conditions> conditions;
  if (!options.no_link) {
    conditions.emplace().lost_per_thousand = options.lost;
    conditions->seed = options.dose.seed;
  }
  const auto& dose = options.dose;
  Teachers teachers(options.teachers != 0 ? options.teachers
                                          : 2 * (dose.kills + dose.cuts + dose.stops) + 10);
  Site site(programs, teachers.size(), conditions);
  site.enter();
  boost::asio::io_context io(1);
  phone::CarrierSettings settings;
  settings.port = 0;
  settings.password = "demo";
  phone::SimulatedCarrier* its = nullptr;
  phone::SimulatedCarrier carrier(
      io, settings,
      [&](const std::string& to, const std::string& text, phone::SimulatedCarrier::Shown) {
        teachers.hears(*its, to, text);
      });
  its = &carrier;
  site.configure_gateway(carrier.port());
  site.start_hub();
  site.start_gateway();
  Storm storm(dose, site, io);

  Faults found;
  const auto times = live(options, site, storm, teachers, carrier, found);
  found.insert(found.end(), storm.deaths().begin(), storm.deaths().end());
  end_gateway(site, io, found);
  check_told(teachers, found);
  check_applied(teachers, site, found);
  check_meetings(site, found);
  try {
    check_copy(site, found);
  } catch (const std::exception& failed) {
    found.push_back(std::string("the gateway's files: ") + failed.what());
  }
  print(options, storm, teachers, site, times);
  for (const auto& fault : found) std::printf("FAULT: %s\n", fault.c_str());
  if (!found.empty() && !options.keep.empty())
    std::filesystem::copy(site.folder(), options.keep,
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
  return found.empty() ? 0 : 1;
}

}  // namespace
}  // namespace pulih::chaos

int main(int argc, char** argv) {
  CLI::App app("Kills, cuts and crashes while passwords are reset");
  pulih::chaos::Options options;
  std::uint32_t pause = 1'500;
  app.add_option("--kills", options.dose.kills, "of the gateway, every fifth of the hub");
  app.add_option("--cuts", options.dose.cuts, "of the link");
  app.add_option("--stops", options.dose.stops, "of PostgreSQL, as a crash");
  app.add_option("--rotations", options.dose.rotations, "of the gateway's keys")
      ->capture_default_str();
  app.add_option("--seed", options.dose.seed, "of the faults and of the losses");
  app.add_option("--pause", pause, "ms between two faults, as a mean")->capture_default_str();
  app.add_option("--lost", options.lost, "packets of a thousand")->capture_default_str();
  app.add_option("--teachers", options.teachers, "one reset each; two for each fault otherwise");
  app.add_option("--patience", options.patience, "s, for what has to come")->capture_default_str();
  app.add_option("--keep", options.keep, "a folder for what the site left, after a fault");
  app.add_flag("--no-link", options.no_link, "on this machine alone, without a link to cut");
  CLI11_PARSE(app, argc, argv);
  options.dose.pause = std::chrono::milliseconds{pause};
  try {
    return pulih::chaos::endure(std::filesystem::canonical("/proc/self/exe").parent_path(),
                                options);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "pulih-chaos: %s\n", failed.what());
    return 1;
  }
}
