// The teachers of the chaos test: each resets her password once, from a telephone of her own, and
// understands words only. What she is told in the end is what the database has to agree with. A
// text that came twice is read once; one that she would not know how to answer is kept and told.
#pragma once
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/phone/simulated_carrier.hpp"

namespace pulih::chaos {

enum class Outcome : std::uint8_t { none, applied, superseded, failed };
inline constexpr std::size_t outcomes = 4;

struct Teacher {
  std::string number, account;  // "6281100000007", "guru7@guru.sd"
  std::string password;         // the one that she ends with
  Outcome outcome = Outcome::none;
  std::set<std::string> read;
  std::string strange;  // the first text that told her nothing
};

class Teachers {
 public:
  explicit Teachers(std::size_t count);

  void begin(phone::SimulatedCarrier& carrier, std::size_t teacher);
  void hears(phone::SimulatedCarrier& carrier, const std::string& number, const std::string& text);

  std::size_t size() const { return all_.size(); }
  std::size_t told() const { return told_; }
  std::size_t repeated() const { return repeated_; }
  const std::vector<Teacher>& all() const { return all_; }

  static std::string number(std::size_t teacher);
  static std::string account(std::size_t teacher);

 private:
  void end(Teacher& teacher, Outcome outcome);
  // What she answers; empty: nothing.
  std::string answer(Teacher& teacher, std::size_t which, std::string_view text);

  std::vector<Teacher> all_;
  std::size_t told_ = 0, repeated_ = 0;
};

}  // namespace pulih::chaos
