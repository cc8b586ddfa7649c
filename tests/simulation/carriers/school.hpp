// The accounts of all teachers of a simulation, the database that keeps them, and the pool that
// hashes their passwords: each as quick as it can be, so that the messages are what takes time.
#pragma once
#include <atomic>
#include <unordered_map>
#include <utility>

#include "daemon/engine/intake.hpp"
#include "daemon/engine/ports.hpp"
#include "tests/simulation/carriers/visits.hpp"

namespace pulih::simulation {

class School final : public accounts::AccountLookup, public engine::Pusher, public engine::Workers {
 public:
  // Results go to the intake.
  School(std::size_t teachers, const accounts::SiteKeys& keys, engine::Intake& intake)
      : keys_(keys), intake_(intake), versions_(teachers, 1) {
    for (std::size_t i = 0; i < teachers; ++i) {
      teacher_of_.emplace(keys.account(id_of(i)), i);
      by_phone_.emplace(number_of(i), i);
    }
  }

  std::optional<accounts::Account> by_id(accounts::AccountKey key) const override {
    const auto found = teacher_of_.find(key);
    if (found == teacher_of_.end()) return std::nullopt;
    return account(found->second);
  }
  std::vector<accounts::Account> by_phone(accounts::Msisdn phone, std::size_t) const override {
    std::vector<accounts::Account> accounts;
    if (const auto found = by_phone_.find(phone.value()); found != by_phone_.end())
      accounts.push_back(account(found->second));
    return accounts;
  }

  void push(std::vector<engine::Operation> operations) override {
    for (const auto& operation : operations) {
      const auto& change = operation.password;
      auto& version = versions_.at(teacher_of_.at(change.account));
      const bool fits = change.password_version == version;
      if (fits) ++version;
      ++(fits ? applied_ : superseded_);
      intake_.put(engine::Pushed{
          change.operation, fits ? engine::Pushed::How::applied : engine::Pushed::How::superseded});
    }
  }

  // In place of argon2id: something that is a function of the password and does not show it.
  bool offer(std::uint64_t ticket, conversation::PasswordWork work) override {
    const auto tag = keys_.code_tag(0, 0, work.password.reveal());
    const accounts::Verifier verifier(tag.begin(), tag.end());
    engine::WorkDone done;
    done.ticket = ticket;
    if (work.purpose == conversation::PasswordWork::Purpose::repeated)
      done.matches = verifier == work.against;
    else
      done.verifier = verifier;
    done.password = std::move(work.password);
    intake_.put(std::move(done));
    return true;
  }

  // Read from another thread.
  std::uint64_t applied() const { return applied_; }
  std::uint64_t superseded() const { return superseded_; }

 private:
  accounts::Account account(std::size_t teacher) const {
    accounts::Account made;
    made.id = id_of(teacher);
    made.key = keys_.account(made.id);
    made.birth_date = keys_.birth_date_tag(made.key, born);
    made.phone = accounts::Msisdn::from_value(number_of(teacher));
    made.password_version = versions_[teacher];
    made.identity_version = 1;
    return made;
  }

  const accounts::SiteKeys& keys_;
  engine::Intake& intake_;
  std::unordered_map<accounts::AccountKey, std::size_t> teacher_of_;
  std::unordered_map<std::uint64_t, std::size_t> by_phone_;
  std::vector<std::uint32_t> versions_;
  std::atomic<std::uint64_t> applied_{0}, superseded_{0};
};

}  // namespace pulih::simulation
