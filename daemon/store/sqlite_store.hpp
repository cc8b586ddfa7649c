// The durable store on SQLite (WAL, synchronous=FULL): one file state.db, one writer. A commit
// returns when the batch is on disk. Whatever goes wrong is an engine::StoreError that says what,
// where and what to do.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <string_view>

#include "daemon/engine/ports.hpp"
#include "daemon/store/checkpointer.hpp"
#include "daemon/store/folder_lock.hpp"

namespace pulih::store {

class SqliteStore final : public engine::Store {
 public:
  // Opens or creates FOLDER/state.db and brings its schema forward; holds FOLDER/state.lock, so
  // that no second daemon can write to the same state.
  explicit SqliteStore(const std::filesystem::path& folder);
  ~SqliteStore() override;
  // Rows are named as `keys` say; without it by the keys themselves. Another process may name them
  // anew between two transactions.
  void name_rows_by(const accounts::SiteKeys& keys);

  void begin() override;
  void commit() override;
  void rollback() noexcept override;

  std::optional<Octets> load(engine::Table, std::uint64_t key) override;
  void save(engine::Table, std::uint64_t key, Octets record) override;
  void erase(engine::Table, std::uint64_t key) override;
  std::vector<Row> scan(engine::Table, std::uint64_t after, std::size_t most) override;

  void put_outbound(engine::OutboundId, engine::CarrierKey, Octets message) override;
  void erase_outbound(engine::OutboundId) override;
  std::vector<OutboundRow> outbound(engine::CarrierKey, engine::OutboundId from,
                                    std::size_t most) override;
  engine::OutboundId last_outbound() override;

  void put_operation(const conversation::OperationId&, Octets operation) override;
  void replace_operation(const conversation::OperationId&, Octets operation) override;
  void erase_operation(const conversation::OperationId&) override;
  void keep_applied(const conversation::OperationId&, engine::Instant) override;
  void forget_applied_before(engine::Instant, std::size_t most) override;
  std::optional<OperationRow> operation(const conversation::OperationId&) override;
  std::vector<OperationRow> operations(std::uint64_t after, std::size_t most) override;

  void audit(engine::Instant, conversation::Audit, accounts::PersonKey,
             accounts::AccountKey) override;
  void forget_audit_before(engine::Instant, std::size_t most) override;

  std::uint64_t contact_cursor() override;
  void set_contact_cursor(std::uint64_t) override;

 private:
  struct Statements;

  void migrate();
  void look_at_naming();
  void write_operation(SQLite::Statement&, const conversation::OperationId&, Octets operation);
  void erase_runs_of_outbound();

  std::filesystem::path file_;
  FolderLock lock_;
  SQLite::Database database_;
  const accounts::SiteKeys* keys_ = nullptr;
  const accounts::RowNames by_themselves_;
  const accounts::RowNames* names_ = &by_themselves_;  // of the transaction under way
  std::unique_ptr<Statements> sql_;
  Checkpointer checkpointer_;
  std::vector<engine::OutboundId> erased_outbound_;  // in this transaction, at its end
  int log_pages_ = 0;                                // set by SQLite's hook at each commit
};

}  // namespace pulih::store
