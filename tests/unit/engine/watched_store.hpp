// A store in memory that tells when it commits and fails where it is told to: the call that a test
// names throws once, as a disk does that is full for a moment.
#pragma once
#include <string>
#include <vector>

#include "tests/simulation/memory_store.hpp"

namespace pulih::engine {

using Story = std::vector<std::string>;  // what happened, in order

class WatchedStore final : public Store {
 public:
  explicit WatchedStore(Story& story) : story_(story) {}

  // The next call of this name throws.
  void fail(std::string call) { fails_ = std::move(call); }
  // As after a kill -9.
  void crash() { memory_.crash(); }
  // One bit of a record is another one than was written.
  void damage(Table table, std::uint64_t key) {
    const auto row = memory_.durable(table, key);
    auto record = row.value();
    record[record.size() / 2] ^= 0x10u;
    memory_.begin();
    memory_.save(table, key, record);
    memory_.commit();
  }
  void damage_message(OutboundId id, CarrierKey carrier) {
    auto row = memory_.outbound(carrier, id, 1).at(0);
    row.message.back() ^= 1u;
    memory_.begin();
    memory_.put_outbound(id, carrier, row.message);
    memory_.commit();
  }
  void damage_operations() {
    memory_.begin();
    for (auto& row : memory_.operations(0, 100)) {
      row.operation.back() ^= 1u;
      memory_.erase_operation(row.id);
      memory_.put_operation(row.id, row.operation);
    }
    memory_.commit();
  }
  bool has(Table table, std::uint64_t key) const { return memory_.durable(table, key).has_value(); }
  std::size_t waiting_messages() const { return memory_.waiting_messages(); }
  std::size_t waiting_operations() const { return memory_.waiting_operations(); }
  Instant audit_forgotten_before{}, applied_forgotten_before{};
  std::size_t applied() const { return memory_.applied().size(); }

  void begin() override {
    step("begin");
    memory_.begin();
  }
  void commit() override {
    step("commit");
    memory_.commit();
    story_.push_back("commit");
  }
  void rollback() noexcept override {
    memory_.rollback();
    story_.push_back("rollback");
  }
  std::optional<Octets> load(Table table, std::uint64_t key) override {
    step("load");
    return memory_.load(table, key);
  }
  void save(Table table, std::uint64_t key, Octets record) override {
    step("save");
    memory_.save(table, key, record);
  }
  void erase(Table table, std::uint64_t key) override { memory_.erase(table, key); }
  std::vector<Row> scan(Table table, std::uint64_t after, std::size_t most) override {
    step("scan");
    return memory_.scan(table, after, most);
  }
  void put_outbound(OutboundId id, CarrierKey carrier, Octets message) override {
    step("put_outbound");
    memory_.put_outbound(id, carrier, message);
  }
  void erase_outbound(OutboundId id) override { memory_.erase_outbound(id); }
  std::vector<OutboundRow> outbound(CarrierKey carrier, OutboundId from,
                                    std::size_t most) override {
    step("outbound");
    return memory_.outbound(carrier, from, most);
  }
  OutboundId last_outbound() override { return memory_.last_outbound(); }
  void replace_operation(const conversation::OperationId& id, Octets operation) override {
    step("replace_operation");
    memory_.replace_operation(id, operation);
  }
  void put_operation(const conversation::OperationId& id, Octets operation) override {
    step("put_operation");
    memory_.put_operation(id, operation);
  }
  void erase_operation(const conversation::OperationId& id) override {
    memory_.erase_operation(id);
  }
  void keep_applied(const conversation::OperationId& id, Instant at) override {
    memory_.keep_applied(id, at);
  }
  void forget_applied_before(Instant before, std::size_t) override {
    applied_forgotten_before = before;
  }
  std::optional<OperationRow> operation(const conversation::OperationId& id) override {
    return memory_.operation(id);
  }
  std::vector<OperationRow> operations(std::uint64_t after, std::size_t most) override {
    step("operations");
    return memory_.operations(after, most);
  }
  void audit(Instant at, conversation::Audit what, accounts::PersonKey person,
             accounts::AccountKey account) override {
    step("audit");
    memory_.audit(at, what, person, account);
  }
  void forget_audit_before(Instant before, std::size_t) override {
    audit_forgotten_before = before;
  }
  std::uint64_t contact_cursor() override { return memory_.contact_cursor(); }
  void set_contact_cursor(std::uint64_t cursor) override { memory_.set_contact_cursor(cursor); }

 private:
  void step(const std::string& call) {
    if (call != fails_) return;
    fails_.clear();
    throw StoreError(call + ": the disk is full");
  }

  Story& story_;
  simulation::MemoryStore memory_{1, 0};
  std::string fails_;
};

}  // namespace pulih::engine
