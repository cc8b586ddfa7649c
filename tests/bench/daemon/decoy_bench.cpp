// Does the time of an answer tell a stranger whether what she sent was right? One stranger after
// another asks for an account with its own birth date, with a wrong one, or for an account that
// does not exist, in a drawn order; the times of the three are compared two by two with the
// Mann-Whitney test. A z beyond 3 either way is hardly chance.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tests/bench/daemon/gateway.hpp"
#include "tests/phone/simulated_carrier.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Times = std::vector<double>;  // microseconds

enum Kind : std::size_t { right, wrong_date, nobody };
constexpr const char* names[] = {"right", "wrong birth date", "no such account"};

double median(Times times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                   times.end());
  return times[times.size() / 2];
}

// Standard normal for large samples of the same distribution (Mann, Whitney 1947).
double mann_whitney(const Times& a, const Times& b) {
  std::vector<std::pair<double, bool>> all;
  for (const double time : a) all.emplace_back(time, true);
  for (const double time : b) all.emplace_back(time, false);
  std::sort(all.begin(), all.end());
  double ranks = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].second) ranks += static_cast<double>(i + 1);
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const double u = ranks - n * (n + 1) / 2;
  return (u - n * m / 2) / std::sqrt(n * m * (n + m + 1) / 12);
}

struct Request {
  Kind kind = right;
  std::string text;
};

std::vector<Request> requests(std::vector<Account> accounts, simulation::Seeded& chance) {
  std::vector<Request> all;
  for (auto& account : accounts) {
    const auto kind = static_cast<Kind>(chance.next() % 3);
    auto& day = account.birth_date[1];
    if (kind == wrong_date) day = day == '1' ? '2' : '1';
    if (kind == nobody) account.id[0] = account.id[0] == 'x' ? 'y' : 'x';
    all.push_back({kind, account.request()});
  }
  return all;
}

void report(const char* step, const std::array<Times, 3>& times) {
  for (std::size_t kind = 0; kind < 3; ++kind)
    std::printf("%s, %s: %zu answers, median %.1f us\n", step, names[kind], times[kind].size(),
                median(times[kind]));
  for (const auto& [a, b] : {std::pair{right, wrong_date}, {right, nobody}, {wrong_date, nobody}})
    std::printf("%s, %s against %s: z = %+.2f\n", step, names[a], names[b],
                mann_whitney(times[a], times[b]));
}

void run(const std::filesystem::path& programs, std::size_t accounts) {
  Site site(programs, accounts);
  boost::asio::io_context io(1);
  std::string waits_for;
  std::string answer;
  phone::CarrierSettings settings;
  settings.port = 27'750;
  settings.password = "bench";
  // Only real codes have receipts: what they cost is not to fall on the one who comes next.
  settings.faults = phone::FaultPlan::read("receipt-lost=100%", 1).value();
  phone::SimulatedCarrier carrier(
      io, settings,
      [&](const std::string& to, const std::string& text, phone::SimulatedCarrier::Shown) {
        if (to == waits_for) answer = text;
      });
  site.configure(settings.port, 10);
  Gateway gateway(programs / "pulihd", site);
  while (!carrier.bound()) io.run_one();

  simulation::Seeded chance(1);
  std::array<Times, 3> identified, sent;
  std::uint64_t number = 6281100000000 + 10'000'000;  // nobody's registered one
  const auto ask = [&](const std::string& text, const char* expected) {
    answer.clear();
    const auto before = Clock::now();
    carrier.send(waits_for, text);
    while (answer.empty()) io.run_one();
    const std::chrono::duration<double, std::micro> time = Clock::now() - before;
    if (answer.find(expected) == answer.npos) {
      std::fprintf(stderr, "bench_decoy: %s was answered: %s\n", text.c_str(), answer.c_str());
      std::exit(1);
    }
    return time.count();
  };
  for (const auto& request : requests(site.accounts(), chance)) {
    waits_for = std::to_string(++number);
    const double first = ask(request.text, "Bila data cocok");
    const double second = ask("1", "Bila data cocok");
    if (number % 1000000 < 200) continue;  // until all is warm
    identified[request.kind].push_back(first);
    sent[request.kind].push_back(second);
  }
  report("id and birth date", identified);
  report("code sent", sent);
  gateway.ask_to_end();
  while (!gateway.ended()) io.run_one_for(std::chrono::milliseconds{10});
}

}  // namespace
}  // namespace pulih::bench

int main(int argc, char** argv) {
  CLI::App app("The time of answers to strangers");
  app.allow_extras();  // `./do bench` hands every program the options of the others
  std::size_t accounts = 12'000;
  app.add_option("--accounts", accounts, "asked for, a third of each kind")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  pulih::bench::run(std::filesystem::path(argv[0]).parent_path(), accounts);
  return 0;
}
