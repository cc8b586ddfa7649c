// See slapd.hpp. The server runs as its package's user when the tests run as root.
#include "tests/directory/ldap/slapd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>

namespace pulih::directory {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

const passwd* server_user() {
  if (::access("/usr/sbin/slapd", X_OK) != 0)
    throw std::runtime_error("there is no slapd; apt-get install slapd ldap-utils");
  return ::geteuid() == 0 ? ::getpwnam("openldap") : nullptr;
}

// As its user, and not for longer than this process.
pid_t spawn(std::vector<std::string> command, int said) {
  std::vector<std::string> before{"setpriv", "--pdeathsig", "TERM"};
  if (server_user() != nullptr)
    before.insert(before.end(), {"--reuid=openldap", "--regid=openldap", "--clear-groups"});
  command.insert(command.begin(), before.begin(), before.end());
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, said, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("there is no setpriv");
  return child;
}

struct Ran {
  int status = -1;
  std::string said;
};
Ran ran(std::vector<std::string> command) {
  auto name = (fs::temp_directory_path() / "pulih-said-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  Ran made;
  ::waitpid(spawn(std::move(command), file), &made.status, 0);
  ::close(file);
  made.said = contents(name);
  fs::remove(name);
  return made;
}

std::string run(std::vector<std::string> command) {
  const auto what = command.front();
  const auto made = ran(std::move(command));
  if (made.status != 0) throw std::runtime_error(what + ": " + made.said);
  return made.said;
}

std::uint16_t free_port() {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening, any, size) != 0 || ::getsockname(listening, any, &size) != 0)
    throw std::runtime_error("no free port");
  ::close(listening);
  return ntohs(address.sin_port);
}

void wait_for(std::uint16_t port) {
  const auto enough = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  for (bool is_there = false; !is_there;) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int asking = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    is_there = ::connect(asking, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(asking);
    if (!is_there && std::chrono::steady_clock::now() > enough)
      throw std::runtime_error("slapd does not listen");
  }
}

}  // namespace

Slapd::Slapd(SlapdWays ways) : plain_port_(free_port()), tls_port_(free_port()), ways_(ways) {
  std::string name = "/tmp/pulih-ldap-XXXXXX";  // a socket's name has at most 107 octets
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (const auto* user = server_user(); user != nullptr)
    if (::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("chown " + name);
  // Tests read the certificates as whoever runs them.
  fs::permissions(folder_, fs::perms::group_all | fs::perms::others_all, fs::perm_options::add);
  // The server's own, which is its authority too, and one that has nothing to do with it.
  for (const std::string kind : {"", "other-"})
    run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "30", "-subj", "/CN=ldap", "-addext",
         "subjectAltName=IP:127.0.0.1,IP:0.0.0.0,DNS:localhost", "-keyout",
         name + "/" + kind + "key.pem", "-out", name + "/" + kind + "cert.pem"});
  fs::create_directory(folder_ / "conf");
  fs::create_directory(folder_ / "data");
  for (const auto* each : {"conf", "data"}) fs::permissions(folder_ / each, fs::perms::all);
  std::ofstream(folder_ / "conf.ldif") << slapd_configuration(name, ways);
  run({"slapadd", "-n0", "-F", name + "/conf", "-l", name + "/conf.ldif"});
  load(slapd_content(ways));
  start();
}

Slapd::~Slapd() {
  if (server_ > 0) stop();
  fs::remove_all(folder_);
}

Slapd& Slapd::shared() {
  static Slapd slapd;
  return slapd;
}

// slapadd writes a server's first contextCSN only when another one's rises: so there is an entry of
// this server's with each load.
void Slapd::load(const std::string& ldif) {
  static int last = 0;
  const auto name = "load" + std::to_string(++last);
  std::ofstream(folder_ / "load.ldif") << ldif << "dn: ou=" << name << "," << suffix
                                       << "\nobjectClass: organizationalUnit\nou: " << name << "\n";
  run({"slapadd", "-q", "-n1", ways_.syncprov ? "-w" : "-c", "-F", folder_ / "conf", "-l",
       folder_ / "load.ldif"});
}

