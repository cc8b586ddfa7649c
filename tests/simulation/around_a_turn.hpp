// What surrounds a turn where no engine runs: the guards of the accounts, in memory, and slow work
// on a password, done at once. A verifier is the password itself behind a word, so that whoever
// knows the one knows the other.
#pragma once
#include <map>
#include <string>

#include "daemon/conversation/record.hpp"
#include "daemon/conversation/turn.hpp"

namespace pulih::simulation {

class Guards final : public conversation::Ledger {
 public:
  conversation::Guard& guard(conversation::AccountKey account) override { return all_[account]; }
  const std::map<conversation::AccountKey, conversation::Guard>& all() const { return all_; }

  // Written into records and read again, as between two batches.
  void through_the_store() {
    for (auto& [account, guard] : all_) {
      accounts::WipedBytes record;
      conversation::write(guard, record);
      guard = conversation::read_guard(record).value();
    }
  }

 private:
  std::map<conversation::AccountKey, conversation::Guard> all_;
};

// `said` is the message that asked for the work, without its text.
inline conversation::Prepared done(conversation::PasswordWork work, conversation::Said said) {
  conversation::Prepared prepared;
  prepared.said = std::move(said);
  prepared.purpose = work.purpose;
  prepared.operation = work.operation;
  prepared.verifier = "verifier of " + std::string(work.password.reveal());
  prepared.matches = prepared.verifier == work.against;
  prepared.password = std::move(work.password);
  return prepared;
}

}  // namespace pulih::simulation
