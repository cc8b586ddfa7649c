// What SQLite could not do, as an engine::StoreError that says what, where and what to do: for all
// who have state.db open.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

#include "daemon/engine/ports.hpp"

namespace pulih::store {

engine::StoreError failure(const std::filesystem::path& file, const SQLite::Exception& error);

// What `work` returns.
template <class Work>
auto guarded(const std::filesystem::path& file, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    throw failure(file, error);
  }
}

}  // namespace pulih::store
