// What the engine needs from outside, each as narrow as it can be: a durable store, carriers, a
// pool for slow work, a way to the central database, and somebody to tell what happened.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/conversation/effect.hpp"
#include "daemon/engine/occurrence.hpp"

namespace pulih::engine {

// The store failed: what, where, and what to do. The batch is rolled back.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Table : std::uint8_t { person, guard, receipt };

// One transaction at a time: begin → load and save → commit, which returns when everything is on
// disk (one fsync). Values are sealed before they come here; the store never sees a plain one.
class Store {
 public:
  using Octets = std::span<const std::uint8_t>;

  virtual ~Store() = default;
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;

  // The record stays readable until the next call.
  virtual std::optional<Octets> load(Table, std::uint64_t key) = 0;
  virtual void save(Table, std::uint64_t key, Octets record) = 0;
  virtual void erase(Table, std::uint64_t key) = 0;
  // Up to `most` records with keys above `after`, in the order of keys.
  struct Row {
    std::uint64_t key = 0;
    accounts::Blob record;
  };
  virtual std::vector<Row> scan(Table, std::uint64_t after, std::size_t most) = 0;

  // MT messages that wait for a carrier or for its answer, in the order of their ids.
  struct OutboundRow {
    OutboundId id = 0;
    CarrierKey carrier = 0;
    accounts::Blob message;
  };
  virtual void put_outbound(OutboundId, CarrierKey, Octets message) = 0;
  virtual void erase_outbound(OutboundId) = 0;
  virtual std::vector<OutboundRow> outbound(CarrierKey, OutboundId from, std::size_t most) = 0;
  virtual OutboundId last_outbound() = 0;  // 0: none

  // Operations that wait for the central database, oldest first.
  struct OperationRow {
    std::uint64_t order = 0;
    conversation::OperationId id{};
    accounts::Blob operation;
  };
  virtual void put_operation(const conversation::OperationId&, Octets operation) = 0;
  // In its place among those that wait.
  virtual void replace_operation(const conversation::OperationId&, Octets operation) = 0;
  virtual void erase_operation(const conversation::OperationId&) = 0;
  // It waits no longer, but is kept for a central database that is restored from a backup
  // (StandingStore::applied).
  virtual void keep_applied(const conversation::OperationId&, Instant) = 0;
  virtual void forget_applied_before(Instant, std::size_t most) = 0;
  virtual std::optional<OperationRow> operation(const conversation::OperationId&) = 0;
  virtual std::vector<OperationRow> operations(std::uint64_t after, std::size_t most) = 0;

  virtual void audit(Instant, conversation::Audit, accounts::PersonKey, accounts::AccountKey) = 0;
  virtual void forget_audit_before(Instant, std::size_t most) = 0;

  virtual std::uint64_t contact_cursor() = 0;
  virtual void set_contact_cursor(std::uint64_t) = 0;
};

// How a deliver_sm is answered.
enum class Answer : std::uint8_t {
  accepted,   // ESME_ROK: it is durable
  try_later,  // ESME_RTHROTTLED: a bound was reached; nothing was kept
  failed,     // ESME_RSYSERR: the store failed; nothing was kept
};

struct Outgoing {
  OutboundId id = 0;
  CarrierKey carrier = 0;
  accounts::Msisdn to;
  accounts::Secret text;
  Instant expires{};
  // Which one it is, when it is a code for the person at this very number (its generation in her
  // talk, from 1); 0: anything else.
  std::uint32_t code = 0;
};

// The next screen of a USSD session. It lives for seconds and is stored nowhere: she whose screen
// was lost dials again and goes on where she stood.
struct NextScreen {
  CarrierKey carrier = 0;
  std::uint64_t session = 0;  // as in Inbound
  accounts::Secret text;
  bool last = false;  // the session ends with it
};

// A screen that nobody dialled for (conversation::CallBack). Kept nowhere either.
struct CallBack {
  CarrierKey carrier = 0;
  accounts::Msisdn to;
  accounts::Secret tells, asks;
};

class Carriers {
 public:
  virtual ~Carriers() = default;
  // By which carrier a message to this number goes; `came_by` is where the person last wrote (0:
  // never).
  virtual CarrierKey route(accounts::Msisdn to, CarrierKey came_by) = 0;
  // How many more messages this carrier takes now; 0 while it is full or away.
  virtual std::size_t room(CarrierKey) = 0;
  virtual void send(Outgoing) = 0;
  virtual void answer(const Ack&, Answer) = 0;
  // Nothing happens when the session is over: it may have ended while the engine was busy.
  virtual void show(NextScreen) = 0;
  // Nothing happens where the carrier has no such thing, or is away.
  virtual void call_back(CallBack) = 0;
  // Everything since the last flush goes out together.
  virtual void flush() = 0;
};

// argon2id outside the engine. False: the queue is full. The result comes back as WorkDone.
class Workers {
 public:
  virtual ~Workers() = default;
  virtual bool offer(std::uint64_t ticket, conversation::PasswordWork) = 0;
};

// An operation on its way to the central database; what became of it comes back as Pushed.
struct Operation {
  enum class Kind : std::uint8_t { password, ticket } kind = Kind::password;
  conversation::StagePassword password;  // with kind password
  conversation::OpenTicket ticket;       // with kind ticket
  // A password change that is not to be made any more, but may have been: if it was not, it never
  // is.
  bool withdrawn = false;
};
class Pusher {
 public:
  virtual ~Pusher() = default;
  virtual void push(std::vector<Operation>) = 0;
};

// For the journal. Nothing secret can be put into it: numbers come masked.
struct Notice {
  enum class What : std::uint8_t {
    store_failed,    // text: what, where, hint
    record_damaged,  // a row did not open: it was altered, or the site key is another one
    work_queue_full,
    account_paused,  // text: the masked number
    held_by_owner,
    password_applied,
    password_not_applied,
    operation_given_up,
    operations_old,    // text: for how many minutes the oldest waits
    operations_full,   // text: how many may wait
    message_expired,   // an MT message was not sent within its life
    code_undelivered,  // says its carrier
    central_away,
    central_back,
  };
  What what{};
  std::string text;
  CarrierKey carrier = 0;  // whose message it is about; 0: nobody's
};
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void noticed(const Notice&) = 0;
};

}  // namespace pulih::engine
