// A real PostgreSQL cluster in a folder of its own, with a database for each test: made by the
// server's own programs, reached over a socket in that folder, and gone when the test ends. Where
// PostgreSQL is missing the tests fail and say which package they want.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "daemon/central/postgresql.hpp"
#include "daemon/central/postgresql_owner.hpp"

namespace pulih::central {

// Where that program of the server's is. Debian's package postgresql-15; another place:
// PULIH_POSTGRESQL.
std::filesystem::path server_program(const char* name);
// Runs a program of the server's as its user, who is not root; throws what it said when it fails.
void run_as_server(std::vector<std::string> command);

class Cluster {
 public:
  // Made and started. Its clock is off by so much (Debian's package faketime).
  explicit Cluster(std::chrono::hours clock_off = {});
  // Recovered from a base backup and the archive of another, up to a restore point.
  Cluster(const std::filesystem::path& backup, const std::filesystem::path& archive,
          const std::string& restore_point);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  // For most tests: one that lives as long as the program, with_template().
  static Cluster& shared();
  // Ready for a CentralDatabase: the owner's role, and the database `pulih_template`. Once.
  Cluster& with_template();

  void start();
  void stop(const char* mode);  // as pg_ctl has it: "immediate" is a crash

  // Of its superuser, or of a role.
  PostgresqlPlace place(const std::string& database, const std::string& role = "postgres") const;
  // On which it is reached; there is no other way to it.
  std::filesystem::path socket() const { return folder_ / ".s.PGSQL.5432"; }
  // A folder in which the server may write.
  std::filesystem::path operator/(const char* name) const { return folder_ / name; }

 private:
  void make_folder();
  void configure(const std::string& file, const std::string& lines) const;

  std::filesystem::path folder_;
  const std::chrono::hours clock_off_{};
  bool runs_ = false;
};

// What an answer or a call should have been: the value, or a failure of the test that says why not.
template <class T>
T got(tl::expected<T, Unavailable> answer) {
  if (!answer) throw std::runtime_error(answer.error().why);
  if constexpr (!std::is_void_v<T>) return std::move(*answer);
}

// A database with our schema: its owner is no superuser, and sites have logins.
class CentralDatabase {
 public:
  explicit CentralDatabase(Cluster& cluster = Cluster::shared());
  CentralDatabase(const CentralDatabase&) = delete;
  CentralDatabase& operator=(const CentralDatabase&) = delete;
  ~CentralDatabase();

  // A statement of the cluster's superuser; what the first column says in the first row.
  std::string sql(const std::string& statement);
  // What it says as a number; 0: it says none.
  std::uint64_t number(const std::string& statement);
  // Several, in one transaction.
  void script(const std::string& statements) { got(superuser_.script(statements.c_str())); }
  void enrol(const std::string& site, const std::string& region);
  PostgresqlCentral enrolled(const std::string& site, const std::string& region) {
    enrol(site, region);
    return driver(site);
  }
  PostgresqlPlace owner_place() const { return cluster_.place(name_, "pulih_owner"); }
  PostgresqlPlace place_of(const std::string& site) const;
  // A driver with the site's login.
  PostgresqlCentral driver(const std::string& site) const { return {place_of(site), &keys}; }
  // Invented: "budi12@guru.sd" …, in this region. Its number.
  std::uint64_t add(const std::string& id, const std::string& region);

  const accounts::SiteKeys keys{accounts::SiteKey{}};

 private:
  Cluster& cluster_;
  const std::string name_;
  PostgresqlLink superuser_;
  std::map<std::string, std::string> passwords_;
};

// What a gateway keeps of its meetings.
struct Meetings {
  Checkpoint checkpoint{};
  std::uint64_t fence = 0;
  std::array<std::uint8_t, 16> epoch{};

  // The next meeting; what the Welcome said is kept.
  tl::expected<Welcome, Unavailable> meet(Central& central, std::uint64_t draw = 0);
};

}  // namespace pulih::central
