// See teachers.hpp. The steps are those of an owner on her own telephone, in Indonesian.
#include "tests/bench/daemon/teachers.hpp"

#include <unordered_set>

namespace pulih::bench {

Teachers::Teachers(const std::vector<Account>& accounts) {
  std::unordered_set<std::string_view> known;
  for (const auto& account : accounts)
    if (known.insert(account.number).second)
      teachers_.push_back({account.number, account.request(), {}});
  for (std::size_t i = 0; i < teachers_.size(); ++i) by_number_.emplace(teachers_[i].number, i);
}

std::string Teachers::writes(std::size_t index) {
  Teacher& teacher = teachers_[index];
  teacher.waits = true;
  switch (teacher.step) {
    case Step::request:
      return teacher.request;
    case Step::code_way:
      return "1";
    case Step::code:
      return teacher.code;
    case Step::password_way:
      return "2";
    case Step::give_up:
      return "BATAL";
  }
  return {};
}

bool Teachers::fits(Step step, std::string_view text) {
  const auto says = [&](std::string_view words) { return text.find(words) != text.npos; };
  switch (step) {
    case Step::request:
      return says("Langkah 3/4");
    case Step::code_way:
      return text.starts_with("Kode ");
    case Step::code:
      return says("Langkah 4/4");
    case Step::password_way:
      return says("Ketik sandi baru");
    case Step::give_up:
      return text.starts_with("Dibatalkan");
  }
  return false;
}

bool Teachers::hears(std::string_view number, std::string_view text, std::size_t& index) {
  const auto found = by_number_.find(number);
  if (found == by_number_.end() || !teachers_[found->second].waits) {
    ++wrong_answers_;
    return false;
  }
  index = found->second;
  Teacher& teacher = teachers_[index];
  teacher.waits = false;
  if (!fits(teacher.step, text)) {
    if (wrong_answers_++ == 0) first_wrong_answer_ = text;
    teacher.step = Step::give_up;
  } else if (teacher.step == Step::give_up) {
    teacher.step = Step::request;
  } else {
    if (teacher.step == Step::code_way) teacher.code = text.substr(text.find(": ") + 2, 6);
    teacher.step = static_cast<Step>(static_cast<std::uint8_t>(teacher.step) + 1);
  }
  return true;
}

}  // namespace pulih::bench
