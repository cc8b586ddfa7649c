// The peer's standing with a central database elsewhere: with the embedded one, which the benchmark
// uses, nobody asks for it. It stands in the place of the header of the same name.
#pragma once
#include <filesystem>

#include "daemon/engine/standing.hpp"

namespace pulih::store {

class SqliteStanding final : public engine::StandingStore {
 public:
  explicit SqliteStanding(const std::filesystem::path&) {}
  engine::Standing load() override { return {}; }
  void save(const engine::Standing&) override {}
  std::vector<engine::Store::OperationRow> applied(std::uint64_t, std::size_t) override {
    return {};
  }
};

}  // namespace pulih::store
