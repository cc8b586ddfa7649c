// See ledger.hpp. An answer that was sent into a connection which is gone by the time of the second
// copy could not be heard for sure, whatever stood in it: SMPP leaves an ESME nothing to ask.
#include "tests/simulation/carriers/ledger.hpp"

#include <charconv>
#include <utility>

namespace pulih::simulation {
namespace {
constexpr std::size_t most_told = 10;
}

std::optional<Ledger::Numbered> Ledger::read(const std::string& text) {
  const auto mark = text.rfind(" #");
  if (mark == std::string::npos) return std::nullopt;
  Numbered numbered;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data() + mark + 2, end, numbered.id);
  if (error != std::errc{} || read != end) return std::nullopt;
  numbered.text = text.substr(0, mark);
  return numbered;
}

void Ledger::wrong(std::uint64_t& count, engine::OutboundId id, const std::string& what) {
  ++count;
  if (told_.size() < most_told) told_.push_back("message " + std::to_string(id) + " " + what);
}

void Ledger::send(engine::Outgoing message) {
  {
    const std::lock_guard lock(mutex_);
    if (entries_.size() <= message.id) entries_.resize(message.id + 1);
    Entry& entry = entries_[message.id];
    if (entry.to != 0) wrong(sums_.twice_handed_over, message.id, "was handed over twice");
    entry.to = message.to.value();
    ++sums_.handed_over;
  }
  message.text =
      accounts::Secret(std::string(message.text.reveal()) + " #" + std::to_string(message.id));
  carriers_.send(std::move(message));
}

void Ledger::taken(std::uint64_t connection, const std::string& to, const std::string& text,
                   phone::Fault fault) {
  const std::lock_guard lock(mutex_);
  ++sums_.taken;
  const auto numbered = read(text);
  if (!numbered || numbered->id >= entries_.size() ||
      std::to_string(entries_[numbered->id].to) != to)
    return wrong(sums_.unreadable, 0, "came to somebody else, or not as it was sent");
  Entry& entry = entries_[numbered->id];
  auto& newest = newest_[entry.to];
  if (numbered->id < newest) wrong(sums_.overtaken, numbered->id, "came after a later one");
  newest = std::max(newest, numbered->id);
  if (entry.over) {
    wrong(sums_.doubled_after_answer, numbered->id, "came again although its answer was heard");
  } else if (entry.taken) {
    const bool was_cut = entry.connection < gone_.size() && gone_[entry.connection];
    if (entry.fault == phone::Fault::response_lost || entry.fault == phone::Fault::response_late)
      ++sums_.doubled_by_kept_answers;
    else if (was_cut)
      ++sums_.doubled_by_cuts;
    else
      wrong(sums_.doubled_unexplained, numbered->id, "came again although it was answered");
  }
  entry.taken = true;
  entry.fault = fault;
  entry.connection = connection;
}

void Ledger::gone(std::uint64_t connection) {
  const std::lock_guard lock(mutex_);
  if (gone_.size() <= connection) gone_.resize(connection + 1);
  gone_[connection] = true;
  ++sums_.connections_lost;
}

void Ledger::over(engine::OutboundId id) {
  const std::lock_guard lock(mutex_);
  if (id >= entries_.size()) return;
  Entry& entry = entries_[id];
  if (std::exchange(entry.over, true)) return;
  ++sums_.over;
  if (!entry.taken && told_.size() < most_told)
    told_.push_back("message " + std::to_string(id) + " was given up, and no network took it");
}

bool Ledger::all_over() const {
  const std::lock_guard lock(mutex_);
  return sums_.handed_over == sums_.over;
}

Ledger::Sums Ledger::sums() const {
  const std::lock_guard lock(mutex_);
  Sums sums = sums_;
  for (std::size_t id = 1; id < entries_.size(); ++id)
    if (!entries_[id].taken || !entries_[id].over) ++sums.lost;
  return sums;
}

std::vector<std::string> Ledger::told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

}  // namespace pulih::simulation
