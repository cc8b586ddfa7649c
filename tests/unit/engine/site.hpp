// One site around the real engine: everything that leaves it is written into one story, in the
// order in which it happened, and what comes back (work, confirmations, the central database's
// answers) comes when the test says so. Budi and Siti are teachers with accounts of their own.
#pragma once
#include <memory>

#include "daemon/accounts/sealed_password.hpp"
#include "daemon/engine/engine.hpp"
#include "tests/simulation/central.hpp"
#include "tests/simulation/phrases.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/unit/engine/watched_store.hpp"

namespace pulih::engine {

struct Teacher {
  accounts::Msisdn number;
  std::string name;
  std::string request;  // her whole request in one message
};
inline const Teacher budi{accounts::Msisdn::from_value(6281100000101), "budi",
                          "RESET budi12 guru sd 17081985"};
inline const Teacher siti{accounts::Msisdn::from_value(6281100000102), "siti",
                          "RESET siti34 guru sd 02051990"};

class Site final : public Carriers, public Workers, public Pusher, public Watcher {
 public:
  explicit Site(const Bounds& bounds = {});

  Story story;
  WatchedStore store{story};
  Instant now{std::chrono::seconds{1'800'000'000}};
  std::size_t carrier_room = 1000;
  bool workers_full = false;
  CarrierKey carrier = 1;
  accounts::SiteKeys keys;

  // ---- what the outside does
  // ----------------------------------------------------------------------------
  // A message of hers; with `again`, by the carrier's id of an earlier one.
  Inbound message(const Teacher& from, const std::string& text, std::uint64_t again = 0) const;
  // What she types on the screen of this session, or that she dials.
  Inbound on_screen(const Teacher& from, std::uint64_t session, const std::string& text) const;
  Inbound dialled(const Teacher& from, std::uint64_t session) const;
  // As it arrives it gets its sequence number, 1 for the first of a site.
  Inbound arrived(Inbound message);
  template <class... Occurrences>
  void run(Occurrences&&... occurrences) {
    std::vector<Occurrence> batch;
    (batch.emplace_back(std::forward<Occurrences>(occurrences)), ...);
    for (auto& each : batch)
      if (auto* message = std::get_if<Inbound>(&each)) *message = arrived(std::move(*message));
    engine_->run(batch, now);
  }
  // One message in a batch of its own; the key of the last text that was sent then.
  std::string says(const Teacher& from, const std::string& text);
  // One answer on a screen in a batch of its own; what is shown then.
  std::string types(const Teacher& from, std::uint64_t session, const std::string& text);
  std::string dials(const Teacher& from, std::uint64_t session);
  // kill -9, and a new start.
  void restart();

  // She gets as far as the choice of a password (M24).
  void identify(const Teacher& teacher);
  // … and on to a change that waits for the central database (M31).
  void stage_password(const Teacher& teacher);
  // The oldest slow work is done.
  WorkDone work_done();
  // What became of the operation that was pushed last, and of each of them.
  Pushed pushed(Pushed::How how) const { return {operations.back(), how}; }

  std::vector<OutboundId> sent;                       // by their ids
  std::vector<std::uint64_t> tickets;                 // of slow work, offered and not done
  std::vector<conversation::OperationId> operations;  // as they were pushed
  std::size_t withdrawn = 0;                          // of those of the last push
  std::optional<conversation::StagePassword> change;  // the last password change of those
  // As the hashing pool of a gateway has it, whose hub needs the text of a password.
  std::optional<accounts::SealingKey> seal_to;
  std::uint32_t last_sequence = 0;  // of messages
  void offer_school() { policy_.offers.school = true; }
  // When its replica last agreed with the central database.
  void replica_as_of(Instant at) { central_.replica_as_of = at; }

  std::size_t count(const std::string& what) const;
  Story story_since(std::size_t from) const { return {story.begin() + diff(from), story.end()}; }
  Engine& engine() { return *engine_; }

 private:
  static std::ptrdiff_t diff(std::size_t n) { return static_cast<std::ptrdiff_t>(n); }
  CarrierKey route(accounts::Msisdn, CarrierKey) override { return carrier; }
  std::size_t room(CarrierKey) override { return carrier_room; }
  void send(Outgoing) override;
  void answer(const Ack&, Answer) override;
  void show(NextScreen) override;
  void call_back(CallBack) override;
  void flush() override { story.push_back("flush"); }
  bool offer(std::uint64_t ticket, conversation::PasswordWork) override;
  void push(std::vector<Operation>) override;
  void noticed(const Notice&) override;

  const Bounds bounds_;
  std::string shown_since(std::size_t from) const;

  conversation::Policy policy_;
  simulation::Seeded entropy_{2};
  simulation::SimulatedCentral central_;
  conversation::Phrasebook phrasebook_;
  std::unique_ptr<Engine> engine_;
  std::string code_;
  // For which operation and account the slow work is that was offered last.
  conversation::OperationId work_operation_{};
  std::string work_account_;
};

}  // namespace pulih::engine
