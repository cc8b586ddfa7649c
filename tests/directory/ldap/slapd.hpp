// A real slapd in a folder of its own, made from an LDIF by the server's own programs, reached over
// a socket in that folder and over TLS, and gone when the test ends. Where slapd is missing the
// tests fail and say which package they want.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/directory/ldap.hpp"

namespace pulih::directory {

// How a server is set up that is not as the driver wants it.
struct SlapdWays {
  bool tls = true, argon2 = true, hashes = true, syncprov = true, policy = true;
};

// slapd_setup.cpp: LDIF of cn=config, and of the directory itself.
std::string slapd_configuration(const std::string& folder, SlapdWays ways);
std::string slapd_content(SlapdWays ways);

class Slapd {
 public:
  explicit Slapd(SlapdWays ways = {});
  Slapd(const Slapd&) = delete;
  Slapd& operator=(const Slapd&) = delete;
  ~Slapd();

  // For most tests: one that lives as long as the program.
  static Slapd& shared();

  void start();
  void stop();
  // The records of an LDIF, into the stopped server's database; the contextCSN becomes theirs.
  void load(const std::string& ldif);
  // The same and changes, by the running server's superuser.
  void change(const std::string& ldif);
  // What it answers to a program of ldap-utils.
  std::string value(const std::string& dn, const std::string& attribute) const;
  bool lets_in(const std::string& dn, const std::string& password) const;

  // As the hub's user, over the socket.
  LdapSettings settings() const;
  std::string socket() const;
  std::string plain(const std::string& host = "127.0.0.1") const;
  std::string tls(const std::string& host = "127.0.0.1") const;
  std::uint16_t plain_port() const { return plain_port_; }
  std::uint16_t tls_port() const { return tls_port_; }
  // A folder in which the server may write.
  std::filesystem::path operator/(const char* name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
  const std::uint16_t plain_port_, tls_port_;
  SlapdWays ways_;
  pid_t server_ = -1;
};

inline const std::string suffix = "dc=example,dc=org", teachers = "ou=guru," + suffix;

struct Invented {
  std::string id = "budi12@guru.sd", birth_date = "19850817", phone = "+62 811 0000 0000",
              email = "budi12@example.org", password = "Lama-sekali-1";
  std::string more;  // lines of LDIF
  std::string base = teachers;

  std::string dn() const { return "uid=" + id + "," + base; }
  std::string ldif() const;
};
// The DN of a new entry for a test's own teachers.
std::string new_base(Slapd& slapd);

// What a call should have been: the value, or a failure of the test that says why not.
template <class T>
T got(tl::expected<T, Unavailable> answer) {
  if (!answer) throw std::runtime_error(answer.error().why);
  if constexpr (!std::is_void_v<T>) return std::move(*answer);
}

struct Listed {
  std::vector<central::DirectoryEntry> entries;
  std::vector<std::string> faults;
  std::string place;
  const central::DirectoryEntry* find(std::string_view id) const;
};
Listed list(central::Directory& directory, const std::string& since = {});

}  // namespace pulih::directory
