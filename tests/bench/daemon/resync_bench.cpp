// What teachers feel of a resync: turns a second while the gateway fetches every account anew from
// a PostgreSQL on this machine, beside the same gateway's turns while nothing is to be fetched, in
// turns within one run. The bar: at least 80 %. PostgreSQL has the lowest priority here, since in
// service it has a machine of its own.
#include <pwd.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "daemon/operator/asking.hpp"
#include "tests/bench/daemon/gateway.hpp"
#include "tests/bench/daemon/load.hpp"
#include "tests/bench/spread.hpp"
#include "tests/central/cluster.hpp"

namespace pulih::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

struct Options {
  std::uint64_t rows = 300'000;
  std::size_t people = 100'000, window = 1'000;
  int runs = 3, seconds = 3;
};

class Bench {
 public:
  Bench(const Options& options, const fs::path& programs)
      : options_(options),
        programs_(programs),
        site_(programs, central_of(options)),
        teachers_(accounts()),
        load_(io_, teachers_) {}

  int run() {
    site_.configure(load_.port(), options_.window);
    Gateway gateway(programs_ / "pulihd", site_);
    std::fprintf(stderr, "the first copy …\n");
    if (!load_.wait_for_binds(1, std::chrono::minutes{5})) return wrong("no bind");
    (void)load_.one_step_each(options_.window);
    Spread ratios;
    for (int run = 0; run < options_.runs; ++run) {
      const auto idle = measured();
      change_every_account();
      const auto before = rows_changed();
      const auto busy = measured();
      const auto rows = rows_changed() - before;
      if (rows == 0 || rows_changed() == options_.rows * (static_cast<std::uint64_t>(run) + 1))
        return wrong("the resync did not last as long as the load: more --rows");
      std::printf("idle %.0f turns/s, while %.0f rows a second came %.0f turns/s: %.1f %%\n",
                  idle.rate(), static_cast<double>(rows) / busy.seconds, busy.rate(),
                  100 * busy.rate() / idle.rate());
      ratios.values.push_back(busy.rate() / idle.rate());
      wait_until_whole(static_cast<std::uint64_t>(run) + 1);
    }
    std::printf("turns during a resync: %.1f %% (%.1f-%.1f) of the idle figure\n",
                100 * ratios.at(0.5), 100 * ratios.at(0), 100 * ratios.at(1));
    gateway.ask_to_end();
    while (!gateway.ended()) io_.run_one_for(milliseconds{10});
    if (teachers_.wrong_answers() != 0) return wrong(teachers_.first_wrong_answer().c_str());
    return 0;
  }

 private:
  static int wrong(const char* what) {
    std::fprintf(stderr, "bench_resync: %s\n", what);
    return 1;
  }
  std::string central_of(const Options& options) {
    database_.enrol("bench", "papua");
    std::fprintf(stderr, "making %llu accounts …\n", static_cast<unsigned long long>(options.rows));
    database_.script(
        "INSERT INTO pulih.account (region, id, birth_date, phone, email) "
        "SELECT 'papua', 'guru' || n || '@guru.sd', '1985-08-17', 6281100000000 + n, "
        "'guru' || n || '@example.org' FROM generate_series(1, " +
        std::to_string(options.rows) + ") AS n");
    database_.sql("VACUUM ANALYZE pulih.account");
    if (const auto* user = ::getpwnam("postgres")) (void)::setpriority(PRIO_USER, user->pw_uid, 19);
    const auto place = database_.place_of("bench");
    return "{driver: postgresql, uri: \"" + place.uri + "\", password: {value: \"" +
           std::string(place.password.reveal()) + "\"}, poll: 1s}";
  }
  std::vector<Account> accounts() const {
    std::vector<Account> all;
    for (std::uint64_t n = 1; n <= options_.people; ++n)
      all.push_back(
          {std::to_string(6281100000000 + n), "guru" + std::to_string(n) + "@guru.sd", "17081985"});
    return all;
  }
  // What a nightly job of somebody's does: each row is another one afterwards.
  void change_every_account() {
    database_.sql("UPDATE pulih.account SET password_changed = clock_timestamp()");
  }
  std::uint64_t rows_changed() {
    auto asking = operators::Asking::begin(site_.folder() / "control.sock", {{"ask", "status"}});
    const auto told = asking ? asking->next() : tl::make_unexpected(asking.error());
    if (!told || !*told) throw std::runtime_error("no status of the gateway");
    return (**told)["central"]["rows_changed"].get<std::uint64_t>();
  }
  void wait_until_whole(std::uint64_t times) {
    while (rows_changed() < options_.rows * times) io_.run_one_for(milliseconds{200});
  }
  Measured measured() {
    return load_.always_under_way(options_.window, std::chrono::seconds{options_.seconds});
  }

  const Options options_;
  const fs::path programs_;
  central::CentralDatabase database_;
  Site site_;
  Teachers teachers_;
  boost::asio::io_context io_{1};
  Load load_;
};

}  // namespace
}  // namespace pulih::bench

int main(int argc, char** argv) {
  CLI::App app("Turns a second while the copy of the accounts is fetched anew");
  app.allow_extras();  // `./do bench` hands every program the options of the others
  pulih::bench::Options options;
  app.add_option("--rows", options.rows, "accounts")->capture_default_str();
  app.add_option("--people", options.people, "open conversations")->capture_default_str();
  app.add_option("--runs", options.runs, "of each, in turns")->capture_default_str();
  app.add_option("--seconds", options.seconds, "of each")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return pulih::bench::Bench(options, std::filesystem::path(argv[0]).parent_path()).run();
}
