// The teachers of the daemon's benchmark: each resets her password again and again, up to the point
// where it would have to be hashed, and gives up there. Any message that is not the answer of her
// step is counted, so that a gateway that answers nonsense quickly wins nothing.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/bench/daemon/gateway.hpp"

namespace pulih::bench {

class Teachers {
 public:
  // One for each telephone, with the first of its accounts.
  explicit Teachers(const std::vector<Account>& accounts);

  std::size_t size() const { return teachers_.size(); }
  const std::string& number(std::size_t teacher) const { return teachers_[teacher].number; }
  bool waits(std::size_t teacher) const { return teachers_[teacher].waits; }

  // What she writes next; she waits then for the answer.
  std::string writes(std::size_t teacher);
  // An answer came; true with her place in the list if she waited for one.
  bool hears(std::string_view number, std::string_view text, std::size_t& teacher);

  std::uint64_t wrong_answers() const { return wrong_answers_; }
  const std::string& first_wrong_answer() const { return first_wrong_answer_; }

 private:
  enum class Step : std::uint8_t { request, code_way, code, password_way, give_up };
  struct Teacher {
    std::string number, request, code;
    Step step = Step::request;
    bool waits = false;
  };
  static bool fits(Step step, std::string_view text);

  std::vector<Teacher> teachers_;
  std::unordered_map<std::string_view, std::size_t> by_number_;
  std::uint64_t wrong_answers_ = 0;
  std::string first_wrong_answer_;
};

}  // namespace pulih::bench
