// The main() of the benchmarks. A benchmark named "work/pulih" is ours and "work/PEER" someone
// else's way of doing the same; after the usual table their ratios are printed, since only those
// mean the same on another machine.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <iomanip>
#include <map>
#include <string>

namespace {

class Ratios : public benchmark::ConsoleReporter {
 public:
  Ratios() : ConsoleReporter(isatty(STDOUT_FILENO) ? OO_ColorTabular : OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const std::string name = run.benchmark_name();
      const std::size_t slash = name.find('/');
      if (run.error_occurred || run.run_type != Run::RT_Iteration || slash == name.npos) continue;
      double& time = times_[name.substr(0, slash)][name.substr(slash + 1)];
      if (time == 0 || run.GetAdjustedCPUTime() < time) time = run.GetAdjustedCPUTime();
    }
  }

  void Finalize() override {
    for (const auto& [work, times] : times_) {
      const auto ours = times.find("pulih");
      if (ours == times.end()) continue;
      for (const auto& [peer, time] : times)
        if (peer != "pulih")
          GetOutputStream() << work << ": " << peer << " takes " << std::setprecision(3)
                            << time / ours->second << " times as long as pulih\n";
    }
  }

 private:
  // CPU time by work and by who does it; the best of repetitions.
  std::map<std::string, std::map<std::string, double>> times_;
};

}  // namespace

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  Ratios ratios;
  benchmark::RunSpecifiedBenchmarks(&ratios);
  benchmark::Shutdown();
  return 0;
}
