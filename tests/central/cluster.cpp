// See cluster.hpp. The server's programs are found where Debian puts them, and run as its own user
// when the tests run as root.
#include "tests/central/cluster.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pulih::central {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// PostgreSQL does not run as root; its package made this user.
const passwd* server_user() {
  const passwd* user = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
  if (::geteuid() == 0 && user == nullptr)
    throw std::runtime_error("there is no user postgres; apt-get install postgresql-15");
  return user;
}

int next_name() {
  static int last = 0;
  return ++last;
}

}  // namespace

fs::path server_program(const char* name) {
  const char* elsewhere = std::getenv("PULIH_POSTGRESQL");
  const fs::path folder = elsewhere == nullptr ? "/usr/lib/postgresql/15/bin" : elsewhere;
  if (!fs::exists(folder / name))
    throw std::runtime_error(folder.string() + " has no " + name +
                             "; apt-get install postgresql-15");
  return folder / name;
}

void run_as_server(std::vector<std::string> command) {
  if (server_user() != nullptr)
    command.insert(command.begin(),
                   {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"});
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  auto said = (fs::temp_directory_path() / "pulih-said-XXXXXX").string();
  const int file = ::mkstemp(said.data());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, file, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, file, STDERR_FILENO);
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  if (failed == 0) ::waitpid(child, &status, 0);
  ::close(file);
  const auto words = contents(said);
  fs::remove(said);
  if (failed != 0 || status != 0) throw std::runtime_error(command.back() + ": " + words);
}

void Cluster::make_folder() {
  std::string name = "/tmp/pulih-pg-XXXXXX";  // a socket's name has at most 107 octets
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (const auto* user = server_user())
    if (::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("chown " + name);
}

void Cluster::configure(const std::string& file, const std::string& lines) const {
  std::ofstream(folder_ / "data" / file, std::ios::app) << lines;
}

Cluster::Cluster(std::chrono::hours clock_off) : clock_off_(clock_off) {
  make_folder();
  run_as_server({server_program("initdb"), "--auth=trust", "--username=postgres", "--encoding=UTF8",
                 "--locale=C", "--no-sync", "--pgdata", folder_ / "data"});
  fs::create_directory(folder_ / "archive");
  fs::permissions(folder_ / "archive", fs::perms::all);
  // Processes are killed here, never the machine: what the kernel has is safe.
  const auto name = folder_.string();
  configure("postgresql.conf",
            "listen_addresses = ''\nfsync = off\nmax_connections = 60\n"
            "unix_socket_directories = '" +
                name +
                "'\narchive_mode = on\n"
                "archive_command = 'cp %p " +
                name + "/archive/%f'\n");
  // Gateways show their passwords, as they do elsewhere.
  const auto hba = contents(folder_ / "data" / "pg_hba.conf");
  std::ofstream(folder_ / "data" / "pg_hba.conf") << "local all +pulih_gateway scram-sha-256\n"
                                                  << hba;
  start();
}

Cluster::Cluster(const fs::path& backup, const fs::path& archive,
                 const std::string& restore_point) {
  make_folder();
  run_as_server({"cp", "-a", backup, folder_ / "data"});
  // No connection before it is recovered.
  configure("postgresql.conf", "unix_socket_directories = '" + folder_.string() +
                                   "'\n"
                                   "archive_mode = off\nhot_standby = off\n"
                                   "restore_command = 'cp " +
                                   archive.string() +
                                   "/%f %p'\n"
                                   "recovery_target_name = '" +
                                   restore_point +
                                   "'\n"
                                   "recovery_target_action = 'promote'\n");
  run_as_server({"touch", folder_ / "data" / "recovery.signal"});
  start();
  PostgresqlLink link(place("postgres"));
  const auto enough = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (!link.open())
    if (std::chrono::steady_clock::now() > enough) throw std::runtime_error("it never recovers");
}

Cluster::~Cluster() {
  if (runs_) stop("immediate");
  fs::remove_all(folder_);
}

Cluster& Cluster::with_template() {
  PostgresqlLink owner(place("postgres"));
  got(owner.open());
  // As docs/central.md has it: the owner is no superuser.
  got(owner.script("CREATE ROLE pulih_owner LOGIN CREATEROLE"));
  got(owner.script("CREATE DATABASE pulih_template OWNER pulih_owner"));
  got(PostgresqlOwner(place("pulih_template", "pulih_owner")).init());
  return *this;
}

Cluster& Cluster::shared() {
  static Cluster cluster;
  static auto& ready = cluster.with_template();
  return ready;
}

void Cluster::start() {
  std::vector<std::string> command{
      server_program("pg_ctl"), "start", "-w",           "-t", "120", "-s", "-D",
      folder_ / "data",         "-l",    folder_ / "log"};
  if (clock_off_ != clock_off_.zero()) {
    if (!fs::exists("/usr/bin/faketime"))
      throw std::runtime_error("there is no faketime; apt-get install faketime");
    const auto seconds = std::chrono::seconds{clock_off_}.count();
    // Not by the command of that name, which takes its clock away again when pg_ctl ends.
    command.insert(
        command.begin(),
        {"env", "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
         "FAKETIME=" + std::string(seconds > 0 ? "+" : "") + std::to_string(seconds)});
  }
  run_as_server(std::move(command));
  runs_ = true;
}

void Cluster::stop(const char* mode) {
  runs_ = false;
  run_as_server({server_program("pg_ctl"), "stop", "-w", "-s", "-D", folder_ / "data", "-m", mode});
}

PostgresqlPlace Cluster::place(const std::string& database, const std::string& role) const {
  return {"postgresql:///" + database + "?host=" + folder_.string() + "&user=" + role, {}, "test"};
}

CentralDatabase::CentralDatabase(Cluster& cluster)
    : cluster_(cluster),
      name_("central" + std::to_string(next_name())),
      superuser_(cluster.place(name_)) {
  PostgresqlLink link(cluster_.place("postgres"));
  got(link.open());
  got(link.script(("CREATE DATABASE " + name_ + " TEMPLATE pulih_template").c_str()));
  got(superuser_.open());
}

CentralDatabase::~CentralDatabase() {
  superuser_.close();
  PostgresqlLink link(cluster_.place("postgres"));
  if (!link.open()) return;
  // The database goes with its cluster: dropping it takes a checkpoint, and that half a second.
  for (const auto& [site, password] : passwords_)
    (void)link.script(("DROP ROLE \"pulih_site_" + site + "\"").c_str());
}

std::string CentralDatabase::sql(const std::string& statement) {
  const auto answer = got(superuser_.run({statement.c_str(), {}}));
  return std::string(answer.text_or_empty(0, 0));
}

std::uint64_t CentralDatabase::number(const std::string& statement) {
  const auto text = sql(statement);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void CentralDatabase::enrol(const std::string& site, const std::string& region) {
  accounts::SystemEntropy entropy;
  const auto made = got(PostgresqlOwner(owner_place()).enrol(site, region, false, entropy));
  passwords_[site] = made.password.reveal();
}

PostgresqlPlace CentralDatabase::place_of(const std::string& site) const {
  auto place = cluster_.place(name_, "pulih_site_" + site);
  place.password = accounts::Secret(passwords_.at(site));
  return place;
}

std::uint64_t CentralDatabase::add(const std::string& id, const std::string& region) {
  return number("INSERT INTO pulih.account (region, id, birth_date, phone, email) SELECT '" +
                region + "', '" + id + "', '1985-08-17', 6281100000000 + count(*), 'a' ||" +
                " count(*) || '@example.org' FROM pulih.account RETURNING number");
}

tl::expected<Welcome, Unavailable> Meetings::meet(Central& central, std::uint64_t draw) {
  ++checkpoint.count;
  checkpoint.draw = draw == 0 ? checkpoint.count * 7919 : draw;
  auto welcome = central.hello({checkpoint, fence});
  if (welcome) {
    fence = welcome->fence;
    epoch = welcome->epoch;
  }
  return welcome;
}

}  // namespace pulih::central
