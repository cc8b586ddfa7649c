// See pushing.hpp. A failure is one of the whole call: what of it took effect is told when it is
// repeated.
#include "daemon/central/pushing.hpp"

namespace pulih::central {

using engine::Operation;
using engine::Pushed;

PasswordChange change_of(const conversation::StagePassword& wanted) {
  return {wanted.operation,        wanted.account,          wanted.id,
          wanted.password_version, wanted.identity_version, wanted.verifier,
          wanted.change_at_login,  wanted.change_before,    wanted.sealed};
}

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
      return Pushed::How::account_changed;
    case Verdict::altered:
      return Pushed::How::failed;
  }
  return Pushed::How::failed;
}

namespace {

void push_passwords(Central& central, std::span<const Operation> operations, accounts::Instant now,
                    PushOutcome& outcome) {
  std::vector<PasswordChange> changes;
  for (const auto& operation : operations)
    if (operation.kind == Operation::Kind::password) {
      changes.push_back(change_of(operation.password));
      if (operation.withdrawn) changes.back().base_identity_version = withdrawn_version;
    }
  if (changes.empty()) return;
  const auto verdicts = central.apply_passwords(changes, now);
  if (!verdicts) {
    outcome.failure = verdicts.error();
  } else if (verdicts->size() != changes.size()) {
    outcome.failure =
        Unavailable{"the central database answered " + std::to_string(verdicts->size()) + " of " +
                    std::to_string(changes.size()) + " password changes"};
  }
  for (std::size_t i = 0; i < changes.size(); ++i)
    outcome.pushed.push_back(
        {changes[i].id, outcome.failure ? Pushed::How::unanswered : heard((*verdicts)[i])});
}

}  // namespace

PushOutcome push_to(Central& central, std::span<const Operation> operations,
                    accounts::Instant now) {
  PushOutcome outcome;
  push_passwords(central, operations, now, outcome);
  for (const auto& operation : operations) {
    if (operation.kind != Operation::Kind::ticket) continue;
    const auto& wanted = operation.ticket;
    Pushed result{wanted.operation, Pushed::How::applied};
    // A decoy's ticket is stored, carried and discarded here.
    if (wanted.account != 0 && !outcome.failure) {
      const auto opened =
          central.open_ticket({wanted.operation, wanted.report, wanted.account, wanted.id,
                               static_cast<std::uint8_t>(wanted.reason), now});
      if (!opened) outcome.failure = opened.error();
    }
    if (wanted.account != 0 && outcome.failure) result.how = Pushed::How::unreachable;
    outcome.pushed.push_back(result);
  }
  return outcome;
}

}  // namespace pulih::central
