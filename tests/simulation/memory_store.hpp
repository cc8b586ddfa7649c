// A store in memory that can fail and crash: what was not committed is gone, and the Nth operation
// can be made to throw. It remembers every octet that was ever handed to it, for the search for
// secrets. The standing with the central database is kept in the same place, as on a gateway's
// disk.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "daemon/engine/ports.hpp"
#include "daemon/engine/standing.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::simulation {

class MemoryStore final : public engine::Store, public engine::StandingStore {
 public:
  // `per_mille` of the operations throw, `seed` says which.
  MemoryStore(std::uint64_t seed, std::uint32_t per_mille) : chance_(seed), per_mille_(per_mille) {}

  void begin() override {
    may_fail("begin");
    live_ = durable_;
    forget_fresh();
    open_ = true;
  }
  void commit() override {
    may_fail("commit");
    durable_ = live_;
    open_ = false;
    ++commits_;
  }
  void rollback() noexcept override {
    live_ = durable_;
    forget_fresh();
    open_ = false;
  }

  std::optional<Octets> load(engine::Table table, std::uint64_t key) override {
    may_fail("load");
    const auto& rows = live_.records[static_cast<std::size_t>(table)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return Octets(found->second);
  }
  void save(engine::Table table, std::uint64_t key, Octets record) override {
    may_fail("save");
    live_.records[static_cast<std::size_t>(table)][key].assign(record.begin(), record.end());
    witness(record);
  }
  void erase(engine::Table table, std::uint64_t key) override {
    live_.records[static_cast<std::size_t>(table)].erase(key);
  }
  std::vector<Row> scan(engine::Table table, std::uint64_t after, std::size_t most) override {
    std::vector<Row> page;
    const auto& rows = live_.records[static_cast<std::size_t>(table)];
    for (auto row = rows.upper_bound(after); row != rows.end() && page.size() < most; ++row)
      page.push_back({row->first, row->second});
    return page;
  }

  void put_outbound(engine::OutboundId id, engine::CarrierKey carrier, Octets message) override {
    may_fail("put_outbound");
    live_.outbound[id] = {id, carrier, {message.begin(), message.end()}};
    fresh_messages_.push_back(live_.outbound[id]);
    witness(message);
  }
  void erase_outbound(engine::OutboundId id) override { live_.outbound.erase(id); }
  std::vector<OutboundRow> outbound(engine::CarrierKey carrier, engine::OutboundId from,
                                    std::size_t most) override {
    std::vector<OutboundRow> page;
    const auto& rows = current().outbound;
    for (auto row = rows.lower_bound(from); row != rows.end() && page.size() < most; ++row)
      if (row->second.carrier == carrier) page.push_back(row->second);
    return page;
  }
  engine::OutboundId last_outbound() override {
    return current().outbound.empty() ? 0 : current().outbound.rbegin()->first;
  }

  void put_operation(const conversation::OperationId& id, Octets operation) override {
    may_fail("put_operation");
    const auto order = ++live_.last_operation;
    live_.operations[order] = {order, id, {operation.begin(), operation.end()}};
    fresh_operations_.push_back(live_.operations[order]);
    witness(operation);
  }
  void replace_operation(const conversation::OperationId& id, Octets operation) override {
    may_fail("replace_operation");
    for (auto& [order, row] : live_.operations)
      if (row.id == id) row.operation.assign(operation.begin(), operation.end());
    witness(operation);
  }
  void erase_operation(const conversation::OperationId& id) override {
    if (auto row = operation(id)) settled_.push_back(std::move(*row));
    std::erase_if(live_.operations, [&](const auto& row) { return row.second.id == id; });
  }
  void keep_applied(const conversation::OperationId& id, engine::Instant) override {
    may_fail("keep_applied");
    auto row = *operation(id);
    row.order = live_.applied.empty() ? 1 : live_.applied.back().order + 1;
    live_.applied.push_back(std::move(row));
    erase_operation(id);
  }
  void forget_applied_before(engine::Instant, std::size_t) override {}
  std::optional<OperationRow> operation(const conversation::OperationId& id) override {
    for (const auto& [order, row] : current().operations)
      if (row.id == id) return row;
    return std::nullopt;
  }
  std::vector<OperationRow> operations(std::uint64_t after, std::size_t most) override {
    std::vector<OperationRow> page;
    const auto& rows = current().operations;
    for (auto row = rows.upper_bound(after); row != rows.end() && page.size() < most; ++row)
      page.push_back(row->second);
    return page;
  }

  void audit(engine::Instant, conversation::Audit, accounts::PersonKey,
             accounts::AccountKey) override {
    may_fail("audit");
    ++live_.audit_lines;
  }
  void forget_audit_before(engine::Instant, std::size_t) override {}
  std::uint64_t contact_cursor() override { return current().contact_cursor; }
  void set_contact_cursor(std::uint64_t cursor) override { live_.contact_cursor = cursor; }

  // ---- the standing
  engine::Standing load() override {
    may_fail("the standing");
    return standing_;
  }
  void save(const engine::Standing& standing) override {
    may_fail("the standing");
    standing_ = standing;
  }
  std::vector<OperationRow> applied(std::uint64_t after, std::size_t most) override {
    std::vector<OperationRow> page;
    for (const auto& row : durable_.applied)
      if (row.order > after && page.size() < most) page.push_back(row);
    return page;
  }

  // ---- for the world
  // ----------------------------------------------------------------------------------
  void crash() { rollback(); }
  void heal() { per_mille_ = 0; }
  std::uint64_t commits() const { return commits_; }
  bool open() const { return open_; }
  std::optional<accounts::Blob> durable(engine::Table table, std::uint64_t key) const {
    const auto& rows = durable_.records[static_cast<std::size_t>(table)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  // What the last transaction put in; nothing, if it was rolled back.
  const std::vector<OutboundRow>& fresh_messages() const { return fresh_messages_; }
  const std::vector<OperationRow>& fresh_operations() const { return fresh_operations_; }
  // Operations that wait no longer since then, however that came.
  const std::vector<OperationRow>& settled() const { return settled_; }
  std::size_t waiting_messages() const { return durable_.outbound.size(); }
  std::uint64_t contact_changes_heard() const { return durable_.contact_cursor; }
  std::size_t waiting_operations() const { return durable_.operations.size(); }
  const std::vector<OperationRow>& applied() const { return durable_.applied; }
  const std::string& everything_written() const { return written_; }

 private:
  struct Rows {
    std::map<std::uint64_t, accounts::Blob> records[3];
    std::map<engine::OutboundId, OutboundRow> outbound;
    std::map<std::uint64_t, OperationRow> operations;
    std::uint64_t last_operation = 0;
    std::vector<OperationRow> applied;
    std::uint64_t contact_cursor = 0;
    std::uint64_t audit_lines = 0;
  };
  void forget_fresh() {
    fresh_messages_.clear();
    fresh_operations_.clear();
    settled_.clear();
  }
  const Rows& current() const { return open_ ? live_ : durable_; }
  void may_fail(const char* where) {
    if (chance_.chance(per_mille_))
      throw engine::StoreError(std::string(where) + ": fault of the simulation");
  }
  void witness(Octets octets) {
    written_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  }

  Seeded chance_;
  std::uint32_t per_mille_;
  Rows durable_, live_;
  std::vector<OutboundRow> fresh_messages_;
  std::vector<OperationRow> fresh_operations_, settled_;
  engine::Standing standing_;
  bool open_ = false;
  std::uint64_t commits_ = 0;
  std::string written_;
};

}  // namespace pulih::simulation
