// The faults of a run, in an order and with pauses drawn from a seed: the gateway and the hub are
// killed, the link is cut, PostgreSQL crashes, the gateway's keys are changed by a command that may
// be killed on its way, and accounts are changed at the center, while teachers keep beginning to
// reset their passwords. What was broken is whole again after a while,
// or before it is broken anew; processes that end by themselves are no part of the plan.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <vector>

#include "tests/chaos/site.hpp"
#include "tests/chaos/teachers.hpp"
#include "tests/simulation/seeded.hpp"

namespace pulih::chaos {

enum class Fault : std::uint8_t {
  gateway_killed,
  hub_killed,
  link_cut,
  database_stopped,
  keys_changed,
  changed
};
inline constexpr std::size_t faults = 6;

struct Dose {
  // Of the kills every fifth is the hub's.
  std::size_t kills = 12, cuts = 6, stops = 3, rotations = 3;
  std::chrono::milliseconds pause{1'500};  // between two faults, as a mean
  std::uint64_t seed = 1;
};

class Storm {
 public:
  Storm(const Dose& dose, Site& site, boost::asio::io_context& io);

  // All of it; `begin` is told how many faults of how many are over.
  void rage(Teachers& teachers, const std::function<void(std::size_t, std::size_t)>& begin);
  // Lives with the processes until that is so. False: for so long it was not.
  bool wait(std::chrono::seconds patience, const std::function<bool()>& wanted);
  std::size_t count(Fault fault) const { return counts_[static_cast<std::size_t>(fault)]; }
  // Of processes that ended without being killed.
  const std::vector<std::string>& deaths() const { return deaths_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Repair {
    Clock::time_point due{};
    std::function<void()> work;
  };
  void strike(Fault fault, std::size_t begun);
  void repair(Fault fault);
  void repair_later(Fault fault, std::chrono::milliseconds at_most, std::function<void()> work);
  void change_at_center(std::size_t begun);
  void live_until(Clock::time_point end);
  void look_after(Process& process, const char* name);
  bool is_broken(Fault fault) const {
    return repairs_[static_cast<std::size_t>(fault)].work != nullptr;
  }

  const Dose dose_;
  Site& site_;
  boost::asio::io_context& io_;
  simulation::Seeded chance_;
  Repair repairs_[faults];
  std::size_t counts_[faults] = {};
  std::vector<std::string> deaths_;
};

}  // namespace pulih::chaos
