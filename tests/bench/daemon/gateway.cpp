// See gateway.hpp. Quotas are as wide as the configuration allows, since a benchmark's teachers
// reset their passwords more often in a minute than others in their lives.
#include "tests/bench/daemon/gateway.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pulih::bench {

namespace fs = std::filesystem;

namespace {

pid_t spawn(const std::vector<std::string>& words, const fs::path& errors) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t process = 0;
  const int failed =
      posix_spawn(&process, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed) {
    std::perror(arguments[0]);
    std::exit(1);
  }
  return process;
}

void run(const std::vector<std::string>& words, const fs::path& errors) {
  int status = 0;
  waitpid(spawn(words, errors), &status, 0);
  if (status == 0) return;
  std::fprintf(stderr, "%s failed, see %s\n", words[0].c_str(), errors.c_str());
  std::exit(1);
}

}  // namespace

std::string Account::request() const {
  std::string name = id;
  std::replace(name.begin(), name.end(), '@', ' ');
  return "RESET " + name + " " + birth_date;
}

void Site::make_folder() {
  std::string name = (fs::temp_directory_path() / "pulih-bench-XXXXXX").string();
  if (!mkdtemp(name.data())) {
    std::perror("a temporary folder");
    std::exit(1);
  }
  folder_ = name;
  configure(2775, 10);
  run({programs_ / "pulihctl", "key", "new", folder_ / "site.key"}, folder_ / "journal");
}

Site::Site(const fs::path& programs, std::size_t accounts) : programs_(programs) {
  make_folder();
  run({programs_ / "pulihctl", "accounts", "seed", "--count", std::to_string(accounts), "--csv",
       folder_ / "accounts.csv", "--config", config()},
      folder_ / "journal");
}

Site::Site(const fs::path& programs, std::string central)
    : programs_(programs), central_(std::move(central)) {
  make_folder();
}

Site::~Site() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::vector<Account> Site::accounts() const {
  std::vector<Account> all;
  std::ifstream list(folder_ / "accounts.csv");
  for (std::string line; std::getline(list, line);) {
    std::istringstream fields(line);
    Account account;
    std::getline(fields, account.number, ',');
    std::getline(fields, account.id, ',');
    std::getline(fields, account.birth_date);
    all.push_back(std::move(account));
  }
  return all;
}

void Site::configure(std::uint16_t port, std::size_t window, const Binds& binds) const {
  std::ofstream file(config());
  file << "site: bench\n"
       << "state_dir: " << folder_.string() << "\n"
       << "keys: {site: {file: site.key}}\n"
       << "central: " << central_ << "\n"
       << "dialogue: {catalogues: [id, en], default: id, zone: Asia/Jakarta}\n"
       << "control: {socket: control.sock}\n"
       << "limits:\n"
       << "  send_gaps: [0s]\n"
       << "  sends: 8\n"
       << "  replies_a_phone: 10000\n"
       << "  intake_queue: 20000\n"
       << "  outbound_queue: 20000\n"
       << "carriers:\n";
  for (std::size_t carrier = 1; carrier <= binds.carriers; ++carrier)
    file << "  - name: load" << carrier << "\n"
         << "    address: 127.0.0.1:" << port << "\n"
         << "    binds: " << binds.of_each << "\n"
         << "    system_id: pulih\n"
         << "    password: {value: \"bench\"}\n"
         << "    short_code: \"8880\"\n"
         << "    window: " << std::max<std::size_t>(1, window / binds.all()) << "\n"
         << "    rate: 100000/s\n";
}

void Site::forget_conversations() const {
  for (const char* name : {"state.db", "state.db-wal", "state.db-shm"}) fs::remove(folder_ / name);
}

Gateway::Gateway(const fs::path& program, const Site& site)
    : process_(spawn({program, "--config", site.config()}, site.folder() / "journal")) {}

Gateway::~Gateway() {
  if (ended()) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

void Gateway::ask_to_end() const { kill(process_, SIGTERM); }

bool Gateway::ended() {
  if (process_ != 0 && waitpid(process_, nullptr, WNOHANG) == process_) process_ = 0;
  return process_ == 0;
}

double Gateway::resident_mebibytes() const {
  std::ifstream status("/proc/" + std::to_string(process_) + "/status");
  for (std::string word; status >> word;) {
    if (word != "VmRSS:") continue;
    double kibibytes = 0;
    status >> kibibytes;
    return kibibytes / 1024;
  }
  return 0;
}

double Gateway::cpu_seconds() const {
  std::ifstream stat("/proc/" + std::to_string(process_) + "/stat");
  std::string skipped;
  // proc(5): fields 14 and 15 are utime and stime, in clock ticks.
  for (int field = 1; field < 14; ++field) stat >> skipped;
  double user = 0;
  double system = 0;
  stat >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace pulih::bench
