// See storm.hpp. What is broken has a repair that waits for its time; a second fault of the same
// kind repairs the first one before.
#include "tests/chaos/storm.hpp"

#include <signal.h>

#include <algorithm>
#include <utility>

namespace pulih::chaos {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

// Which teachers may still be under way when something is changed for one of them.
constexpr std::size_t latest = 8;
constexpr auto look_every = 20ms;

std::vector<Fault> plan(const Dose& dose, bool has_link, simulation::Seeded& chance) {
  std::vector<Fault> all;
  for (std::size_t i = 0; i < dose.kills; ++i)
    all.push_back(i % 5 == 4 ? Fault::hub_killed : Fault::gateway_killed);
  if (has_link) all.insert(all.end(), dose.cuts, Fault::link_cut);
  all.insert(all.end(), dose.stops, Fault::database_stopped);
  all.insert(all.end(), dose.rotations, Fault::keys_changed);
  all.insert(all.end(), all.size() / 2 + 1, Fault::changed);
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[chance.next() % i]);
  return all;
}

}  // namespace

Storm::Storm(const Dose& dose, Site& site, boost::asio::io_context& io)
    : dose_(dose), site_(site), io_(io), chance_(dose.seed) {}

void Storm::rage(Teachers& teachers, const std::function<void(std::size_t, std::size_t)>& begin) {
  const auto all = plan(dose_, site_.link() != nullptr, chance_);
  for (std::size_t i = 0; i < all.size(); ++i) {
    begin(i + 1, all.size());
    live_until(Clock::now() + milliseconds{chance_.between(0, 2 * dose_.pause.count())});
    strike(all[i], teachers.size() * (i + 1) / all.size());
    ++counts_[static_cast<std::size_t>(all[i])];
  }
  for (const auto fault : {Fault::database_stopped, Fault::link_cut, Fault::hub_killed,
                           Fault::gateway_killed, Fault::keys_changed})
    repair(fault);
}

void Storm::strike(Fault fault, std::size_t begun) {
  repair(fault);
  switch (fault) {
    case Fault::gateway_killed:
      look_after(site_.gateway(), "the gateway");
      site_.gateway().signal(SIGKILL);
      site_.gateway().end();
      return repair_later(fault, 500ms, [this] { site_.start_gateway(); });
    case Fault::hub_killed:
      look_after(site_.hub(), "the hub");
      site_.hub().signal(SIGKILL);
      site_.hub().end();
      return repair_later(fault, 2s, [this] { site_.start_hub(); });
    case Fault::link_cut:
      site_.link()->cut(true);
      return repair_later(fault, 10s, [this] { site_.link()->cut(false); });
    case Fault::database_stopped:
      site_.stop_database();
      return repair_later(fault, 5s, [this] { site_.start_database(); });
    case Fault::keys_changed:
      site_.begin_rotation();
      return repair_later(fault, 3s, [this] { site_.end_rotation(); });
    case Fault::changed:
      repair(Fault::database_stopped);
      return change_at_center(begun);
  }
}

// A teacher's password set by another way; or locked and unlocked, so that her identity is another
// version's; or something of an account that no teacher has.
void Storm::change_at_center(std::size_t begun) {
  const auto first = begun < latest ? 0 : begun - latest;
  const auto teacher =
      Teachers::account(first + chance_.next() % std::max<std::size_t>(begun - first, 1));
  const auto note = [](const std::string& id, const std::string& what) {
    return "; INSERT INTO public.changed_at_center VALUES ('" + id + "', '" + what + "')";
  };
  const auto update = [](const std::string& id, const std::string& what) {
    return "UPDATE pulih.account SET " + what + " WHERE id = '" + id + "'";
  };
  const auto other = Site::bystander(chance_.next() % begun);
  switch (chance_.next() % 4) {
    case 0:
      return site_.change(
          update(teacher,
                 "verifier = '$argon2id$elsewhere', password_changed = clock_timestamp()") +
          note(teacher, "password"));
    case 1:
      return site_.change(update(teacher, "locked = true") + "; " +
                          update(teacher, "locked = false") + note(teacher, "identity"));
    case 2:
      return site_.change(update(other, "locked = NOT locked") + note(other, "identity"));
    default:
      return site_.change("DELETE FROM pulih.account WHERE id = '" + other + "'");
  }
}

void Storm::repair_later(Fault fault, milliseconds at_most, std::function<void()> work) {
  auto& repair = repairs_[static_cast<std::size_t>(fault)];
  repair = {Clock::now() + milliseconds{chance_.between(0, at_most.count())}, std::move(work)};
}

void Storm::repair(Fault fault) {
  auto& repair = repairs_[static_cast<std::size_t>(fault)];
  if (const auto work = std::exchange(repair.work, nullptr)) work();
}

void Storm::live_until(Clock::time_point end) {
  while (Clock::now() < end) {
    io_.run_until(std::min(end, Clock::now() + look_every));
    for (std::size_t fault = 0; fault < faults; ++fault)
      if (is_broken(static_cast<Fault>(fault)) && repairs_[fault].due <= Clock::now())
        repair(static_cast<Fault>(fault));
    if (!is_broken(Fault::gateway_killed)) look_after(site_.gateway(), "the gateway");
    if (!is_broken(Fault::hub_killed)) look_after(site_.hub(), "the hub");
  }
}

bool Storm::wait(std::chrono::seconds patience, const std::function<bool()>& wanted) {
  const auto enough = Clock::now() + patience;
  while (!wanted()) {
    if (Clock::now() > enough || !deaths_.empty()) return false;
    live_until(Clock::now() + look_every);
  }
  return true;
}

void Storm::look_after(Process& process, const char* name) {
  if (!process.ended() || !deaths_.empty()) return;
  const int how = process.end();
  deaths_.push_back(
      std::string(name) + " ended by itself: " +
      (how < 0 ? "signal " + std::to_string(-how) : "exit status " + std::to_string(how)));
}

}  // namespace pulih::chaos
