// The gateway's standing with the central database in state.db, on a connection of its own: the
// thread that talks to that database writes it a few times a day, beside the engine's batches, and
// reads what was acknowledged when it has to be told again.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>

#include "daemon/engine/standing.hpp"

namespace pulih::store {

class SqliteStanding final : public engine::StandingStore {
 public:
  // FOLDER/state.db must have been opened by SqliteStore before, which brings its schema forward.
  explicit SqliteStanding(const std::filesystem::path& folder);
  ~SqliteStanding() override;

  engine::Standing load() override;
  void save(const engine::Standing& standing) override;
  std::vector<engine::Store::OperationRow> applied(std::uint64_t after, std::size_t most) override;

 private:
  struct Statements;

  std::filesystem::path file_;
  SQLite::Database database_;
  std::unique_ptr<Statements> sql_;
};

}  // namespace pulih::store
