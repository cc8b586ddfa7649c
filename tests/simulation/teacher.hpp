// A simulated person with a telephone: knows some account data (right or wrong), reads what she is
// told and answers, in one of a few characters: careful, hasty, a borrower of somebody's phone, a
// thief, an owner who objects, a machine that sends nonsense, a stranger whose number no account
// has and who guesses on and on, and the stranger's shadow, for whom the world writes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/accounts/msisdn.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::simulation {

class Teacher {
 public:
  enum class Character {
    careful,
    hasty,
    generated,
    borrower,
    thief,
    objector,
    noise,
    stranger,
    shadow,
  };
  struct Knows {
    std::string id;          // "budi12 guru sd", as she would type it
    std::string birth_date;  // "17081985"
  };

  Teacher(accounts::Msisdn number, Character character, Knows knows, std::uint64_t seed)
      : number_(number), character_(character), knows_(std::move(knows)), chance_(seed) {}

  accounts::Msisdn number() const { return number_; }
  Character character() const { return character_; }
  // The first message of her talk.
  std::string begin();
  // Her answer to what she was told, or nothing when the talk is over for her.
  std::optional<std::string> answer(const std::string& told);
  // The same on a screen; with nothing to answer she hangs up.
  std::optional<std::string> answer_screen(const std::string& shown);
  const std::vector<std::string>& typed_secrets() const { return secrets_; }

 private:
  std::string secret_password();
  std::string wrong_code();
  std::string nonsense();
  std::string guess(const std::string& key);
  std::string guess_on_screen(const std::string& key);
  std::string only_name() const { return knows_.id.substr(0, knows_.id.find(' ')); }

  accounts::Msisdn number_;
  Character character_;
  Knows knows_;
  Seeded chance_;
  std::string password_;
  std::string code_;  // that came last
  bool begun_ = false;
  int answers_ = 0;
  bool finished_ = false;
  std::vector<std::string> secrets_;
};

}  // namespace pulih::simulation
