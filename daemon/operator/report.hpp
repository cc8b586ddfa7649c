// What the running daemon tells of itself, in sections: `pulihctl status` shows them all, and a
// section that has a command of its own is asked for by its name. Whoever adds one names it and
// says where its values come from. Values only: no section holds anything of a person.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/carriers/state.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/operator/control.hpp"

namespace pulih::operators {

class Report {
 public:
  void add(std::string name, std::function<Json()> section) {
    sections_.emplace_back(std::move(name), std::move(section));
  }
  // Has it asked for there. The report lives as long.
  void answer_at(Control& control) const;
  Json all() const;

 private:
  std::vector<std::pair<std::string, std::function<Json()>>> sections_;
};

struct Process {
  std::string site;
  engine::Instant since{};
  std::uint64_t lines_dropped = 0;  // of the journal
};
Json told(const Process& process, engine::Instant now);
Json told(const std::vector<carriers::CarrierState>& carriers);
Json told(const engine::Engine::Counts& counts);

}  // namespace pulih::operators
