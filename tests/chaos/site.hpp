// What the chaos test is about, as it is installed: PostgreSQL with the accounts, the hub beside it
// and one gateway at the other end of a bad link, each a process that can be killed and started
// again. Whoever uses it is at the gateway's end of the link.
#pragma once
#include <memory>
#include <optional>

#include "tests/central/cluster.hpp"
#include "tests/chaos/process.hpp"
#include "tests/link/bad_link.hpp"
#include "tests/unit/carriers/certificates.hpp"

namespace pulih::chaos {

class Site {
 public:
  // With accounts for so many teachers, and as many of others who are changed at the center only.
  // Without conditions there is no link between gateway and hub, only this machine.
  Site(std::filesystem::path programs, std::size_t teachers,
       const std::optional<test::BadLink::Conditions>& conditions);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // Takes the calling thread to the gateway's end.
  void enter() const;
  // Nothing: this machine.
  test::BadLink* link() { return link_.get(); }

  void start_hub();
  // For a carrier at this port from now on.
  void configure_gateway(std::uint16_t carrier);
  void start_gateway();
  Process& gateway() { return *gateway_; }
  Process& hub() { return *hub_; }

  // `pulihctl key rotate`, begun; and killed, if it is not done by then.
  void begin_rotation() { rotation_ = std::make_unique<Process>(rotate(), rotations()); }
  void end_rotation() { rotation_.reset(); }
  // To its end. Its exit status.
  int rotate_keys() { return Process(rotate(), rotations()).end(); }

  void start_database() { cluster_.start(); }
  void stop_database() { cluster_.stop("immediate"); }
  // Statements of the cluster's superuser in one transaction, tried until they are done. Should an
  // answer be lost they may be done twice, each time whole.
  void change(const std::string& statements);
  // The number that this query gives.
  std::int64_t number(const char* query);
  std::vector<central::PostgresqlAnswer> ask(const char* query);
  // As the database has the copy.
  std::vector<central::Fingerprint> fingerprints();

  // `pulihctl status --json`; empty: it was not answered.
  std::string status() const;
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path journal() const { return folder_ / "journal"; }
  std::filesystem::path rotations() const { return folder_ / "rotations"; }
  static std::string bystander(std::size_t which);

 private:
  void make_accounts(std::size_t teachers);
  void make_hub();
  std::vector<std::string> rotate() const {
    return {programs_ / "pulihctl", "key", "rotate", "--config", folder_ / "pulih.yaml"};
  }
  central::PostgresqlPlace superuser() const;
  std::string hub_address() const;

  const std::filesystem::path programs_;
  std::filesystem::path folder_;
  std::unique_ptr<test::BadLink> link_;
  central::Cluster& cluster_;
  central::CentralDatabase database_;
  central::PostgresqlLink sql_;
  const carriers::CertificateFolder certificates_;
  std::unique_ptr<Process> hub_, gateway_, rotation_;
};

}  // namespace pulih::chaos
