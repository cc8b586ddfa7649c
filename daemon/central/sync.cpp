// See sync.hpp: the step, what a failure comes to, and meeting the central database. Pulling and
// comparing are in sync_copy.cpp.
#include "daemon/central/sync.hpp"

#include <algorithm>
#include <iterator>

#include "daemon/central/embedded_file.hpp"
#include "daemon/central/pushing.hpp"
#include "daemon/central/sync_calls.hpp"
#include "daemon/engine/rows.hpp"

namespace pulih::central {

using engine::Operation;
using engine::Pushed;

Sync::Sync(const Parts& parts, std::uint64_t contact_cursor, const Pace& pace, Calls calls,
           Moment now)
    : parts_(parts),
      pace_(pace),
      calls_(std::move(calls)),
      now_(now),
      contact_cursor_(contact_cursor),
      compare_due_(now.steady + pace.compare_first) {}

// A replica was opened or begun: what is known of it.
void Sync::begun() {
  anchored_ = met_ && parts_.replica.epoch() == standing_.epoch;
  differing_.clear();
  const auto owed = parts_.replica.owed();
  if (const auto& why = parts_.replica.unusable();
      !why.empty() && !std::exchange(had_damaged_, true))
    tell(News::What::damaged, why);
  owed_ = owed.has_value();
  compare_next_ = owed;
  agreed_.reset();
  agreed_stored_.reset();
  if (const auto agreed = parts_.replica.agreed(); agreed != accounts::Instant{})
    agreed_ = now_.steady - std::max<Steady>(Steady{0}, now_.wall - agreed);
  urgent_due_ = changes_due_ = Steady{};
  publish_clocks();
  figure([&](SyncFigures& figures) {
    figures.whole = parts_.replica.whole();
    figures.building = parts_.replica.building();
  });
}

void Sync::add(std::vector<Operation> operations) {
  std::ranges::move(operations, std::back_inserter(waiting_));
}

Facts Sync::facts() const {
  Facts facts;
  facts.met = met_;
  facts.away_until = away_until_;
  facts.operations = !waiting_.empty();
  facts.replaying = standing_.replaying;
  facts.anchored = anchored_;
  facts.building = parts_.replica.building();
  facts.just_pushed = just_pushed_;
  facts.turn = turn_;
  facts.urgent_due = urgent_due_;
  facts.changes_due = changes_due_;
  facts.differing = !differing_.empty();
  facts.comparing = compare_next_.has_value();
  facts.compare_due = compare_due_;
  return facts;
}

Steady Sync::step(Moment now) {
  now_ = now;
  if (fenced_) return Steady::max();
  std::optional<Plan> plan;
  try {
    if (!read_) begun();
    read_ = true;
    heed_trouble();
    plan = next_step(facts(), now.steady);
    if (plan->step != Step::wait) perform(plan->step);
  } catch (const SQLite::Exception& error) {
    if (tells_damage(error))
      damaged(error.what());
    else
      away({std::string("the copy of the accounts cannot be written: ") + error.what() +
            "; look at the disk (df -h, journalctl -k)"});
  } catch (const std::filesystem::filesystem_error& error) {
    away({std::string("the copy of the accounts cannot be put in its place: ") + error.what() +
          "; look at the folder (ls -ld, findmnt)"});
  } catch (const Unavailable& why) {
    away(why);
  } catch (const engine::StoreError& why) {
    away({why.what()});
  }
  publish_clocks();
  publish_copying();
  if (fenced_) return Steady::max();
  if (!plan) return std::max(now.steady, away_until_);  // not even what is next could be said
  return plan->step == Step::wait ? plan->until : now.steady;
}

void Sync::perform(Step step) {
  just_pushed_ = step == Step::push;
  if (step == Step::mend || step == Step::compare || step == Step::finish) turn_ = Turn::urgent;
  switch (step) {
    case Step::wait:
      return;
    case Step::refuse:
      return refuse_operations();
    case Step::meet:
      return meet();
    case Step::anchor:
      return anchor();
    case Step::replay:
      return replay();
    case Step::push:
      return push();
    case Step::urgent:
      return urgent();
    case Step::changes:
      return changes();
    case Step::mend:
      return mend();
    case Step::compare:
      return compare();
    case Step::finish:
      return finish();
  }
}

// ---- failures

// What the engine's look-ups came upon. A row is fetched with its block; a file is made anew.
void Sync::heed_trouble() {
  const auto trouble = parts_.readers.take_trouble();
  if (!trouble.damage.empty() && !parts_.replica.building()) damaged(trouble.damage);
  if (anew_) {
    parts_.replica.begin_anew();
    anew_ = false;
    had_damaged_ = true;
    begun();
    return;
  }
  std::set<std::uint64_t> blocks;
  for (const auto number : trouble.rows) blocks.insert(number / block_numbers);
  if (parts_.replica.building()) return;
  // While the link is down a carrier may bring her message again and again.
  std::erase_if(differing_, [&](const auto& each) { return blocks.contains(each.block); });
  for (const auto block : blocks) differing_.push_front({block, true, true});
}

void Sync::damaged(const std::string& why) {
  if (!anew_) tell(News::What::damaged, why);
  anew_ = true;
}

void Sync::away(const Unavailable& why) {
  met_ = false;
  if (why.kind == Unavailable::Kind::fenced) {
    fenced_ = true;
    return tell(News::What::fenced, why.why);
  }
  const bool refused = why.kind == Unavailable::Kind::refused;
  tell(refused ? News::What::refused : News::What::unavailable, why.why);
  auto gap = pace_.back_off_longest;
  if (!refused && failures_ < 16)
    gap = std::min(gap, pace_.back_off_first * (std::int64_t{1} << failures_));
  ++failures_;
  // Gateways that lost one database must not come back to it in step.
  const auto half = static_cast<std::uint32_t>(gap.count() / 2);
  away_until_ = now_.steady + gap - Steady{half} + Steady{parts_.entropy.below(half + 1)};
  refuse_operations();
  if (!told_away_) calls_.tell_engine(engine::CentralReached{false});
  told_away_ = true;
  figure([&](SyncFigures& figures) {
    figures.met = false;
    figures.trouble = why.why;
  });
}

void Sync::refuse_operations() {
  for (const auto& operation : std::exchange(waiting_, {}))
    calls_.tell_engine(Pushed{id_of(operation), Pushed::How::unreachable});
}

// ---- meeting

void Sync::meet() {
  if (!standing_read_) standing_ = parts_.standing.load();
  standing_read_ = true;
  if (!standing_.unanswered) {
    auto next = standing_;
    ++next.meetings;
    std::array<std::uint8_t, sizeof next.draw> draw{};
    parts_.entropy.fill(draw);
    next.draw = 0;
    for (const auto octet : draw) next.draw = next.draw << 8 | octet;
    next.unanswered = true;
    parts_.standing.save(next);  // before anybody else knows of it
    standing_ = next;
  }
  const auto welcome =
      answered(parts_.central.hello({{standing_.meetings, standing_.draw}, standing_.fence}));
  const bool first = standing_.fence == 0;
  if (first && contact_cursor_ == 0) skip_contacts_ = true;
  const bool another = !first && welcome.epoch != standing_.epoch;
  const bool raised = !first && welcome.fence != standing_.fence;
  auto next = standing_;
  next.unanswered = false;
  next.fence = welcome.fence;
  next.epoch = welcome.epoch;
  if (welcome.behind || another) {
    next.replaying = true;
    next.replayed = next.pushed_again = next.void_again = 0;
  }
  parts_.standing.save(next);
  standing_ = next;
  met_ = true;
  failures_ = 0;
  last_block_ = welcome.last_number / block_numbers;
  const auto its_now = welcome.now.time_since_epoch();
  if (its_now.count() > 0 && its_now.count() <= latest_second)
    central_clock_ = its_now - now_.steady;
  anchored_ = parts_.replica.epoch() == welcome.epoch && !welcome.behind;
  if (raised)
    tell(News::What::fence_raised,
         "this copy of the gateway has taken the place of another one, which is told to end");
  if (welcome.behind || another)
    tell(News::What::restored,
         welcome.behind ? "the central database knows fewer of our meetings than there were"
                        : "the central database is another one than before");
  if (std::exchange(told_away_, false)) tell(News::What::met, "");
  calls_.tell_engine(engine::CentralReached{true});
  urgent_due_ = changes_due_ = Steady{};
  figure([&](SyncFigures& figures) {
    figures.met = true;
    figures.last_contact = now_.wall;
    figures.trouble.clear();
    figures.replaying = standing_.replaying;
  });
}

// ---- pushing

void Sync::push() {
  std::vector<Operation> batch;
  const auto count = std::min(pace_.batch, waiting_.size());
  std::move(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count),
            std::back_inserter(batch));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  auto outcome = push_to(parts_.central, batch, now_.wall);
  for (const auto& pushed : outcome.pushed) calls_.tell_engine(pushed);
  if (outcome.failure) throw Unavailable(*outcome.failure);
  figure([&](SyncFigures& figures) {
    figures.last_contact = now_.wall;
    figures.operations_pushed += count;
  });
}

