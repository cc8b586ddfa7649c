// See visits.hpp. The texts are those of phrases.hpp, which begin with their keys; what a teacher
// must hear is told by key.
#include "tests/simulation/carriers/visits.hpp"

#include <charconv>

#include "tests/simulation/phrases.hpp"

namespace pulih::simulation {
namespace {
constexpr std::uint64_t first_number = 6281100000000, of_a_network = 1'000'000;
}

std::uint64_t number_of(std::size_t teacher) {
  return first_number + teacher % networks * of_a_network + teacher / networks;
}
std::string prefix_of(std::size_t network) { return "628110" + std::to_string(network); }
std::string id_of(std::size_t teacher) { return "guru" + std::to_string(teacher) + "@guru.sd"; }

// "{id}", "{code}" and "{password}" stand for hers.
struct Visits::Step {
  const char* writes;
  std::vector<const char*> told;
};

const std::vector<Visits::Step>& Visits::steps_of(Kind kind) {
  static const std::vector<Step> made_for_her = {
      {"RESET {id} 17081985", {"M09"}}, {"1", {"M11"}}, {"{code}", {"M24"}}, {"1", {"M31", "M33"}}};
  static const std::vector<Step> of_her_own = {{"RESET", {"M02"}},
                                               {"17081985", {"M09"}},
                                               {"1", {"M11"}},
                                               {"{code}", {"M24"}},
                                               {"2", {"M25"}},
                                               {"{password}", {"M26"}},
                                               {"{password}", {"M31", "M32"}}};
  static const std::vector<Step> asks_for_help = {
      {"BANTUAN", {"M37"}}, {"STATUS", {"M39"}}, {"apa kabar", {"M01"}}, {"BATAL", {"M36"}}};
  switch (kind) {
    case Kind::made_for_her:
      return made_for_her;
    case Kind::of_her_own:
      return of_her_own;
    case Kind::asks_for_help:
      return asks_for_help;
  }
  return asks_for_help;
}

Visits::Visits(std::uint64_t seed, std::uint64_t turns, std::size_t at_once, Write write)
    : write_(std::move(write)), at_once_(at_once) {
  Seeded chance(seed);
  for (std::uint64_t sum = 0; sum < turns; sum += steps_of(teachers_.back().kind).size())
    teachers_.push_back({chance.chance(200)   ? Kind::asks_for_help
                         : chance.chance(300) ? Kind::of_her_own
                                              : Kind::made_for_her});
}

void Visits::begin() {
  while (begun_ < std::min(at_once_, teachers_.size())) write(begun_++);
}

void Visits::write(std::size_t index) {
  const Teacher& teacher = teachers_[index];
  const std::string form = steps_of(teacher.kind)[teacher.step].writes;
  std::string text = form;
  if (form == "{code}") text = teacher.code;
  if (form == "{password}") text = "Perahu-ke-hulu-" + std::to_string(index * 7919);
  if (const auto blank = form.find("{id}"); blank != form.npos)
    text.replace(blank, 4, id_of(index));
  ++written_;
  write_(index % networks, std::to_string(number_of(index)), text);
}

void Visits::told(const std::string& number, const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  const auto rest = value - first_number;
  const auto index = static_cast<std::size_t>(rest % of_a_network * networks + rest / of_a_network);
  const auto numbered = Ledger::read(text);
  if (!numbered || index >= teachers_.size()) return wrong(0, text);
  Teacher& teacher = teachers_[index];
  if (numbered->id <= teacher.last) return;  // once more; the ledger asks why
  teacher.last = numbered->id;
  const auto& steps = steps_of(teacher.kind);
  const auto& awaited = steps[teacher.step].told;
  if (teacher.heard == awaited.size() || !numbered->text.starts_with(awaited[teacher.heard]))
    return wrong(index, numbered->text);
  if (const auto code = value_of(numbered->text, "kode"); !code.empty()) teacher.code = code;
  if (++teacher.heard < awaited.size()) return;
  if (teacher.step + 1u < steps.size()) {
    teacher.heard = 0;
    ++teacher.step;
    return write(index);
  }
  ++over_;
  if (teacher.kind != Kind::asks_for_help) ++resets_;
  if (begun_ < teachers_.size()) write(begun_++);
}

void Visits::wrong(std::size_t index, const std::string& text) {
  if (wrong_answers_++ == 0)
    trouble_ = "teacher " + std::to_string(index) + " was told " + text.substr(0, 3) + " in step " +
               std::to_string(teachers_[index].step) + " of her visit";
}

std::string Visits::trouble() const {
  if (!trouble_.empty()) return trouble_;
  for (std::size_t index = 0; index < begun_; ++index) {
    const auto& steps = steps_of(teachers_[index].kind);
    const auto& awaited = steps[teachers_[index].step].told;
    if (teachers_[index].heard < awaited.size())
      return "teacher " + std::to_string(index) + " waits for " + awaited[teachers_[index].heard];
  }
  return {};
}

}  // namespace pulih::simulation
