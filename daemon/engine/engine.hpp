// The engine takes what has happened since the last batch, lets the conversation take its turns,
// and makes all of it durable in one transaction. Only after the commit are messages answered and
// sent (invariant 1). It has no thread and no clock: whoever runs it hands in a batch and the time.
#pragma once
#include <array>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "daemon/conversation/phrasebook.hpp"
#include "daemon/engine/awaited_receipts.hpp"
#include "daemon/engine/batch.hpp"
#include "daemon/engine/ports.hpp"
#include "daemon/engine/rows.hpp"

namespace pulih::engine {

// What bounds the engine (invariant 7).
struct Bounds {
  std::size_t held_messages = 8;          // of one person, while slow work on her password is done
  std::size_t operations_in_flight = 64;  // towards the central database
  // That wait for it. At so many no new password is taken in, and at twice as many, which only
  // tickets lead to, no message; passwords that are being hashed then still come to one each.
  std::size_t operations_waiting = 100'000;
  std::chrono::seconds ussd_answer{8};    // after so long a screen is closed and SMS goes on
  std::size_t backlog_page = 512;         // MT messages read from the store at once
  std::size_t receipts_waiting = 50'000;  // codes whose receipts are awaited
  std::size_t sweep_page = 256;           // records looked at for forgetting, each tick
  std::chrono::seconds push_retry_first{5}, push_retry_longest{300};
  std::chrono::seconds push_life = std::chrono::hours{24};
  std::chrono::seconds audit_life = std::chrono::hours{24 * 400};
  // What was applied is kept for a central database that may be restored; 0: it is not.
  std::chrono::seconds applied_life{0};
  // When the oldest operation waits for so long, somebody is told.
  std::chrono::seconds operations_old = std::chrono::hours{1};
};

struct Parts {
  Store& store;
  Carriers& carriers;
  Workers& workers;
  Pusher& pusher;
  Watcher& watcher;
  const accounts::AccountLookup& accounts;
  const accounts::SiteKeys& keys;
  accounts::Entropy& entropy;
  // One for each conversation::Language.
  std::array<const conversation::Phrasebook*, 2> phrasebooks;
};

class Engine {
 public:
  Engine(const Parts& parts, const conversation::Policy& policy, const Bounds& bounds);

  // One batch: every occurrence is taken in order, then one commit, then answers and messages go
  // out. When the store fails nothing of the batch counts: its messages are answered
  // Answer::failed, the rest is kept and comes again with the next batch.
  void run(std::vector<Occurrence>& occurrences, Instant now);

  struct Counts {
    std::uint64_t turns = 0, batches = 0, messages_sent = 0, operations_staged = 0,
                  store_failures = 0;
    std::uint64_t operations_refused = 0, operations_superseded = 0;
    std::optional<Instant> oldest_operation = {};  // of those that wait
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Heard {
    Inbound message;
    Instant since{};
  };
  struct Job {  // a message that waits for slow work on its password
    accounts::PersonKey person = 0;
    Heard heard;  // without its text
    std::uint64_t text_tag = 0;
    conversation::PasswordWork::Purpose purpose{};
    conversation::OperationId operation{};
  };
  // What is left of a message that this transaction holds, if it has to be refused.
  struct Taken {
    explicit Taken(const Inbound& message)
        : ack(message.ack), carrier(message.carrier), session(message.session) {}
    explicit Taken(const ReceiptOfLoss& receipt) : ack(receipt.ack) {}
    Ack ack;
    CarrierKey carrier = 0;
    std::uint64_t session = 0;
  };

  void take(Inbound&, Instant now);
  void take(const Sent&, Instant now);
  void take(const ReceiptOfLoss&, Instant now);
  void take(const Undelivered&, Instant now);
  void take(const Room&, Instant now);
  void take(WorkDone&, Instant now);
  void take(const Pushed&, Instant now);
  void take(const CentralReached& is, Instant now) { central_reached(is.reached, now); }
  void take(const ContactChange&, Instant now);
  void take(const Tick&, Instant now);
  void code_lost(const Undelivered&, Instant now);
  void hear(Heard, Instant now);
  conversation::Event event_of(Inbound&, accounts::PersonKey) const;

