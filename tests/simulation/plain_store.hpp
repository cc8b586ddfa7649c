// A store that keeps its rows in hash tables and cannot fail: its commit is nothing, and whatever
// was saved in a batch stays. For whoever wants to see the engine without a disk under it.
#pragma once
#include <map>
#include <unordered_map>

#include "daemon/engine/ports.hpp"

namespace pulih::simulation {

class PlainStore : public engine::Store {
 public:
  void begin() override {}
  void commit() override {}
  void rollback() noexcept override {}

  std::optional<Octets> load(engine::Table table, std::uint64_t key) override {
    const auto& rows = records_[static_cast<std::size_t>(table)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return Octets(found->second);
  }
  void save(engine::Table table, std::uint64_t key, Octets record) override {
    records_[static_cast<std::size_t>(table)][key].assign(record.begin(), record.end());
  }
  void erase(engine::Table table, std::uint64_t key) override {
    records_[static_cast<std::size_t>(table)].erase(key);
  }
  // Nobody is forgotten within a benchmark, so there is nothing to look at.
  std::vector<Row> scan(engine::Table, std::uint64_t, std::size_t) override { return {}; }

  void put_outbound(engine::OutboundId id, engine::CarrierKey carrier, Octets message) override {
    outbound_[id] = {id, carrier, {message.begin(), message.end()}};
  }
  void erase_outbound(engine::OutboundId id) override { outbound_.erase(id); }
  std::vector<OutboundRow> outbound(engine::CarrierKey carrier, engine::OutboundId from,
                                    std::size_t most) override {
    std::vector<OutboundRow> page;
    for (auto row = outbound_.lower_bound(from); row != outbound_.end() && page.size() < most;
         ++row)
      if (row->second.carrier == carrier) page.push_back(row->second);
    return page;
  }
  engine::OutboundId last_outbound() override {
    return outbound_.empty() ? 0 : outbound_.rbegin()->first;
  }

  void put_operation(const conversation::OperationId& id, Octets operation) override {
    const auto order = ++last_operation_;
    operations_[order] = {order, id, {operation.begin(), operation.end()}};
  }
  void replace_operation(const conversation::OperationId& id, Octets operation) override {
    for (auto& [order, row] : operations_)
      if (row.id == id) row.operation.assign(operation.begin(), operation.end());
  }
  void erase_operation(const conversation::OperationId& id) override {
    std::erase_if(operations_, [&](const auto& row) { return row.second.id == id; });
  }
  void keep_applied(const conversation::OperationId& id, engine::Instant) override {
    erase_operation(id);
  }
  void forget_applied_before(engine::Instant, std::size_t) override {}
  std::optional<OperationRow> operation(const conversation::OperationId& id) override {
    for (const auto& [order, row] : operations_)
      if (row.id == id) return row;
    return std::nullopt;
  }
  std::vector<OperationRow> operations(std::uint64_t after, std::size_t most) override {
    std::vector<OperationRow> page;
    for (auto row = operations_.upper_bound(after); row != operations_.end() && page.size() < most;
         ++row)
      page.push_back(row->second);
    return page;
  }

  void audit(engine::Instant, conversation::Audit, accounts::PersonKey,
             accounts::AccountKey) override {}
  void forget_audit_before(engine::Instant, std::size_t) override {}
  std::uint64_t contact_cursor() override { return contact_cursor_; }
  void set_contact_cursor(std::uint64_t cursor) override { contact_cursor_ = cursor; }

 private:
  std::unordered_map<std::uint64_t, accounts::Blob> records_[3];  // by engine::Table
  std::map<engine::OutboundId, OutboundRow> outbound_;
  std::map<std::uint64_t, OperationRow> operations_;
  std::uint64_t last_operation_ = 0;
  std::uint64_t contact_cursor_ = 0;
};

}  // namespace pulih::simulation
