// The invariants that show in what a batch writes: its messages and operations lie sealed in the
// store, and the world has the key. Here each is seen in the moment in which it was decided, before
// any fault of carriers or processes.
#include <algorithm>
#include <utility>

#include "tests/simulation/phrases.hpp"
#include "tests/simulation/world.hpp"

namespace pulih::simulation {

using engine::Instant;
using std::chrono::hours;

namespace {

// What can be seen of a message from outside: its words without the code's digits, and its life.
std::string seen(const engine::Outgoing& message, const std::string& text, Instant now) {
  std::string words = text.substr(0, text.find(" hp3="));
  if (const auto at = words.find("kode="); at != std::string::npos)
    std::replace_if(
        words.begin() + static_cast<std::ptrdiff_t>(at), words.end(),
        [](char c) { return c >= '0' && c <= '9'; }, '#');
  return words + " for " + std::to_string((message.expires - now).count()) + " s; ";
}

}  // namespace

void World::check_written() {
  const Instant now = site_clock();
  for (auto& [account, until] : held_) until = std::min(until, now + policy_.hold);
  // What a clock far ahead saw end is forgotten, and does not begin again when it is set right.
  std::erase_if(held_, [&](const auto& each) { return now >= each.second; });
  check_held();
  std::map<std::size_t, std::string> outward;  // by who asked
  for (const auto& row : store_.fresh_messages()) {
    const auto message = engine::open(row, keys_);
    if (!message) return broken("a message in the store does not open");
    if (!message->to.empty() && !by_number_.contains(message->to))
      return broken("a message for a number that nobody has");
    const std::string text(message->text.reveal());
    check_code(*message, text);
    check_contact_told(*message, text);
    if (const auto who = asked_by(*message, text)) {
      outward[*who] += seen(*message, text, now);
      check_code_life(*who, text);
    }
    if (!text.starts_with("M35")) continue;
    // Only whoever the account is registered for can hold it.
    const auto hers = account_of_.find(by_number_.at(message->to));
    if (hers == account_of_.end()) return broken("invariant 6: a stranger held an account");
    held_[hers->second] = now + policy_.hold;
  }
  check_strangers(outward);
}

// Who wrote what this answers: the owner's warning names her by her last digits.
std::optional<std::size_t> World::asked_by(const engine::Outgoing& message,
                                           const std::string& text) const {
  const bool warns_owner = text.starts_with("M12");
  for (const auto& [number, who] : by_number_)
    if (warns_owner ? number.last_three() == value_of(text, "hp3") : number == message.to)
      return who;
  return std::nullopt;
}

// A code lives for minutes by anybody's watch, and longer only by what the site's clock was set
// back meanwhile.
void World::check_code_life(std::size_t who, const std::string& text) {
  if (!value_of(text, "kode").empty()) last_code_[who] = {now_, clock_error_};
  if (!text.starts_with("M24")) return;
  auto& code = last_code_[who];
  if (std::exchange(code.taken, true)) return;  // she is asked for the same once more
  const auto set_back = std::max<std::int64_t>(code.clock_error - clock_error_, 0);
  if (now_ - code.sent > policy_.code_life.count() + set_back)
    broken("a code was right after its time");
}

// 2. A code goes to nobody but a telephone that was registered before, and a password that was made
// goes only where a code went.
void World::check_code(const engine::Outgoing& message, const std::string& text) {
  if (message.to.empty()) return;
  const auto who = by_number_.at(message.to);
  if (const auto code = value_of(text, "kode"); !code.empty()) {
    codes_.insert(code);
    had_code_.insert(message.to);
    for (const auto& stranger : strangers_)
      if (!stranger.right_date &&
          value_of(text, "hp3") == teachers_[stranger.who].number().last_three())
        return broken("invariant 2: a code for whoever does not know the birth date");
    const auto account = account_of_.find(who);
    if (account == account_of_.end())
      return broken("invariant 2: a code for a telephone that no account has");
    // A clock that leapt ahead has seen the week pass that a new telephone must wait.
    const auto& hers = row(account->second);
    const std::chrono::seconds wait = policy_.contact_change_wait;
    const auto passed = now_ - hers.contact_changed.time_since_epoch().count();
    if (message.to.value() == hers.phone &&
        passed + (farthest_clock_error_ - lowest_clock_error_) < wait.count())
      return broken("invariant 2: a code for a telephone that was registered just now");
  }
  if (!value_of(text, "sandi").empty() && !had_code_.contains(message.to))
    broken("invariant 2: a password for a telephone that no code went to");
}

// Whose telephone was replaced hears of it once, and nobody else does.
void World::check_contact_told(const engine::Outgoing& message, const std::string& text) {
  if (!text.starts_with("M47")) return;
  const auto change = std::find_if(changes_.begin(), changes_.end(), [&](const auto& each) {
    return each.old_phone == message.to && each.new_phone.last_three() == value_of(text, "hp3");
  });
  if (change == changes_.end()) return broken("a changed contact was told to somebody else");
  if (!told_changes_.insert(change->cursor).second) broken("a changed contact was told twice");
}

// 6. What the owner stopped stays stopped: no password is staged while she holds the account.
void World::check_held() {
  for (const auto& row : store_.fresh_operations()) {
    const auto waiting = engine::open(row, keys_);
    if (!waiting) return broken("an operation in the store does not open");
    if (waiting->operation.kind != engine::Operation::Kind::password) continue;
    const auto held = held_.find(waiting->operation.password.account);
    if (held != held_.end() && site_clock() < held->second)
      broken("a password was staged for an account that its owner holds");
  }
}

// 5. A stranger learns nothing: whatever she knows, she is told what her shadow is told, turn by
// turn, and the messages that are not hers are the same too.
void World::check_strangers(const std::map<std::size_t, std::string>& outward) {
  // After a day, or what a wrong clock takes for one, a guard that nobody misses may be forgotten,
  // and another one not.
  const auto passed = farthest_clock_error_ - lowest_clock_error_ + lulls_;
  if (passed > std::chrono::seconds(hours{20}).count()) return;
  const auto of = [&](std::size_t who) {
    const auto found = outward.find(who);
    return found == outward.end() ? std::string() : found->second;
  };
  for (const auto& stranger : strangers_) {
    const auto hers = shown_[stranger.who] + of(stranger.who);
    const auto shadows = shown_[stranger.shadow] + of(stranger.shadow);
    if (hers == shadows) continue;
    std::string both = "invariant 5: a stranger was told ";
    broken(both.append(hers).append("and her shadow ").append(shadows));
  }
}

}  // namespace pulih::simulation