  // The turn itself. True: the message is to be answered when the batch is durable.
  bool turn(accounts::PersonKey, conversation::Person, conversation::Event, const Heard*,
            Instant now);
  void apply(accounts::PersonKey, const conversation::Person&, conversation::Effects&, Instant now);
  void put_message(const conversation::Person&, conversation::Message&);
  void put_operation(const WaitingOperation&, const conversation::OperationId&);
  void withdraw(const conversation::OperationId&);
  void mark_withdrawn(const Store::OperationRow& row, WaitingOperation);
  void unanswered(const Store::OperationRow& row, Instant now);
  void settle(const conversation::OperationId&, conversation::Settled::How, Instant now);
  void central_reached(bool, Instant now);
  void look_for_old_operations(Instant now);
  void release(accounts::PersonKey, Instant now);
  bool waits_in_vain(const conversation::Person&);
  conversation::Upstream upstream(Instant now) const;
  void notice_of(const conversation::AuditLine&, const conversation::Person&);
  void close_late_screens(Instant now);
  void refuse(const Taken&, Answer);
  void refuse_unheard(const Inbound&);
  void close_screen(CarrierKey, std::uint64_t session, conversation::Language);

  void after_commit(Instant now);
  void offer_work();
  void store_failed(const StoreError&);
  void meet(CarrierKey);
  void send_fresh(Instant now);
  void send_backlog(CarrierKey, OutboundId from, Instant now);
  void hand_over(Outgoing, Instant now);
  void push_operations(Instant now);
  // After a failure, but never longer than the longest, although the clock was set back meanwhile.
  bool push_waits(Instant now) const {
    return conversation::runs(push_again_, bounds_.push_retry_longest, now);
  }
  void undo(std::vector<Occurrence>&);
  void sweep(Table, std::uint64_t& after, Instant now);

  Parts parts_;
  const conversation::Policy& policy_;
  const Bounds bounds_;
  Batch batch_;
  AwaitedReceipts receipts_;
  Counts counts_;

  // Of this batch; gone after it.
  std::size_t begun_ = 0;                        // how many of its occurrences have been looked at
  std::vector<Taken> taken_;                     // whose messages this transaction holds
  std::vector<accounts::PersonKey> worked_for_;  // whose slow work came back
  std::vector<std::pair<Ack, Answer>> answers_;
  std::vector<NextScreen> screens_;
  std::vector<CallBack> call_backs_;
  std::vector<Outgoing> outgoing_;
  std::vector<std::pair<std::uint64_t, conversation::PasswordWork>> work_;
  std::vector<conversation::OperationId> withdrawn_;
  std::vector<Notice> notices_;
  bool full_ = false;  // somebody was refused, as too many operations wait

  // Across batches.
  OutboundId last_outbound_ = 0;
  std::set<CarrierKey> met_;                  // whose rows of an earlier life are in their turn
  std::map<CarrierKey, OutboundId> backlog_;  // from which row on messages wait in the store only
  std::vector<OutboundId> finished_;          // rows to erase with the next batch
  std::uint64_t last_ticket_ = 0;
  std::map<std::uint64_t, Job> jobs_;
  std::unordered_map<accounts::PersonKey, std::deque<Heard>> held_;  // of whoever has a job
  std::vector<conversation::OperationId> in_flight_;
  // Whoever asked for these got no answer; or an earlier life may have asked.
  std::set<conversation::OperationId> asked_;
  std::size_t operations_ = 0, durable_operations_ = 0;  // that wait, and after the last commit
  bool operations_wait_ = true, told_full_ = false;
  bool central_away_ = false;
  bool told_of_old_ = false;
  Instant push_again_{};
  std::chrono::seconds push_gap_{};
  std::uint64_t swept_people_ = 0, swept_guards_ = 0;
  std::vector<Occurrence> again_;  // of a batch that failed
};

}  // namespace pulih::engine
