// Teachers who write to the gateway, one visit each: most reset their passwords, some only ask for
// help. A visit is a table of what she writes and what she must be told after it, word for word and
// in that order, so that a message too many is seen as well as one too few.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/carriers/ledger.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::simulation {

// Four networks, and whose telephone is in which.
inline constexpr std::size_t networks = 4;
std::uint64_t number_of(std::size_t teacher);
std::string prefix_of(std::size_t network);
std::string id_of(std::size_t teacher);
inline constexpr std::uint32_t born = 19850817;

class Visits {
 public:
  // By which network she writes, her number and what she writes.
  using Write =
      std::function<void(std::size_t network, const std::string& from, const std::string& text)>;

  // So many teachers that they write `turns` messages or a few more; `at_once` of them talk.
  Visits(std::uint64_t seed, std::uint64_t turns, std::size_t at_once, Write write);

  std::size_t teachers() const { return teachers_.size(); }
  void begin();
  // Her telephone shows it.
  void told(const std::string& number, const std::string& text);
  bool all_over() const { return over_ == teachers_.size(); }

  std::uint64_t written() const { return written_; }
  std::uint64_t resets() const { return resets_; }
  std::uint64_t visits_over() const { return over_; }
  // Answers that were not the one she had to be told.
  std::uint64_t wrong_answers() const { return wrong_answers_; }
  // The first of them; or, of somebody who still waits, for what.
  std::string trouble() const;

 private:
  enum class Kind : std::uint8_t { made_for_her, of_her_own, asks_for_help };
  struct Teacher {
    Kind kind{};
    std::uint8_t step = 0, heard = 0;  // what she wrote last, and of its answers how many came
    engine::OutboundId last = 0;       // of the messages that came
    std::string code{};
  };
  struct Step;
  static const std::vector<Step>& steps_of(Kind kind);
  void write(std::size_t teacher);
  void wrong(std::size_t teacher, const std::string& text);

  Write write_;
  std::vector<Teacher> teachers_;
  std::size_t at_once_, begun_ = 0;
  std::uint64_t written_ = 0, over_ = 0, resets_ = 0, wrong_answers_ = 0;
  std::string trouble_;
};

}  // namespace pulih::simulation
