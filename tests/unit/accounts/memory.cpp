// The process is undumpable after one call. It is asked in a child of the test, since there is no
// way back.
#include "daemon/accounts/memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

namespace pulih::accounts {
namespace {

// What a check says in a child process, as its exit code.
int in_child(auto check) {
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(check());
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

std::string dump_filter() {
  std::string filter;
  std::ifstream("/proc/self/coredump_filter") >> filter;
  return filter;
}

}  // namespace

TEST_CASE("no core and no dump has this process's memory in it", "[memory]") {
  enum : int { all_kept_out, dumpable, cores, told_without_words };
  CHECK(in_child([] {
          const auto missing = keep_memory_out_of_files();
          for (const auto& one : missing)
            if (one.what.empty() || one.why.empty() || one.hint.empty()) return told_without_words;
          if (prctl(PR_GET_DUMPABLE) != 0) return dumpable;
          rlimit limit{1, 1};
          getrlimit(RLIMIT_CORE, &limit);
          return limit.rlim_cur == 0 && limit.rlim_max == 0 ? all_kept_out : cores;
        }) == all_kept_out);
}

TEST_CASE("a dump that is forced all the same holds no mapping", "[memory]") {
  CHECK(in_child([] {
          keep_memory_out_of_files();
          prctl(PR_SET_DUMPABLE, 1);  // makes the file readable for whoever runs this test
          return dump_filter() == "00000000" ? 0 : 1;
        }) == 0);
}

TEST_CASE("memory is still to be had when it is locked", "[memory]") {
  CHECK(in_child([] {
          keep_memory_out_of_files();
          const std::string large(64u << 20, 'x');  // more than the usual RLIMIT_MEMLOCK
          return large.back() == 'x' ? 0 : 1;
        }) == 0);
}

}  // namespace pulih::accounts
