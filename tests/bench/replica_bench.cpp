// The replica beside a bare program: writing a first copy, against SQLite and libsodium used by
// hand for the same columns and the same crypto, in turns within one run; then look-ups in it. Rows
// by option: the bars are 90 % of the bare program's rows a second, and 20 microseconds a look-up
// at five million rows.
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "daemon/central/block_hash.hpp"
#include "daemon/central/replica.hpp"
#include "tests/bench/bare_copy.hpp"

namespace {

using namespace pulih;

// Of this thread: what else runs on the machine does not count.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
double wall_seconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Spent {
  double cpu = 0, wall = 0;

  template <class Work>
  void time(Work&& work) {
    const double cpu_before = cpu_seconds(), wall_before = wall_seconds();
    work();
    cpu += cpu_seconds() - cpu_before;
    wall += wall_seconds() - wall_before;
  }
};

std::string id_of(std::uint64_t number) { return "guru" + std::to_string(number) + "@guru.sd"; }
std::uint64_t phone_of(std::uint64_t number) { return 6281100000000 + number; }

std::vector<central::Row> block_of_rows(std::uint64_t block, std::uint64_t rows) {
  std::vector<central::Row> made;
  const auto first = block * central::block_numbers;
  for (auto number = first; number < std::min(first + central::block_numbers, rows); ++number) {
    auto& row = made.emplace_back();
    row.number = number;
    row.row_version = number + 1;
    row.id = id_of(number);
    row.birth_date = accounts::BirthDate(19850817);
    row.phone = accounts::Msisdn::from_value(phone_of(number));
    row.email = accounts::Secret("budi12@example.org");
    row.password_version = row.identity_version = 1;
  }
  return made;
}

// ---- ours

struct Bench {
  std::uint64_t rows = 200'000, lookups = 200'000;
  std::filesystem::path folder;

  const accounts::SiteKeys keys{accounts::SiteKey{}};
  accounts::SystemEntropy entropy{};

  void progress(std::uint64_t done) const {
    if (isatty(STDERR_FILENO) != 0 && done % 100 == 0)
      std::fprintf(stderr, "\r%llu of %llu rows",
                   static_cast<unsigned long long>(std::min(done * central::block_numbers, rows)),
                   static_cast<unsigned long long>(rows));
  }

  int run() {
    const auto file = folder / "replica.db";
    central::ReplicaAccounts readers(file, keys);
    central::Replica replica({file, folder}, keys, entropy, readers);
    bench::BareCopy bare(folder / "bare.db");
    Spent ours, theirs;
    replica.anchor({1}, "a", "a");
    for (std::uint64_t block = 0; block * central::block_numbers < rows; ++block) {
      const auto page = block_of_rows(block, rows);
      auto same_page = block_of_rows(block, rows);  // which is taken apart
      const auto write_ours = [&] {
        ours.time([&] { replica.replace(block, std::move(same_page)); });
      };
      if (block % 2 == 0) write_ours();
      theirs.time([&] { bare.write(page); });
      if (block % 2 != 0) write_ours();
      progress(block);
    }
    ours.time([&] { replica.finish(); });
    theirs.time([&] { bare.finish(); });
    const auto count = static_cast<double>(rows);
    std::printf("writing %llu rows: %.0f rows/s, the bare program %.0f rows/s\n",
                static_cast<unsigned long long>(rows), count / ours.wall, count / theirs.wall);
    std::printf("writing: %.1f %% of the bare program's rows a second (%.1f %% by CPU time)\n",
                100 * theirs.wall / ours.wall, 100 * theirs.cpu / ours.cpu);
    return look_up(readers);
  }

  int look_up(const central::ReplicaAccounts& readers) {
    Spent spent;
    std::vector<double> each;
    std::uint64_t found = 0, state = 1;
    std::vector<accounts::AccountKey> wanted;
    for (std::uint64_t i = 0; i < lookups; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      wanted.push_back(keys.account(id_of((state >> 20) % rows)));
    }
    const auto pass = [&] {
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i % 64 == 0) readers.look_anew();  // a batch of the engine's
        const double before = wall_seconds();
        found += readers.by_id(wanted[i]).has_value();
        each.push_back(wall_seconds() - before);
      }
    };
    pass();  // from the disk into the system's memory
    each.clear();
    found = 0;
    spent.time(pass);
    std::ranges::sort(each);
    std::printf(
        "look-up by id among %llu rows: %.1f us mean (%.1f us of CPU), p99 %.1f us\n",
        static_cast<unsigned long long>(rows), 1e6 * spent.wall / static_cast<double>(each.size()),
        1e6 * spent.cpu / static_cast<double>(each.size()), 1e6 * each[each.size() * 99 / 100]);
    return found == each.size() ? 0 : 1;
  }
};

}  // namespace

int main(int argc, char** argv) {
  Bench bench;
  CLI::App app("the replica beside a bare program");
  app.allow_extras();  // of the other benchmarks
  app.add_option("--rows", bench.rows, "of the copy")->capture_default_str();
  app.add_option("--lookups", bench.lookups, "of them")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (sodium_init() < 0) return 1;
  auto name = (std::filesystem::temp_directory_path() / "pulih-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 1;
  bench.folder = name;
  const int result = bench.run();
  std::filesystem::remove_all(bench.folder);
  return result;
}
