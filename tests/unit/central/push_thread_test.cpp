// The thread that talks to the central database: operations in their order, each answered to the
// engine, a failure told and left to the engine to try again, changed contacts heard once.
#include "daemon/central/push_thread.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/central/invented_site.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;
using engine::Pushed;

// Answers as it was told to, and keeps what it was asked. Only the thread under test calls it, and
// the test looks when that thread is gone.
class ScriptedCentral final : public Central, public ContactFeed {
 public:
  std::vector<tl::expected<Verdict, Unavailable>> answers;
  std::vector<ContactChange> feed;
  std::vector<std::uint8_t> asked;  // first octets of operation ids
  std::vector<Ticket> tickets;

  tl::expected<Welcome, Unavailable> hello(const Hello&) override { return Welcome{}; }
  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant now) override {
    std::vector<Verdict> verdicts;
    for (const auto& change : changes) {
      asked.push_back(change.id[0]);
      if (now != monday) return std::vector{Verdict::refused};
      const auto& answer = answers.at(asked.size() - 1);
      if (!answer) return tl::unexpected(answer.error());
      verdicts.push_back(*answer);
    }
    return verdicts;
  }
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override {
    tickets.push_back(ticket);
    return {};
  }
  tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(std::uint64_t cursor,
                                                                        std::size_t most) override {
    std::vector<ContactChange> page;
    for (const auto& each : feed) {
      if (each.cursor <= cursor || page.size() == most) continue;
      ContactChange& change = page.emplace_back();
      change.cursor = each.cursor;
      change.id = each.id;
      change.old_phone = each.old_phone;
    }
    return page;
  }
};

// What the engine was told; the test waits until it is enough.
class Heard {
 public:
  void put(engine::Occurrence what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
    more_.notify_one();
  }
  std::vector<engine::Occurrence> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [&] { return all_.size() >= count; });
    return std::exchange(all_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<engine::Occurrence> all_;
};

engine::Operation password_operation(std::uint8_t id) {
  engine::Operation operation;
  operation.password.operation = {id};
  operation.password.account = 5;
  return operation;
}

struct PushSite {
  ScriptedCentral central;
  Heard heard;
  std::vector<std::string> journal;

  PushThread::Calls calls() {
    return {[this](engine::Occurrence what) { heard.put(std::move(what)); },
            [this](const Unavailable& why) { journal.push_back(why.why); }, [] { return monday; }};
  }
  // One thread's life: pushes, waits for that many occurrences, ends.
  std::vector<engine::Occurrence> life(std::vector<engine::Operation> operations,
                                       std::size_t occurrences, std::uint64_t cursor = 0) {
    PushThread thread(central, central, cursor, 1ms, calls());
    thread.push(std::move(operations));
    return heard.wait_for(occurrences);
  }
};

TEST_CASE_METHOD(PushSite, "operations are pushed in the order in which they came", "[central]") {
  central.answers = {Verdict::applied, Verdict::superseded, Verdict::applied};
  const auto told = life({password_operation(1), password_operation(2), password_operation(3)}, 3);
  CHECK(central.asked == std::vector<std::uint8_t>{1, 2, 3});
  CHECK(std::get<Pushed>(told[0]).how == Pushed::How::applied);
  CHECK(std::get<Pushed>(told[1]).how == Pushed::How::superseded);
  CHECK(std::get<Pushed>(told[1]).operation[0] == 2);
}

TEST_CASE_METHOD(PushSite, "each verdict has its word to the engine", "[central]") {
  const auto [verdict, how] = GENERATE(table<Verdict, Pushed::How>({
      {Verdict::applied, Pushed::How::applied},
      {Verdict::superseded, Pushed::How::superseded},
      {Verdict::refused, Pushed::How::refused},
      {Verdict::identity_changed, Pushed::How::account_changed},
      {Verdict::unknown_account, Pushed::How::account_changed},
      {Verdict::altered, Pushed::How::failed},
  }));
  central.answers = {verdict};
  CHECK(std::get<Pushed>(life({password_operation(1)}, 1)[0]).how == how);
}

TEST_CASE_METHOD(PushSite, "a database that cannot be reached is told, and nothing is tried again",
                 "[central]") {
  central.answers = {tl::unexpected(Unavailable{"central.db: away"}), Verdict::applied};
  const auto told = life({password_operation(1), password_operation(2)}, 2);
  CHECK(std::get<Pushed>(told[0]).how == Pushed::How::unanswered);
  CHECK(std::get<Pushed>(told[1]).how == Pushed::How::applied);
  CHECK(central.asked == std::vector<std::uint8_t>{1, 2});
  CHECK(journal == std::vector<std::string>{"central.db: away"});
}

TEST_CASE_METHOD(PushSite, "a ticket is opened, a decoy's only answered", "[central]") {
  engine::Operation ticket, decoy;
  ticket.kind = decoy.kind = engine::Operation::Kind::ticket;
  ticket.ticket.account = 5;
  ticket.ticket.report = 1869899;
  const auto told = life({ticket, decoy}, 2);
  CHECK(std::get<Pushed>(told[0]).how == Pushed::How::applied);
  CHECK(std::get<Pushed>(told[1]).how == Pushed::How::applied);
  REQUIRE(central.tickets.size() == 1);
  CHECK(central.tickets[0].report == 1869899);
  CHECK(central.tickets[0].at == monday);
}

TEST_CASE_METHOD(PushSite, "changed contacts are heard once, from where the engine was",
                 "[central]") {
  for (std::uint64_t cursor = 1; cursor <= 250; ++cursor) {
    ContactChange& change = central.feed.emplace_back();
    change.cursor = cursor;
    change.old_phone = accounts::Msisdn::from_value(6281100000000 + cursor);
  }
  const auto told = life({}, 248, 2);
  REQUIRE(told.size() == 248);
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(std::get<engine::ContactChange>(told[i]).cursor == i + 3);
}

TEST_CASE_METHOD(PushSite, "a thread that has nothing to do ends at once", "[central]") {
  PushThread thread(central, central, 0, 1h, calls());
}

}  // namespace
}  // namespace pulih::central
