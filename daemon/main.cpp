// pulihd: puts the parts together, and is the only file that knows them all. Reading it top to
// bottom tells what exists for how long: what is made first is gone last, and the links to the
// carriers are the last to come and the first to go.
#include <sodium.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>

#include "config/catalogue.hpp"
#include "config/settings.hpp"
#include "daemon/accounts/hashing_pool.hpp"
#include "daemon/accounts/keyring.hpp"
#include "daemon/accounts/memory.hpp"
#include "daemon/carriers/carriers.hpp"
#include "daemon/central/central.hpp"
#include "daemon/central_side.hpp"
#include "daemon/engine/engine_thread.hpp"
#include "daemon/exits.hpp"
#include "daemon/hub_main.hpp"
#include "daemon/operator/control.hpp"
#include "daemon/operator/events.hpp"
#include "daemon/operator/journal.hpp"
#include "daemon/operator/link_notices.hpp"
#include "daemon/operator/notices.hpp"
#include "daemon/operator/notify.hpp"
#include "daemon/operator/report.hpp"
#include "daemon/operator/service.hpp"
#include "daemon/operator/trace_desk.hpp"
#include "daemon/profiles.hpp"
#include "daemon/store/sqlite_store.hpp"
#include "daemon/store/waiting_rows.hpp"
#include "daemon/wall_clock.hpp"

namespace pulih {
namespace {

// Every error on a line of its own, as compilers say them.
int refuse(const std::vector<config::ConfigError>& errors) {
  for (const auto& error : errors) std::fprintf(stderr, "%s\n", error.text().c_str());
  return exit_configuration;
}

engine::Bounds bounds_of(const config::Settings& settings) {
  const auto& limits = settings.limits;
  engine::Bounds bounds;
  bounds.held_messages = limits.held_messages;
  bounds.receipts_waiting = limits.receipts_waiting;
  bounds.ussd_answer = limits.ussd_answer;
  bounds.operations_in_flight = limits.push_batch;
  bounds.operations_waiting = limits.operations_waiting;
  bounds.push_life = limits.push_retry;
  bounds.push_retry_first = limits.push_retry_first;
  bounds.push_retry_longest = limits.push_retry_longest;
  bounds.audit_life = limits.audit;
  bounds.operations_old = limits.operations_old;
  // A database that lies here is restored together with our own state.
  if (!std::holds_alternative<config::EmbeddedCentral>(settings.central))
    bounds.applied_life = limits.applied;
  return bounds;
}

operators::Notices::Names carrier_names(const config::Settings& settings,
                                        const accounts::SiteKeys& keys) {
  operators::Notices::Names names;
  for (const auto& carrier : settings.carriers)
    names.emplace(keys.carrier_id_tag(carrier.name, ""), carrier.name);
  return names;
}

// The texts of both languages: who chose one gets it, whichever is the site's default.
struct Phrasebooks {
  conversation::Phrasebook indonesian, english;
};
tl::expected<Phrasebooks, std::vector<config::ConfigError>> read_phrasebooks(
    const config::Settings& settings) {
  const auto& dialogue = settings.dialogue;
  std::string ussd;
  for (const auto& carrier : settings.carriers)
    if (ussd.empty()) ussd = carrier.ussd_code;
  const config::SiteWords words{dialogue.brand, dialogue.service_hours, dialogue.cost, ussd};
  const auto read = [&](const char* file) {
    return config::read_catalogue(dialogue.folder / file, words, settings.policy.offers,
                                  dialogue.zone);
  };
  auto indonesian = read("id.yaml");
  auto english = read("en.yaml");
  std::vector<config::ConfigError> errors;
  for (const auto* each : {&indonesian, &english})
    if (!*each) errors.insert(errors.end(), each->error().begin(), each->error().end());
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return Phrasebooks{std::move(*indonesian), std::move(*english)};
}

// The engine's slow work, done by the pool; the result comes back through the intake.
class Workers final : public engine::Workers {
 public:
  Workers(const config::Settings& settings, engine::Intake& intake)
      : pool_({settings.limits.hashing_cost, settings.limits.hashing_threads,
               settings.limits.hashing_queue, sealing_key_of(settings)},
              [&intake](accounts::HashingResult result) {
                intake.put(engine::WorkDone{result.ticket, std::move(result.password),
                                            std::move(result.verifier), result.matches,
                                            std::move(result.sealed)});
              }) {}

  bool offer(std::uint64_t ticket, conversation::PasswordWork work) override {
    accounts::HashingJob job{ticket, std::move(work.password), std::nullopt, work.operation,
                             std::move(work.account_id)};
    if (work.purpose == conversation::PasswordWork::Purpose::repeated)
      job.against = std::move(work.against);
    return pool_.offer(std::move(job));
  }

