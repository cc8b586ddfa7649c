// What became of every message: the engine's carriers with a book beside them. Each message that
// the engine hands over is numbered in its text; the simulated networks tell which they took and by
// which connection, the gateway which of their answers it heard. A message that comes twice is a
// fault unless its first answer could not be heard, and so is one that overtakes or never comes.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/engine/ports.hpp"
#include "tests/phone/simulated_carrier.hpp"

namespace pulih::simulation {

class Ledger final : public engine::Carriers, public phone::Witness {
 public:
  // The number of a message in its text, and the text without it.
  struct Numbered {
    engine::OutboundId id = 0;
    std::string text;
  };
  static std::optional<Numbered> read(const std::string& text);

  explicit Ledger(engine::Carriers& carriers) : carriers_(carriers) {}

  engine::CarrierKey route(accounts::Msisdn to, engine::CarrierKey came_by) override {
    return carriers_.route(to, came_by);
  }
  std::size_t room(engine::CarrierKey key) override { return carriers_.room(key); }
  void send(engine::Outgoing message) override;
  void answer(const engine::Ack& ack, engine::Answer how) override { carriers_.answer(ack, how); }
  void show(engine::NextScreen screen) override { carriers_.show(std::move(screen)); }
  void call_back(engine::CallBack call) override { carriers_.call_back(std::move(call)); }
  void flush() override { carriers_.flush(); }

  void taken(std::uint64_t connection, const std::string& to, const std::string& text,
             phone::Fault fault) override;
  void gone(std::uint64_t connection) override;
  // The gateway knows that it was taken, or gave it up.
  void over(engine::OutboundId id);

  // Every message that was handed over has come to its end.
  bool all_over() const;

  struct Sums {
    std::uint64_t handed_over = 0, taken = 0, over = 0, connections_lost = 0;
    std::uint64_t doubled_by_cuts = 0, doubled_by_kept_answers = 0;
    std::uint64_t doubled_unexplained = 0, doubled_after_answer = 0, overtaken = 0, lost = 0,
                  twice_handed_over = 0, unreadable = 0;
    std::uint64_t faults() const {
      return doubled_unexplained + doubled_after_answer + overtaken + lost + twice_handed_over +
             unreadable;
    }
  };
  // With what is lost as it stands now: everything that was not taken, or whose end is unknown.
  Sums sums() const;
  // The first faults, in words.
  std::vector<std::string> told() const;

 private:
  struct Entry {
    std::uint64_t to = 0;  // 0: never handed over
    std::uint64_t connection = 0;
    bool taken = false, over = false;
    phone::Fault fault{};  // of the answer
  };
  void wrong(std::uint64_t& count, engine::OutboundId id, const std::string& what);

  engine::Carriers& carriers_;
  mutable std::mutex mutex_;    // the engine's thread hands over, the networks' thread takes
  std::vector<Entry> entries_;  // by id, from 1
  std::unordered_map<std::uint64_t, engine::OutboundId> newest_;  // taken, by number
  std::vector<bool> gone_;                                        // by connection
  Sums sums_;
  std::vector<std::string> told_;
};

}  // namespace pulih::simulation