void Slapd::start() {
  auto all = socket() + " " + plain("0.0.0.0");
  if (ways_.tls) all += " " + tls("0.0.0.0");
  const int log =
      ::open((folder_ / "log").c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  server_ = spawn({"slapd", "-d", "0", "-F", folder_ / "conf", "-h", all}, log);
  ::close(log);
  wait_for(plain_port_);
  if (ways_.tls) wait_for(tls_port_);
}

void Slapd::stop() {
  ::kill(server_, SIGTERM);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void Slapd::change(const std::string& ldif) {
  std::ofstream(folder_ / "change.ldif") << ldif;
  run({"ldapmodify", "-x", "-e", "relax", "-H", socket(), "-D", "cn=root," + suffix, "-w", "root",
       "-a", "-f", folder_ / "change.ldif"});
}

std::string Slapd::value(const std::string& dn, const std::string& attribute) const {
  const auto said = run({"ldapsearch", "-LLL", "-x", "-o", "ldif-wrap=no", "-H", socket(), "-D",
                         "cn=root," + suffix, "-w", "root", "-b", dn, "-s", "base", attribute});
  const auto at = said.find("\n" + attribute + ": ");
  if (at == said.npos) return "";
  const auto from = at + attribute.size() + 3;
  return said.substr(from, said.find('\n', from) - from);
}

bool Slapd::lets_in(const std::string& dn, const std::string& password) const {
  return ran({"ldapwhoami", "-x", "-H", socket(), "-D", dn, "-w", password}).status == 0;
}

std::string Slapd::socket() const {
  auto name = folder_.string() + "/socket", made = std::string("ldapi://");
  for (const char c : name) made += c == '/' ? "%2F" : std::string(1, c);
  return made;
}
std::string Slapd::plain(const std::string& host) const {
  return "ldap://" + host + ":" + std::to_string(plain_port_);
}
std::string Slapd::tls(const std::string& host) const {
  return "ldaps://" + host + ":" + std::to_string(tls_port_);
}

LdapSettings Slapd::settings() const {
  LdapSettings made;
  made.place.uri = socket();
  made.place.bind_dn = "cn=hub," + suffix;
  made.place.password = accounts::Secret("secret-of-hub");
  made.place.ca_file = folder_ / "cert.pem";
  made.base = teachers;
  made.filter = "(objectClass=teacher)";
  made.schema.region = "papua";
  return made;
}

std::string Invented::ldif() const {
  std::string made =
      "dn: " + dn() +
      "\nobjectClass: inetOrgPerson\nobjectClass: teacher\ncn: x\nsn: x\nuid: " + id + "\n";
  if (!birth_date.empty()) made += "schacDateOfBirth: " + birth_date + "\n";
  if (!phone.empty()) made += "mobile: " + phone + "\n";
  if (!email.empty()) made += "mail: " + email + "\n";
  if (!password.empty()) made += "userPassword: " + password + "\n";
  return made + more + "\n";
}

std::string new_base(Slapd& slapd) {
  static int last = 0;
  const auto name = "unit" + std::to_string(++last);
  slapd.change("dn: ou=" + name + "," + suffix + "\nobjectClass: organizationalUnit\nou: " + name +
               "\n");
  return "ou=" + name + "," + suffix;
}

const central::DirectoryEntry* Listed::find(std::string_view id) const {
  const auto found = std::ranges::find(entries, id, &central::DirectoryEntry::id);
  return found == entries.end() ? nullptr : &*found;
}

Listed list(central::Directory& directory, const std::string& since) {
  Listed made;
  made.place = got(directory.list(since, [&](central::DirectoryListed each) {
    if (each)
      made.entries.push_back(std::move(*each));
    else
      made.faults.push_back(each.error());
  }));
  return made;
}

}  // namespace pulih::directory