 private:
  static std::optional<accounts::SealingKey> sealing_key_of(const config::Settings& settings) {
    const auto* hub = std::get_if<config::HubCentral>(&settings.central);
    return hub == nullptr ? std::nullopt : hub->sealing_key;
  }

  accounts::HashingPool pool_;
};

operators::Json told(const tl::expected<store::WaitingRows, std::string>& rows) {
  if (!rows) return {{"trouble", rows.error()}};
  return {{"messages_waiting", rows->outbound}, {"operations_waiting", rows->operations}};
}

constexpr auto slow_batch = std::chrono::seconds{2};

// The wall clock against the one that nobody sets.
struct ClockPair {
  std::chrono::system_clock::time_point wall = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();

  // By how much the wall clock was set since the last call; small corrections are no jump.
  std::chrono::seconds jumped() {
    const ClockPair before = std::exchange(*this, {});
    const auto set = (wall - before.wall) - (steady - before.steady);
    const auto seconds = std::chrono::round<std::chrono::seconds>(set);
    return std::chrono::abs(seconds) < std::chrono::seconds{5} ? std::chrono::seconds{0} : seconds;
  }
};

// What the thread of the carriers does when something changes on the central side: it binds when
// there are accounts to look up, and ends when this gateway is no longer the one.
struct Serving {
  boost::asio::io_context& io;
  carriers::Carriers& carriers;
  operators::Journal& journal;
  const CentralSide* central = nullptr;
  operators::Notify notify{};
  bool bound = false;

