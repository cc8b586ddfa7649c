// pulih-simulate-carriers: a whole country's bad day. Four networks cut links, throttle and keep
// answers back while teachers reset their passwords through the real links and the real engine, and
// in the end every message is accounted for. Exits with 1 if one was lost or came twice for any
// other reason than an answer that could not be heard.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "daemon/store/sqlite_store.hpp"
#include "tests/simulation/carriers/town.hpp"
#include "tests/simulation/plain_store.hpp"

namespace pulih::simulation {
namespace {

// A folder of its own, gone in the end.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pulih-carriers-XXXXXX").string();
    if (::mkdtemp(name.data())) path = name;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

void row(const char* what, std::uint64_t count) {
  std::printf("  %-52s %12llu\n", what, static_cast<unsigned long long>(count));
}

// True: everything is as it has to be.
bool report(const Town& town) {
  const auto sums = town.sums();
  const auto& visits = town.visits();
  const auto& school = town.school();
  std::printf("what happened\n");
  row("turns (messages that teachers wrote)", visits.written());
  row("visits of teachers", visits.visits_over());
  row("passwords reset", visits.resets());
  row("messages handed to the carriers", sums.handed_over);
  row("connections cut or closed", sums.connections_lost);
  row("answers that throttled", town.throttled());
  row("times that the intake was full", town.refused());
  std::printf("twice, and could not be known\n");
  row("the connection was cut before the answer was heard", sums.doubled_by_cuts);
  row("the answer was kept back", sums.doubled_by_kept_answers);
  std::printf("what must not happen\n");
  row("lost", sums.lost);
  row("twice although the answer was heard", sums.doubled_after_answer);
  row("twice for no reason", sums.doubled_unexplained);
  row("handed over twice", sums.twice_handed_over);
  row("overtaken by a later one to the same number", sums.overtaken);
  row("not as it was sent", sums.unreadable);
  row("wrong answers", visits.wrong_answers());
  const std::uint64_t waiting = visits.teachers() - visits.visits_over();
  row("teachers who still wait", waiting);
  row("rows left in the store", town.rows_left());
  const std::uint64_t not_applied =
      school.superseded() + (visits.resets() > school.applied()
                                 ? visits.resets() - school.applied()
                                 : school.applied() - visits.resets());
  row("resets not applied just once", not_applied);
  row("faults that the engine noticed", town.notices());
  for (const auto& line : town.told()) std::printf("  %s\n", line.c_str());
  if (const auto trouble = visits.trouble(); !trouble.empty())
    std::printf("  %s\n", trouble.c_str());
  return sums.faults() + visits.wrong_answers() + waiting + town.rows_left() + not_applied +
             town.notices() ==
         0;
}

int run(const Weather& weather, const std::string& kind) {
  const Folder folder;
  std::unique_ptr<engine::Store> store;
  if (kind == "sqlite") {
    if (folder.path.empty()) return std::fputs("no folder for the store\n", stderr), 1;
    store = std::make_unique<store::SqliteStore>(folder.path);
  } else {
    store = std::make_unique<PlainStore>();
  }
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  std::uint64_t shown = 0;
  Town town(weather, *store);
  town.run([&](std::uint64_t written) {
    if (!terminal || written / 1000 == shown / 1000) return;
    shown = written;
    std::fprintf(stderr, "\r%llu of %llu turns", static_cast<unsigned long long>(written),
                 static_cast<unsigned long long>(weather.turns));
  });
  if (terminal) std::fputs("\r\033[K", stderr);
  const bool good = report(town);
  std::printf("seed %llu, store %s: %s\n", static_cast<unsigned long long>(weather.seed),
              kind.c_str(), good ? "passed" : "FAILED");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace pulih::simulation

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  pulih::simulation::Weather weather;
  std::string store = "memory";
  CLI::App app("Pulih: every message through four simulated networks, accounted for");
  app.add_option("--turns", weather.turns, "messages that teachers write")->capture_default_str();
  app.add_option("--seed", weather.seed, "what goes wrong, and who writes what")
      ->capture_default_str();
  app.add_option("--store", store, "memory or sqlite (durable, in a folder of its own)")
      ->check(CLI::IsMember({"memory", "sqlite"}))
      ->capture_default_str();
  const auto percent = CLI::Range(0.0, 50.0);
  app.add_option("--cuts", weather.cuts, "links cut, in % of the gateway's messages")
      ->check(percent)
      ->capture_default_str();
  app.add_option("--throttled", weather.throttled, "messages throttled, in %")
      ->check(percent)
      ->capture_default_str();
  app.add_option("--kept-back", weather.kept_back, "answers that come late or never, in %")
      ->check(percent)
      ->capture_default_str();
  app.add_option("--at-once", weather.at_once, "teachers who talk at the same time")
      ->check(CLI::Range(1, 20'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return pulih::simulation::run(weather, store);
}