// What the database acknowledged in the last weeks, in the order in which it did. It applies again
// what it has forgotten, and answers the rest with the result that it kept.
void Sync::replay() {
  const auto page = parts_.standing.applied(standing_.replayed, pace_.batch);
  auto next = standing_;
  if (page.empty()) {
    // Whoever is killed here tells it twice.
    tell(News::What::replayed, "", standing_.pushed_again);
    if (standing_.void_again != 0) tell(News::What::replay_differs, "", standing_.void_again);
    next.replaying = false;
    parts_.standing.save(next);
    standing_ = next;
    return figure([](SyncFigures& figures) { figures.replaying = false; });
  }
  std::vector<PasswordChange> changes;
  for (const auto& row : page) {
    const auto waiting = engine::open(row, parts_.keys);
    if (waiting)
      changes.push_back(change_of(waiting->operation.password));
    else
      ++next.void_again;
  }
  const auto verdicts = answered(parts_.central.apply_passwords(changes, now_.wall));
  for (const auto verdict : verdicts) next.void_again += verdict != Verdict::applied;
  next.pushed_again += page.size();
  next.replayed = page.back().order;
  parts_.standing.save(next);
  standing_ = next;
}

// ---- figures

void Sync::tell(News::What what, std::string text, std::optional<std::uint64_t> number) {
  calls_.tell({what, std::move(text), number});
}

