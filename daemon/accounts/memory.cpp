// The kernel's four switches, each told apart when it refuses. The order matters: once a process is
// undumpable its files under /proc belong to root, and the dump filter could not be written.
#include "daemon/accounts/memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pulih::accounts {
namespace {

std::string reason() { return ": " + std::system_category().message(errno); }

// core(5): which mappings a dump holds. None: neither the kernel's core nor gdb's gcore, which
// obeys the filter too, has heap or stack in it.
bool filter_dumps() {
  const int file = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = write(file, "0\n", 2) == 2;
  const int error = errno;
  close(file);
  errno = error;
  return written;
}

bool forbid_cores() {
  const rlimit none{0, 0};
  return setrlimit(RLIMIT_CORE, &none) == 0;
}

// mlockall(2): under a finite RLIMIT_MEMLOCK every later mmap could fail, argon2id's first, so
// nothing is locked unless the limit is infinite. Pages are locked as they are touched.
bool lock_pages() {
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return false;
  const rlimit infinite{RLIM_INFINITY, RLIM_INFINITY};
  if (limit.rlim_cur != RLIM_INFINITY && setrlimit(RLIMIT_MEMLOCK, &infinite) != 0) return false;
  return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

}  // namespace

std::vector<Shortfall> keep_memory_out_of_files() {
  std::vector<Shortfall> missing;
  if (!filter_dumps())
    missing.push_back({"cannot write /proc/self/coredump_filter" + reason(),
                       "a core dump that is forced would hold secrets",
                       "systemctl edit pulihd, and in [Service]: CoredumpFilter=0"});
  if (!forbid_cores())
    missing.push_back({"cannot set RLIMIT_CORE to 0" + reason(),
                       "a crash may write secrets into a core file",
                       "systemctl edit pulihd, and in [Service]: LimitCORE=0"});
  if (prctl(PR_SET_DUMPABLE, 0) != 0)
    missing.push_back({"cannot make the process undumpable" + reason(),
                       "others under the same user may read its memory",
                       "sysctl kernel.yama.ptrace_scope=2"});
  if (!lock_pages())
    missing.push_back(
        {"cannot lock memory" + reason(), "secrets may be written to swap",
         "systemctl edit pulihd, and in [Service]: LimitMEMLOCK=infinity; or turn swap "
         "off: swapoff -a"});
  return missing;
}

}  // namespace pulih::accounts
