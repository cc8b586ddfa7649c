// A whole site in one thread: teachers, a carrier that loses, repeats and delays, a central
// database that is away at times and where others change accounts meanwhile, a disk that fails, a
// process that is killed, and between them the real engine. In a share of the worlds the database
// is elsewhere: it is restored from backups, and the real sync follows it with a copy in a file,
// which is damaged at times. Everything comes from one seed; the same seed gives the same history,
// octet for octet.
//
// Phase 1 has faults; after each step the invariants of the design are checked. Phase 2 heals
// everything, and then every talk must come to its end.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "tests/simulation/central_side.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/simulation/teacher.hpp"

namespace pulih::simulation {

inline constexpr std::size_t teachers_in_a_world = 8;
// Each at an account that no neighbour writes about.
inline constexpr std::size_t strangers_in_a_world = 2;
inline constexpr std::uint64_t receipts_link = 2;  // messages come by another
inline constexpr std::uint64_t first_number = 6281100000100;

// How often each fault happens, in a thousand; some seeds leave some out altogether.
struct Faults {
  std::uint32_t kill = 0, store = 0, lost_message = 0, repeated_message = 0, lost_confirmation = 0,
                late_message = 0, central_away = 0, full_pool = 0, clock_jump = 0,
                contact_change = 0, account_change = 0, undelivered = 0, lost_screen = 0,
                outage = 0, restore = 0, damage = 0;
  static Faults from(Seeded& chance);
};

class World final : public engine::Carriers,
                    public engine::Workers,
                    public engine::Pusher,
                    public engine::Watcher {
 public:
  explicit World(std::uint64_t seed);
  ~World() override;

  // Runs to the end. The first broken invariant in words, or nothing.
  std::optional<std::string> run();
  std::uint64_t history() const { return history_; }
  std::uint64_t steps() const { return steps_; }
  std::uint64_t resets() const;
  std::uint64_t kills() const { return kills_; }
  bool elsewhere() const { return elsewhere_; }
  std::uint64_t restores() const { return restores_; }
  std::uint64_t rebuilt_copies() const { return side_->rebuilt(); }

 private:
  // ---- the ports of the engine
  // ---------------------------------------------------------------------
  engine::CarrierKey route(accounts::Msisdn, engine::CarrierKey) override { return 1; }
  std::size_t room(engine::CarrierKey) override;
  void send(engine::Outgoing) override;
  void answer(const engine::Ack&, engine::Answer) override;
  void show(engine::NextScreen) override;
  void call_back(engine::CallBack) override;
  void flush() override {}
  bool offer(std::uint64_t ticket, conversation::PasswordWork) override;
  void push(std::vector<engine::Operation>) override;
  void noticed(const engine::Notice&) override;

  // ---- the world's own life
  // ----------------------------------------------------------------------------
  struct Mo {  // on its way from a telephone, until the gateway has accepted it
    std::uint64_t id = 0;
    std::size_t teacher = 0;
    std::string text;
    std::int64_t due = 0;
    bool accepted = false;
    bool of_shadow = false;     // it travels with its stranger's
    std::uint64_t shadow = 0;   // a stranger's: the id of its shadow's
    std::uint64_t session = 0;  // of USSD; without a text it was dialled
  };
  struct Later {
    std::int64_t due = 0;
    std::uint64_t order = 0;
    engine::Occurrence what;
  };
  void populate();
  void add_teacher(std::size_t account, std::uint64_t number, Teacher::Character character,
                   bool right_date);
  void add_stranger(std::size_t account);
  struct Stranger {
    std::size_t who = 0, shadow = 0;
    bool right_date = false;
  };
  void start_engine();
  void kill();
  void step();
  void set_clock();
  engine::Instant site_clock() const;
  central::Moment moment() const;
  using Account = central::InventedCentral::Truth;
  std::uint64_t number_of(accounts::AccountKey account) const;
  const Account& row(accounts::AccountKey account) const;
  void live_at_the_center();
  void change_contact(accounts::AccountKey account);
  void change_account(accounts::AccountKey account);
  void put_right(accounts::AccountKey account);
  void lose_or_restore_the_center();
  void notice_applied();
  void let_the_side_settle();
  bool may_change_hands(accounts::AccountKey account) const;
  std::size_t place_of(accounts::AccountKey account) const;
  bool only_objects(std::size_t teacher) const;
  void everybody_again();
  void text(std::size_t teacher, std::string words, std::int64_t after, std::uint64_t session = 0);
  void begin(std::size_t teacher, std::int64_t after);
  void dial(std::size_t teacher, std::int64_t after);
  void go_on_after(std::size_t teacher, const std::string& last_screen);
  void pass_on(std::size_t owner, const std::string& code);
  void bring(const Mo& mo, std::vector<engine::Occurrence>& batch);
  void deliver_due_messages(std::vector<engine::Occurrence>& batch);
  void deliver_due_occurrences(std::vector<engine::Occurrence>& batch);
  void later(std::int64_t after, engine::Occurrence what);
  // A carrier's receipt for a lost code, until the gateway has accepted it.
  struct Receipt {
    accounts::Msisdn to;
    std::uint32_t code = 0;
    std::int64_t due = 0;
    bool awaited = false;  // the gateway's disk knew it when it was brought
  };
  engine::Sent taken(const engine::Outgoing& message);
  void lose(const engine::Outgoing& message);
  void deliver_due_receipts(std::vector<engine::Occurrence>& batch);
  void answer_receipt(std::uint32_t sequence, engine::Answer how);
  void check_loss_told(const Receipt& receipt);
  void hear(std::size_t teacher, const std::string& told);
  void remember(const std::string& what);
  void broken(const std::string& what);
  bool quiet() const;

  // ---- the invariants
  // ------------------------------------------------------------------------------------
  void check_accepted(const Mo& mo);
  void check_applied(const central::PasswordChange& change);
  // Operations that this batch has settled.
  void check_settled();
  void check_settled(const engine::WaitingOperation& waiting);
  void check_operations();
  void check_told(std::size_t teacher, const std::string& told);
  void check_secrets();
  // What the batch that was committed last has put into the store, as it will leave the site.
  void check_written();
  void check_code(const engine::Outgoing& message, const std::string& text);
  void check_code_life(std::size_t who, const std::string& text);
  std::optional<std::size_t> asked_by(const engine::Outgoing& message,
                                      const std::string& text) const;
  void check_contact_told(const engine::Outgoing& message, const std::string& text);
  void check_held();
  void check_strangers(const std::map<std::size_t, std::string>& outward);
  void check_end();

  Seeded chance_;
  Faults faults_;
  conversation::Policy policy_;
  accounts::SiteKeys keys_;
  Seeded entropy_;
  central::InventedCentral central_;
  MemoryStore store_;
  std::unique_ptr<conversation::Phrasebook> phrasebook_;
  bool elsewhere_ = false;
  std::unique_ptr<CentralSide> side_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<Teacher> teachers_;
  std::map<accounts::Msisdn, std::size_t> by_number_;
  std::vector<accounts::AccountKey> accounts_;  // in the order of their first owners
  std::map<std::size_t, accounts::AccountKey>
      account_of_;  // of each registered telephone, also late
  std::vector<Stranger> strangers_;
  struct ContactChange {
    std::uint64_t cursor = 0;
    accounts::Msisdn old_phone, new_phone;
  };
  std::vector<ContactChange> changes_;  // also those that a restore took back
  std::map<accounts::AccountKey, std::string> ids_;
  std::map<accounts::AccountKey, std::int64_t>
      put_right_at_;  // locked, moved or deleted until then
  std::int64_t away_until_ = 0, lulls_ = 0;
  std::optional<central::InventedCentral::State> backup_;
  std::vector<accounts::AccountKey> just_applied_;

  std::int64_t now_ = 1'800'000'000;  // seconds, wall clock
  std::int64_t clock_error_ = 0;
  std::map<std::uint64_t, Mo> messages_;               // by the carrier's id
  std::map<std::uint32_t, std::uint64_t> unanswered_;  // by sequence: the carrier's id
  std::uint64_t last_mo_ = 0;
  std::uint32_t last_sequence_ = 0;
  engine::ReceiptTag last_taken_ = 0;
  std::map<engine::ReceiptTag, Receipt> receipts_;
  std::map<std::uint32_t, engine::ReceiptTag> unanswered_receipts_;  // by sequence
  std::vector<Later> later_;
  std::uint64_t last_order_ = 0;
  bool healed_ = false;
  int rounds_ = 0;  // in which all owners try once more

  std::set<std::pair<accounts::AccountKey, std::string>>
      codes_sent_;               // to the registered telephone
  std::set<std::string> codes_;  // all that were ever made for somebody
  std::map<accounts::AccountKey, std::size_t> codes_answered_;
  std::map<accounts::AccountKey, std::set<conversation::OperationId>> applied_;
  std::map<conversation::OperationId, engine::Pushed::How> answers_;  // that reached the engine
  std::map<conversation::OperationId, engine::Pushed::How> fates_;    // as it was told
  std::map<std::size_t, std::uint64_t> accepted_, told_;
  std::uint32_t by_screen_ = 0;  // of a thousand answers, those that are dialled for
  std::uint64_t last_session_ = 0;
  std::map<std::uint64_t, std::size_t> dialled_;  // by session: who
  std::map<std::size_t, std::uint64_t> open_;     // the session that her telephone shows
  std::map<std::size_t, std::string> shown_;      // on screens, in this step
  std::set<accounts::Msisdn> had_code_;           // telephones that were sent one
  struct SentCode {
    std::int64_t sent = 0, clock_error = 0;
    bool taken = false;
  };
  std::map<std::size_t, SentCode> last_code_;             // by who asked for it
  std::set<std::uint64_t> told_changes_;                  // by cursor
  std::map<accounts::AccountKey, engine::Instant> held_;  // until when, by the site's own clock
  std::set<std::string> expired_;                         // masked numbers
  std::set<std::size_t> let_in_;                          // in this round
  std::int64_t farthest_clock_error_ = 0, lowest_clock_error_ = 0;
  std::string notices_;
  std::uint64_t history_ = 1469598103934665603u;  // FNV-1a
  std::uint64_t steps_ = 0, kills_ = 0, restores_ = 0;
  std::size_t searched_ = 0;
  std::optional<std::string> broken_;
};

}  // namespace pulih::simulation
