// The whole daemon under load, beside the same program with a store that keeps nothing: turns a
// second with many under way, the time of one turn alone and at half the highest rate, and what it
// takes to hold and to reopen that many conversations. Both are measured in turn within one run,
// since only their ratio means the same on another machine; so are one bind and eight.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/bench/daemon/gateway.hpp"
#include "tests/bench/daemon/load.hpp"
#include "tests/bench/spread.hpp"

namespace pulih::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

struct Options {
  std::size_t people = 100'000;
  int runs = 5;
  int seconds = 4;
  std::vector<std::size_t> windows = {1000, 100};
};

class Bench {
 public:
  Bench(const Options& options, const fs::path& programs)
      : options_(options),
        programs_(programs),
        site_(programs, options.people),
        teachers_(site_.accounts()),
        load_(io_, teachers_) {}

  void run() {
    std::printf("%zu telephones, each with an open conversation\n", teachers_.size());
    for (const auto window : options_.windows) throughput(window);
    many_binds(options_.windows.front());
    latency();
    opening();
  }

 private:
  // With `name` as the program; opens every conversation first.
  std::unique_ptr<Gateway> started(const char* name, std::size_t window, const Binds& binds = {}) {
    site_.forget_conversations();
    teachers_ = Teachers(site_.accounts());
    site_.configure(load_.port(), window, binds);
    auto gateway = std::make_unique<Gateway>(programs_ / name, site_);
    wait_for(binds);
    (void)load_.one_step_each(1000);
    return gateway;
  }
  void wait_for(const Binds& binds) {
    if (load_.wait_for_binds(binds.all(), std::chrono::seconds{20})) return;
    std::fprintf(stderr, "bench_daemon: no bind, see %s\n", (site_.folder() / "journal").c_str());
    std::exit(1);
  }
  void stop(std::unique_ptr<Gateway>& gateway) {
    gateway->ask_to_end();
    while (!gateway->ended()) io_.run_one_for(milliseconds{10});
  }
  milliseconds time() const { return std::chrono::seconds{options_.seconds}; }
  void check() const {
    if (teachers_.wrong_answers() == 0) return;
    std::fprintf(stderr, "bench_daemon: %llu wrong answers, the first: %s\n",
                 static_cast<unsigned long long>(teachers_.wrong_answers()),
                 teachers_.first_wrong_answer().c_str());
    std::exit(1);
  }

  void throughput(std::size_t window) {
    Spread durable, forgetful, ratio, cpu;
    for (int run = 0; run < options_.runs; ++run) {
      auto gateway = started("bench_pulihd_without_store", window);
      forgetful.values.push_back(load_.always_under_way(window, time()).rate());
      stop(gateway);
      gateway = started("pulihd", window);
      const double before = gateway->cpu_seconds();
      const auto measured = load_.always_under_way(window, time());
      cpu.values.push_back((gateway->cpu_seconds() - before) / static_cast<double>(measured.turns) *
                           1e6);
      durable.values.push_back(measured.rate());
      ratio.values.push_back(forgetful.values.back() / durable.values.back());
      stop(gateway);
      check();
    }
    std::printf("window %zu: durable %.0f turns/s (%.0f to %.0f), %.1f us of CPU a turn\n", window,
                durable.at(0.5), durable.at(0), durable.at(1), cpu.at(0.5));
    std::printf("window %zu: without a store %.0f turns/s, %.2f times as many (%.2f to %.2f)\n",
                window, forgetful.at(0.5), ratio.at(0.5), ratio.at(0), ratio.at(1));
    if (highest_ == 0) highest_ = durable.at(0.5);
  }

  // The same load over one bind and over eight, of one carrier and of four.
  void many_binds(std::size_t window) {
    constexpr Binds eight[] = {{1, 8}, {4, 2}};
    struct {
      Spread rate, ratio, cpu;
    } of[std::size(eight)];
    Spread alone;
    const auto measure = [&](const Binds& binds, Spread& cpu) {
      auto gateway = started("pulihd", window, binds);
      const double before = gateway->cpu_seconds();
      const auto measured = load_.always_under_way(window, time());
      cpu.values.push_back((gateway->cpu_seconds() - before) / static_cast<double>(measured.turns) *
                           1e6);
      stop(gateway);
      check();
      return measured.rate();
    };
    Spread cpu_alone;
    for (int run = 0; run < options_.runs; ++run) {
      const double one = measure({}, cpu_alone);
      alone.values.push_back(one);
      for (std::size_t i = 0; i < std::size(eight); ++i) {
        of[i].rate.values.push_back(measure(eight[i], of[i].cpu));
        of[i].ratio.values.push_back(of[i].rate.values.back() / one);
      }
    }
    std::printf("one bind: %.0f turns/s (%.0f to %.0f), %.1f us of CPU a turn\n", alone.at(0.5),
                alone.at(0), alone.at(1), cpu_alone.at(0.5));
    for (std::size_t i = 0; i < std::size(eight); ++i)
      std::printf(
          "%zu carriers, %zu binds each: %.0f turns/s, %.2f of one bind's (%.2f to %.2f), %.1f us "
          "of "
          "CPU a turn\n",
          eight[i].carriers, eight[i].of_each, of[i].rate.at(0.5), of[i].ratio.at(0.5),
          of[i].ratio.at(0), of[i].ratio.at(1), of[i].cpu.at(0.5));
  }

  void latency() {
    for (const char* name : {"pulihd", "bench_pulihd_without_store"}) {
      auto gateway = started(name, 1000);
      const auto alone = load_.always_under_way(1, time());
      std::printf("%s, one turn at a time: median %.3f ms, p99 %.3f ms\n", name,
                  alone.milliseconds(0.5), alone.milliseconds(0.99));
      const auto half = load_.each_second(highest_ / 2, time());
      std::printf(
          "%s at %.0f turns/s: median %.2f ms, p99 %.2f ms, p99.9 %.2f ms, longest %.2f ms\n", name,
          half.rate(), half.milliseconds(0.5), half.milliseconds(0.99), half.milliseconds(0.999),
          half.milliseconds(1));
      stop(gateway);
      check();
    }
  }

  void opening() {
    auto gateway = started("pulihd", 1000);
    std::printf("%zu open conversations: %.0f MiB resident\n", teachers_.size(),
                gateway->resident_mebibytes());
    stop(gateway);
    const auto before = Clock::now();
    gateway = std::make_unique<Gateway>(programs_ / "pulihd", site_);
    wait_for({});
    const auto bound = Clock::now();
    (void)load_.always_under_way(1, milliseconds{1});
    std::printf("started again: bound after %.0f ms, the first answer after %.0f ms\n",
                std::chrono::duration<double, std::milli>(bound - before).count(),
                std::chrono::duration<double, std::milli>(Clock::now() - before).count());
    stop(gateway);
    check();
  }

  const Options options_;
  const fs::path programs_;
  Site site_;
  Teachers teachers_;
  boost::asio::io_context io_{1};
  Load load_;
  double highest_ = 0;
};

}  // namespace
}  // namespace pulih::bench

int main(int argc, char** argv) {
  CLI::App app("The whole daemon under load");
  app.allow_extras();  // `./do bench` hands every program the options of the others
  pulih::bench::Options options;
  app.add_option("--people", options.people, "open conversations")->capture_default_str();
  app.add_option("--runs", options.runs, "of each measure of turns a second")
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "of each run")->capture_default_str();
  app.add_option("--windows", options.windows, "turns under way")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  pulih::bench::Bench(options, std::filesystem::path(argv[0]).parent_path()).run();
  return 0;
}
