// pulih-simulate [--seed N | --seeds COUNT [--from N]]: worlds from seeds. A seed that breaks an
// invariant is named with the command that replays it. Every fiftieth seed is run twice, and both
// histories must be the same.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/simulation/world.hpp"

namespace {

struct Sums {
  std::uint64_t steps = 0, kills = 0, resets = 0, elsewhere = 0, restores = 0, rebuilt = 0;
};

bool run_seed(std::uint64_t seed, bool twice, Sums& sums) {
  pulih::simulation::World world(seed);
  const auto broken = world.run();
  sums.steps += world.steps();
  sums.kills += world.kills();
  sums.resets += world.resets();
  sums.elsewhere += world.elsewhere();
  sums.restores += world.restores();
  sums.rebuilt += world.rebuilt_copies();
  if (broken) {
    std::printf("seed %llu: %s\n  replay: pulih-simulate --seed %llu\n",
                static_cast<unsigned long long>(seed), broken->c_str(),
                static_cast<unsigned long long>(seed));
    return false;
  }
  if (!twice) return true;
  pulih::simulation::World again(seed);
  again.run();
  if (again.history() == world.history()) return true;
  std::printf("seed %llu: two runs had different histories\n",
              static_cast<unsigned long long>(seed));
  return false;
}

std::uint64_t number_after(int argc, char** argv, const char* name, std::uint64_t otherwise) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], name) == 0) {
      std::uint64_t value = otherwise;
      std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), value);
      return value;
    }
  return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  const auto only = number_after(argc, argv, "--seed", 0);
  const auto from = only ? only : number_after(argc, argv, "--from", 1);
  const auto count = only ? 1 : number_after(argc, argv, "--seeds", 1000);
  Sums sums;
  std::uint64_t failed = 0;
  for (auto seed = from; seed < from + count; ++seed)
    if (!run_seed(seed, seed % 50 == 0 || only, sums)) ++failed;
  const auto whole = [](std::uint64_t number) { return static_cast<unsigned long long>(number); };
  std::printf("%llu steps, %llu kills, %llu passwords reset\n", whole(sums.steps),
              whole(sums.kills), whole(sums.resets));
  std::printf("%llu databases elsewhere, %llu restored, %llu copies made anew\n",
              whole(sums.elsewhere), whole(sums.restores), whole(sums.rebuilt));
  std::printf("%llu passed, %llu failed\n", whole(count - failed), whole(failed));
  return failed == 0 && sums.resets > 0 ? 0 : 1;
}
