// The peer of the daemon's benchmark: what pulihd would be without durability. It stands in the
// place of the store of the same name when main.cpp is built a second time, and keeps nothing.
#pragma once
#include <filesystem>

#include "tests/simulation/plain_store.hpp"

namespace pulih::store {

class SqliteStore final : public simulation::PlainStore {
 public:
  explicit SqliteStore(const std::filesystem::path&) {}
  void name_rows_by(const accounts::SiteKeys&) {}
};

}  // namespace pulih::store
