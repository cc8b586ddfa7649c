// The invariants of the design as the simulated world can see them from outside. Each check is
// named by the number it has there.
#include <algorithm>

#include "tests/simulation/world.hpp"

namespace pulih::simulation {

// 1. Nothing acknowledged is lost: when the answer goes out, the durable record knows the message.
void World::check_accepted(const Mo& mo) {
  const auto number = teachers_[mo.teacher].number();
  const auto key = keys_.person(number);
  const auto sealed = store_.durable(engine::Table::person, key);
  if (!sealed) return broken("invariant 1: an accepted message left no record");
  const auto plain = keys_.open(*sealed, engine::person_seal, key);
  const auto person = plain ? conversation::read_person(*plain) : std::nullopt;
  if (!person) return broken("invariant 1: the record of an accepted message does not open");
  if (person->number != number) return broken("a record of somebody else under this number's key");
  // A code that was sent to the account's own telephone has come back, from whichever telephone.
  for (const auto& [account, code] : codes_sent_)
    if (mo.text == code) ++codes_answered_[account];
}

// 5. A stranger learns nothing: from a number that is registered for another account, or for the
// same account, only these words may come while she is not known to be its owner.
void World::check_told(std::size_t teacher, const std::string& told) {
  const std::string key = told.substr(0, 3);
  const auto character = teachers_[teacher].character();
  const bool writes_about_others =
      character == Teacher::Character::borrower || character == Teacher::Character::thief;
  static const char* const for_owners_only[] = {"M09", "M11", "M21", "M45", "M46", "M52"};
  const bool owners = std::any_of(std::begin(for_owners_only), std::end(for_owners_only),
                                  [&](const char* k) { return key == k; });
  // A stranger who writes only RESET is asked about the account of her own number, and that is
  // hers.
  if (writes_about_others && owners && told_[teacher] == 0 && key != "M09" && key != "M21")
    broken("invariant 5: a stranger was told " + key);
}

// 4. No secret at rest or in a journal: what was typed, sent or known stands in no octet written
// since the last look.
void World::check_secrets() {
  const std::string& written = store_.everything_written();
  const std::string_view fresh =
      std::string_view(written).substr(searched_ > 64 ? searched_ - 64 : 0);
  const auto stands = [&](std::string_view secret) {
    return secret.size() >= 6 && (fresh.find(secret) != std::string_view::npos ||
                                  notices_.find(secret) != std::string::npos);
  };
  for (const auto& teacher : teachers_) {
    if (stands(teacher.number().digits()))
      broken("invariant 4: a telephone number stands readable");
    for (const auto& secret : teacher.typed_secrets())
      if (stands(secret)) broken("invariant 4: a password stands readable");
  }
  for (const auto& [account, code] : codes_sent_)
    if (stands(code)) broken("invariant 4: a code stands readable");
  searched_ = written.size();
}

// After the faults everything comes to its end.
void World::check_end() {
  for (const auto& [id, mo] : messages_)
    if (!mo.accepted) return broken("message " + std::to_string(id) + " was never accepted");
  if (store_.waiting_messages() != 0) return broken("messages wait for ever");
  if (store_.waiting_operations() != 0) return broken("operations wait for ever");
  if (!unanswered_.empty()) return broken("a delivery was never answered");
  for (std::size_t i = 0; i < teachers_.size(); ++i) {
    const auto number = teachers_[i].number();
    // What a clock far ahead took for too late was not sent.
    if (accepted_[i] > 0 && told_[i] == 0 && !expired_.contains(number.masked()))
      return broken("somebody wrote and never got an answer");
    const auto key = keys_.person(number);
    const auto sealed = store_.durable(engine::Table::person, key);
    const auto plain = sealed ? keys_.open(*sealed, engine::person_seal, key) : std::nullopt;
    const auto person = plain ? conversation::read_person(*plain) : std::nullopt;
    if (person && std::holds_alternative<conversation::Applying>(person->state))
      return broken("a talk waits for ever for the central database");
  }
  for (const auto& change : central_.state.contacts)
    if (!told_changes_.contains(change.cursor)) return broken("a changed contact was never told");
  for (const auto account : accounts_)
    if (!let_in_.contains(by_number_.at(accounts::Msisdn::from_value(row(account).phone))))
      return broken("invariant 6: " + row(account).id + " is locked out");
}

}  // namespace pulih::simulation