// The age of the copy by the clock that nobody sets, told as a time of the one that may be wrong:
// so that a clock set by a year makes no copy old or new.
void Sync::publish_clocks() {
  const auto at = agreed_
                      ? now_.wall - std::chrono::ceil<std::chrono::seconds>(now_.steady - *agreed_)
                      : accounts::Instant{};
  parts_.readers.agreed(at);
  figure(
      [&](SyncFigures& figures) { figures.agreed = agreed_ ? std::optional(at) : std::nullopt; });
  if (const auto ahead = central_ahead()) parts_.readers.central_ahead(*ahead);
}

// As of the last meeting, whatever became of our clock since then.
std::optional<std::chrono::seconds> Sync::central_ahead() const {
  if (!central_clock_) return std::nullopt;
  const auto its_now = std::chrono::floor<std::chrono::seconds>(*central_clock_ + now_.steady);
  return its_now - now_.wall.time_since_epoch();
}

// How much of a copy is made, by blocks, and how long the rest takes at the pace of this life so
// far.
void Sync::publish_copying() {
  const auto at = !differing_.empty() ? std::optional(differing_.front().block) : compare_next_;
  if (!parts_.replica.building() || !at || last_block_ == 0) {
    copying_since_.reset();
    return figure([](SyncFigures& figures) {
      figures.copied_percent.reset();
      figures.copy_left.reset();
    });
  }
  if (!copying_since_) {
    copying_since_ = now_.steady;
    copied_from_ = *at;
  }
  const auto done = std::min(*at, last_block_);
  std::optional<std::chrono::seconds> left;
  if (done > copied_from_) {
    constexpr double longest = 1e9;  // some thirty years
    const auto a_block = std::chrono::duration<double>(now_.steady - *copying_since_).count() /
                         static_cast<double>(done - copied_from_);
    const auto rest = std::min(a_block * static_cast<double>(last_block_ - done), longest);
    left = std::chrono::seconds{static_cast<std::int64_t>(rest)};
  }
  figure([&](SyncFigures& figures) {
    figures.copied_percent =
        static_cast<unsigned>(static_cast<double>(done) / static_cast<double>(last_block_) * 100);
    figures.copy_left = left;
  });
}

SyncFigures Sync::figures() const {
  const std::lock_guard lock(figures_mutex_);
  return figures_;
}

}  // namespace pulih::central
