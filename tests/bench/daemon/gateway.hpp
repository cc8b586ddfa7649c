// A gateway under measurement, as an operator has it: a folder with a configuration, a site key and
// seeded accounts, and pulihd as a process of its own. The folder lies on a disk, since a commit
// into memory measures nothing.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pulih::bench {

// As `pulihctl accounts seed --csv` lists it.
struct Account {
  std::string number, id, birth_date;

  // Her whole request in one message.
  std::string request() const;
};

// How a gateway is bound: so many carriers, each with so many binds.
struct Binds {
  std::size_t carriers = 1, of_each = 1;
  std::size_t all() const { return carriers * of_each; }
};

class Site {
 public:
  Site(const std::filesystem::path& programs, std::size_t accounts);
  // Its accounts are in a database elsewhere: `central` as in the configuration.
  Site(const std::filesystem::path& programs, std::string central);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // All that were seeded; several may have one telephone.
  std::vector<Account> accounts() const;
  std::filesystem::path config() const { return folder_ / "pulih.yaml"; }
  const std::filesystem::path& folder() const { return folder_; }
  // For carriers at this port, with so many requests of the gateway's under way at once over all
  // binds together.
  void configure(std::uint16_t port, std::size_t window, const Binds& binds = {}) const;
  // Every conversation forgotten; the accounts stay.
  void forget_conversations() const;

 private:
  void make_folder();

  std::filesystem::path programs_, folder_;
  std::string central_ = "{driver: embedded, path: central.db}";
};

class Gateway {
 public:
  Gateway(const std::filesystem::path& program, const Site& site);
  ~Gateway();  // kills it, if it has not ended
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // It unbinds then, and needs a carrier that answers.
  void ask_to_end() const;
  bool ended();
  double resident_mebibytes() const;
  double cpu_seconds() const;

 private:
  pid_t process_ = 0;
};

}  // namespace pulih::bench
