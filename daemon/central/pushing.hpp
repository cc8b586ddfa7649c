// What the engine wants done at the central database, in that database's words, and its answers in
// the engine's: the same for each driver.
#pragma once
#include <span>

#include "daemon/central/central.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::central {

PasswordChange change_of(const conversation::StagePassword& wanted);
engine::Pushed::How heard(Verdict verdict);
inline const OperationId& id_of(const engine::Operation& operation) {
  return operation.kind == engine::Operation::Kind::ticket ? operation.ticket.operation
                                                           : operation.password.operation;
}

// Each operation with what became of it, in their order: the password changes in one call, then
// the tickets. After a failure the changes are unanswered, the tickets after it unreachable, and
// `failure` says why.
struct PushOutcome {
  std::vector<engine::Pushed> pushed;
  std::optional<Unavailable> failure;
};
PushOutcome push_to(Central& central, std::span<const engine::Operation> operations,
                    accounts::Instant now);

}  // namespace pulih::central
