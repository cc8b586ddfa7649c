// A state folder on a disk that can fail, for one test: the store in it is opened as often as the
// test likes, and what lies in its file can be looked at past the store.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "daemon/store/sqlite_store.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"
#include "tests/unit/store/faulty_vfs.hpp"

namespace pulih::store {

inline constexpr engine::Instant monday{std::chrono::seconds{1'700'000'000}};
inline accounts::Blob blob(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string text(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

class StateFolder {
 public:
  StateFolder() { disk().replace(); }

  static FaultyDisk& disk() { return FaultyDisk::under_sqlite(); }
  std::filesystem::path path() const { return folder_ / ""; }
  std::filesystem::path file() const { return folder_ / "state.db"; }
  std::filesystem::path log() const { return folder_ / "state.db-wal"; }

  // Why the store cannot be opened; empty when it can.
  std::string refusal() const {
    try {
      const SqliteStore store(path());
      return {};
    } catch (const engine::StoreError& error) {
      return error.what();
    }
  }
  // What a statement answers, asked past the store.
  std::string ask(const std::string& sql) const {
    SQLite::Database database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Statement statement(database, sql);
    return statement.executeStep() ? statement.getColumn(0).getString() : "";
  }

 private:
  accounts::TemporaryFolder folder_;
};

}  // namespace pulih::store
