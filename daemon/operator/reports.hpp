// What the control socket tells of the daemon's parts, as JSON for scripts and as text for a person
// at a terminal. The names in the JSON are a promise to monitoring: they are added to and not
// changed.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "daemon/carriers/state.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/operator/control.hpp"

namespace pulih::operators {

struct DaemonState {
  std::string site, version;
  std::chrono::seconds up{};
  std::size_t intake = 0, intake_most = 0;
  engine::Engine::Counts engine;
  std::uint64_t lines_dropped = 0;  // of the journal
};

Json json_of(const DaemonState& state);
Json json_of(const carriers::CarrierState& state);

// From what json_of made, on pulihctl's side: several lines, the last one ended.
std::string status_text(const Json& status);
std::string carriers_text(const Json& carriers);

}  // namespace pulih::operators