  void look() {
    if (central == nullptr) return;
    if (central->fenced()) return io.stop();
    if (bound || !central->ready()) return;
    bound = true;
    carriers.start();
    notify.status("serving");
    journal.event(operators::event::ready, "ready for messages");
  }
};

// From the first bind to the last unbind: until a signal comes, or another gateway.
void serve(Serving& serving, engine::EngineThread& thread) {
  auto& journal = serving.journal;
  ClockPair clocks;
  operators::Work work;
  // A call to the central database over a bad link takes a minute, not a quarter of an hour.
  work.threads = {
      {"engine", [&] { return thread.heartbeat(); }},
      {"central", [&] { return serving.central->heartbeat(); }, std::chrono::minutes{15}}};
  // A first copy may take hours, and systemd does not wait for it.
  work.begun = [&] {
    serving.notify.ready("the first copy of the accounts is being made");
    serving.look();
  };
  work.beat = [&] {
    if (const auto slowest = thread.take_slowest(); slowest >= slow_batch)
      journal.event(operators::event::store_slow,
                    "a batch took " + std::to_string(slowest.count()) + " s to be on disk",
                    {{"MILLISECONDS", std::to_string(slowest.count() * 1000)}});
    if (const auto jump = clocks.jumped(); jump != std::chrono::seconds{0})
      journal.event(operators::event::clock_jumped,
                    "the clock was set; codes and pauses moved with it",
                    {{"SECONDS", std::to_string(jump.count())}});
  };
  work.ending = "unbinding from the carriers";
  work.end = [&] {
    if (serving.bound) serving.carriers.stop();
  };
  work.ended = [&] { return !serving.bound || serving.carriers.stopped(); };
  operators::serve(serving.io, journal, work);
}

void tell_of_the_start(const config::Settings& settings, operators::Journal& journal) {
  for (const auto& warning : settings.warnings)
    journal.event(operators::event::configuration_warning, warning.text());
  for (const auto& shortfall : accounts::keep_memory_out_of_files())
    journal.event(operators::event::memory_not_locked,
                  shortfall.what + "; " + shortfall.why + "; " + shortfall.hint);
  journal.event(operators::event::started, "starting");
}

// `pulihctl key rotate` says that there is another data key. What the keyring held before is all
// that is needed to open it: the site key may be another one by now.
void answer_to_keys(const config::Settings& settings, accounts::SiteKeys& keys,
                    operators::Journal& journal, operators::Asked& asked) {
  const auto known = keys.data_key();
  const auto ring =
      accounts::read_keyring(settings.state_dir / accounts::keyring_file, std::span(&known, 1));
  if (!ring) return asked.refuse(ring.error());
  const auto before = keys.data_keys();
  if (!keys.learn(*ring))
    return asked.refuse("this process has had " + std::to_string(before) +
                        " data keys; start it anew: systemctl restart pulihd");
  if (keys.data_keys() != before)
    journal.event(operators::event::keys_learnt, "rows are sealed under another key from now on");
  asked.tell({{"data_keys", keys.data_keys()}, {"names_rows", true}});
  asked.end();
}

int run(const config::Settings& settings, const Phrasebooks& phrasebooks) {
  operators::Journal journal(settings.site, settings.limits.journal_queue);
  tell_of_the_start(settings, journal);

  // The folder is ours before its keys are read: from then on nobody gives one up unheard.
  store::SqliteStore store(settings.state_dir);
  const auto ring = accounts::read_ring_of_site(settings.site_key, settings.state_dir);
  if (!ring) {
    journal.event(operators::event::configuration_refused, ring.error());
    return exit_configuration;
  }
  accounts::SiteKeys keys(*ring);
  store.name_rows_by(keys);
  accounts::SystemEntropy entropy;  // of the engine's thread
  operators::Notices notices(journal, carrier_names(settings, keys));
  operators::LinkNotices link_notices(journal);

  engine::Intake intake(settings.limits.intake_queue);
  boost::asio::io_context io(1);
  const std::array<const conversation::Phrasebook*, 2> books = {&phrasebooks.indonesian,
                                                                &phrasebooks.english};
  std::vector<carriers::Profile> profiles;
  for (const auto& carrier : settings.carriers) {
    profiles.push_back(profile_of(carrier, settings.limits, keys));
    if (auto& ussd = profiles.back().ussd) {
      const auto& book = *books[static_cast<std::size_t>(settings.policy.language)];
      ussd->busy = book.render({conversation::Text::U17, {}}).reveal();
    }
  }
  carriers::Carriers carriers(
      std::move(profiles),
      {io, intake, keys, link_notices, [] { return randombytes_random(); }, wall_clock});
  Workers workers(settings, intake);
  Serving serving{io, carriers, journal};
  const auto central =
      CentralSide::of({settings, keys, journal, store.contact_cursor(),
                       [&](engine::Occurrence what) { intake.put(std::move(what)); },
                       [&] { boost::asio::post(io, [&] { serving.look(); }); }});
  serving.central = central.get();

  engine::Engine engine({store, carriers, workers, central->pusher(), notices, central->accounts(),
                         keys, entropy, books},
                        settings.policy, bounds_of(settings));
  {
    engine::EngineThread thread(engine, intake, settings.limits.batch_events, wall_clock);
    operators::Report report;
    report.add("daemon", [&, since = wall_clock()] {
      return operators::told({settings.site, since, journal.dropped()}, wall_clock());
    });
    report.add("engine", [&] { return operators::told(thread.counts()); });
    report.add("intake", [&]() -> operators::Json {
      return {{"waiting", intake.waiting()}, {"queue", settings.limits.intake_queue}};
    });
    report.add("store", [&] { return told(store::count_waiting(settings.state_dir)); });
    report.add("central", [&] { return central->told(thread.counts()); });
    report.add("carriers", [&] { return operators::told(carriers.states()); });
    operators::Control control(io);
    report.answer_at(control);
    control.answers("trace", operators::answer_to_trace(io, carriers));
    control.answers("keys", [&](const operators::Json&, operators::Asked& asked) {
      answer_to_keys(settings, keys, journal, asked);
    });
    if (!settings.control_socket.empty())
      if (const auto listens = control.listen(settings.control_socket); !listens)
        journal.event(operators::event::control_unavailable, listens.error());
    serve(serving, thread);
  }
  return central->fenced() ? exit_fenced : 0;
}

}  // namespace
}  // namespace pulih

int main(int argc, char** argv) {
  CLI::App app("Pulih: account recovery by SMS over SMPP");
  std::string file = "/etc/pulih/pulih.yaml";
  bool check_only = false;
  app.add_option("--config", file, "the configuration file")->capture_default_str();
  app.add_flag("--check-config", check_only, "check the configuration and its texts, then end");
  CLI11_PARSE(app, argc, argv);
  ::umask(0077);  // what is sealed is nobody else's to copy either
  if (sodium_init() < 0) return std::fputs("libsodium cannot be initialised\n", stderr), 1;

  if (pulih::config::is_hub(file)) {
    const auto hub = pulih::config::read_hub(file);
    if (!hub) return pulih::refuse(hub.error());
    if (check_only) return std::printf("%s: good\n", file.c_str()), 0;
    return pulih::run_hub(*hub);
  }
  const auto settings = pulih::config::read_settings(file);
  if (!settings) return pulih::refuse(settings.error());
  const auto phrasebooks = pulih::read_phrasebooks(*settings);
  if (!phrasebooks) return pulih::refuse(phrasebooks.error());
  if (check_only) return std::printf("%s: good\n", file.c_str()), 0;
  try {
    return pulih::run(*settings, *phrasebooks);
  } catch (const pulih::engine::StoreError& error) {
    std::fprintf(stderr, "%s\n", error.what());
  } catch (const pulih::central::Unavailable& error) {
    std::fprintf(stderr, "%s\n", error.why.c_str());
  }
  return 1;
}
