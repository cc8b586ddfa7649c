// See postgresql_ahead.hpp. The database tells fingerprints of many blocks in the time in which it
// sends some: as many are ready as are stored meanwhile.
#include "daemon/central/postgresql_ahead.hpp"

#include <algorithm>

#include "daemon/accounts/registers.hpp"

namespace pulih::central {
namespace {
constexpr std::size_t most_unread = 8;  // a quarter of a megabyte each
}  // namespace

PostgresqlAhead::PostgresqlAhead(Fetch fetch, std::vector<std::uint64_t> told, std::size_t most,
                                 std::uint64_t block)
    : fetch_(std::move(fetch)),
      most_(most),
      told_(std::move(told)),
      next_(std::ranges::upper_bound(told_, block)),
      thread_([this] { run(); }) {}

PostgresqlAhead::~PostgresqlAhead() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = false;
  }
  changed_.notify_all();
  thread_.join();
}

void PostgresqlAhead::run() {
  bool goes_on = true;
  while (goes_on) {
    for (; goes_on && next_ != told_.end(); ++next_) goes_on = put(*next_, fetch_.rows(*next_));
    // Fewer than were asked for were the last.
    if (!goes_on || told_.empty() || told_.size() < most_) break;
    const auto after = told_.back() + 1;
    auto found = fetch_.fingerprints(after, most_);
    told_.clear();
    if (found)
      for (const auto& print : *found) told_.push_back(print.block);
    next_ = told_.begin();
    goes_on = put(after, std::move(found));
  }
  accounts::clear_vector_registers();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

// False: nothing more is to be read.
bool PostgresqlAhead::put(std::uint64_t block, std::variant<Rows, Fingerprints> answer) {
  const bool good = std::visit([](const auto& found) { return found.has_value(); }, answer);
  accounts::clear_vector_registers();
  std::unique_lock lock(mutex_);
  read_.push_back({block, std::move(answer)});
  changed_.notify_all();
  changed_.wait(lock, [&] { return !wanted_ || read_.size() < most_unread; });
  return wanted_ && good;
}

template <class Answer>
std::optional<Answer> PostgresqlAhead::take(std::uint64_t block) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_ || !read_.empty(); });
  if (read_.empty() || read_.front().block != block) return std::nullopt;
  auto* answer = std::get_if<Answer>(&read_.front().answer);
  if (answer == nullptr) return std::nullopt;
  std::optional<Answer> taken = std::move(*answer);
  read_.pop_front();
  changed_.notify_all();
  return taken;
}

std::optional<PostgresqlAhead::Rows> PostgresqlAhead::rows(std::uint64_t block) {
  return take<Rows>(block);
}

std::optional<PostgresqlAhead::Fingerprints> PostgresqlAhead::fingerprints(std::uint64_t block,
                                                                           std::size_t most) {
  return most == most_ ? take<Fingerprints>(block) : std::nullopt;
}

}  // namespace pulih::central
