// See push_thread.hpp. One call at a time, in the order in which the operations were staged; a call
// that fails is told as unreachable, and when it is tried again is the engine's matter.
#include "daemon/central/push_thread.hpp"

#include <algorithm>
#include <iterator>

#include "daemon/accounts/registers.hpp"

namespace pulih::central {

using engine::Operation;
using engine::Pushed;

PushThread::PushThread(Central& central, ContactFeed& contacts, std::uint64_t contact_cursor,
                       std::chrono::milliseconds between_polls, Calls calls)
    : central_(central),
      contacts_(contacts),
      contact_cursor_(contact_cursor),
      between_polls_(between_polls),
      calls_(std::move(calls)),
      thread_([this] { run(); }) {}

PushThread::~PushThread() {
  {
    const std::lock_guard lock(mutex_);  // so that the thread does not fall asleep meanwhile
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void PushThread::push(std::vector<Operation> operations) {
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(operations, std::back_inserter(waiting_));
  }
  wake_.notify_one();
}

void PushThread::run() {
  while (true) {
    std::vector<Operation> operations;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, between_polls_, [&] { return stopping_ || !waiting_.empty(); });
      operations.swap(waiting_);
    }
    for (const auto& operation : operations) {
      if (stopping_) return;
      push_one(operation);
    }
    if (stopping_) return;
    poll_changes();
    accounts::clear_vector_registers();
  }
}

namespace {

Pushed::How heard(Verdict verdict) {
  switch (verdict) {
    case Verdict::applied:
      return Pushed::How::applied;
    case Verdict::superseded:
      return Pushed::How::superseded;
    case Verdict::refused:
      return Pushed::How::refused;
    case Verdict::identity_changed:
    case Verdict::unknown_account:
    case Verdict::altered:
      return Pushed::How::failed;
  }
  return Pushed::How::failed;
}

}  // namespace

void PushThread::push_one(const Operation& operation) {
  if (operation.kind == Operation::Kind::ticket) {
    const auto& wanted = operation.ticket;
    Pushed result{wanted.operation, Pushed::How::applied};
    // A decoy's ticket is stored, carried and discarded here.
    if (wanted.account != 0) {
      const auto opened =
          central_.open_ticket({wanted.operation, wanted.report, wanted.account, wanted.id,
                                static_cast<std::uint8_t>(wanted.reason), calls_.clock()});
      if (!opened) {
        calls_.tell_journal(opened.error());
        result.how = Pushed::How::unreachable;
      }
    }
    return calls_.tell_engine(result);
  }
  const auto& wanted = operation.password;
  const PasswordChange change{wanted.operation,        wanted.account,          wanted.id,
                              wanted.password_version, wanted.identity_version, wanted.verifier,
                              wanted.change_at_login,  wanted.change_before,    wanted.sealed};
  const auto verdicts = central_.apply_passwords({&change, 1}, calls_.clock());
  if (!verdicts) calls_.tell_journal(verdicts.error());
  calls_.tell_engine(
      Pushed{wanted.operation, verdicts ? heard(verdicts->front()) : Pushed::How::unreachable});
}

void PushThread::poll_changes() {
  constexpr std::size_t page = 100;
  auto changes = contacts_.contact_changes(contact_cursor_, page);
  if (!changes) return calls_.tell_journal(changes.error());
  for (auto& change : *changes) {
    contact_cursor_ = change.cursor;
    calls_.tell_engine(engine::ContactChange{change.cursor, change.account, std::move(change.id),
                                             change.old_phone, change.new_phone});
  }
}

}  // namespace pulih::central
