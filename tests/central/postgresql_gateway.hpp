// The driven gateway on a real PostgreSQL: its site's login, and a connection of its own for each
// of its lives.
#pragma once
#include "tests/central/cluster.hpp"
#include "tests/unit/central/driven_gateway.hpp"

namespace pulih::central {

class PostgresqlGateway : public DrivenGateway {
 public:
  using Place = std::function<PostgresqlPlace()>;  // one for each life, since it has a secret
  // `site`: for a login that speaks for every one.
  explicit PostgresqlGateway(Place at, std::optional<std::string> site = std::nullopt,
                             std::uint64_t seed = 7)
      : DrivenGateway(accounts::SiteKey{}, seed), place(std::move(at)), site_(std::move(site)) {
    start();
  }
  void start() {
    kill();
    central.emplace(place(), &keys, site_);
    start_on({*central, *central, *central});
  }
  void first_copy() {
    for (int i = 0; i < 200 && !replica->whole(); ++i) step();
    if (!replica->whole()) throw std::runtime_error("the first copy was never whole");
  }
  bool agrees() { return agrees_with(*central); }
  std::optional<accounts::Account> account(const std::string& id) {
    readers->look_anew();
    return readers->by_id(keys.account(id));
  }

  Place place;
  std::optional<PostgresqlCentral> central;

 private:
  const std::optional<std::string> site_;
};

// Forty invented teachers of Papua, whose gateway is at Nabire.
struct FollowedDatabase : CentralDatabase {
  static constexpr int teachers = 40;
  static std::string teacher(int number) { return "guru" + std::to_string(number) + "@guru.sd"; }

  explicit FollowedDatabase(Cluster& cluster = Cluster::shared()) : CentralDatabase(cluster) {
    for (int number = 1; number <= teachers; ++number) add(teacher(number), "papua");
    enrol("nabire", "papua");
  }
  PostgresqlGateway::Place at(const std::string& site) const {
    return [this, site] { return place_of(site); };
  }
  // How often passwords were changed, all together, and how many changes are kept with a verdict.
  std::uint64_t changed() { return number("SELECT sum(password_version - 1) FROM pulih.account"); }
  std::uint64_t decided() { return number("SELECT count(*) FROM pulih.operation"); }
};

}  // namespace pulih::central
