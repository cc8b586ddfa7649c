// The driven gateway on an invented central database, whose every row can be compared with the
// copy. It is under way when it is made.
#pragma once
#include "tests/simulation/invented_central.hpp"
#include "tests/unit/central/driven_gateway.hpp"
#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {

class InventedGateway : public DrivenGateway {
 public:
  explicit InventedGateway(InventedCentral& to, std::uint64_t seed = 7)
      : DrivenGateway(invented_key(7), seed), central(to) {
    start();
  }
  void start() { start_on({central, central, central}); }

  // The copy has what the central database has, row for row.
  bool agrees() {
    if (!agrees_with(central)) return false;
    for (const auto& [number, row] : central.state.rows) {
      if (row.gone) continue;
      readers->look_anew();
      const auto found = readers->by_id(keys.account(row.id));
      if (!found || found->phone.value() != row.phone ||
          found->password_version != row.password_version)
        return false;
    }
    return true;
  }

  InventedCentral& central;
};

}  // namespace pulih::central
