// The USSD side of the world: telephones that dial and show one screen at a time, in a network that
// drops sessions. Nobody's screen holds a secret, and what is shown was committed before.
#include "tests/simulation/phrases.hpp"
#include "tests/simulation/world.hpp"

namespace pulih::simulation {

void World::begin(std::size_t teacher, std::int64_t after) {
  if (chance_.chance(by_screen_)) return dial(teacher, after);
  text(teacher, teachers_[teacher].begin(), after);
}

// What her telephone showed before is gone. The session after a stranger's is her shadow's.
void World::dial(std::size_t teacher, std::int64_t after) {
  last_session_ += 2;
  open_[teacher] = last_session_;
  dialled_[last_session_] = teacher;
  for (const auto& stranger : strangers_)
    if (stranger.who == teacher) dialled_[last_session_ + 1] = stranger.shadow;
  text(teacher, "", after, last_session_);
}

void World::show(engine::NextScreen screen) {
  const auto found = dialled_.find(screen.session);
  if (found == dialled_.end()) return broken("a screen for a session that nobody dialled");
  const auto who = found->second;
  const std::string shown(screen.text.reveal());
  const bool closes_early = shown.starts_with("U17");  // which says nothing of the talk
  if (store_.open() && !closes_early) broken("a screen was shown before the commit");
  if (!value_of(shown, "kode").empty() || !value_of(shown, "sandi").empty())
    broken("invariant 4: a secret on a screen");
  remember(std::to_string(who) + " shown " + shown);
  shown_[who] += shown + (screen.last ? ", last; " : "; ");

  const auto open = open_.find(who);
  if (open == open_.end() || open->second != screen.session) return;  // she has hung up
  if (chance_.chance(faults_.lost_screen)) return dial(who, chance_.between(30, 300));
  if (screen.last) {
    open_.erase(open);
    return go_on_after(who, shown);
  }
  if (auto typed = teachers_[who].answer_screen(shown))
    text(who, std::move(*typed), chance_.between(3, 40), screen.session);
  else
    open_.erase(open);
}

// The result of a password change, on a screen that she did not dial for. Whether it came nobody
// knows; some answer it, which is as good as dialling.
void World::call_back(engine::CallBack call) {
  const auto found = by_number_.find(call.to);
  if (found == by_number_.end()) return broken("a call back to a number that nobody has");
  const auto who = found->second;
  const std::string shown(call.asks.reveal());
  if (store_.open()) broken("she was called back before the commit");
  for (const auto* text : {&call.tells, &call.asks})
    for (const char* secret : {"kode", "sandi"})
      if (!value_of(std::string(text->reveal()), secret).empty())
        broken("invariant 4: a secret on a screen");
  for (const auto& stranger : strangers_)
    if (stranger.who == who || stranger.shadow == who)
      broken("invariant 5: a stranger was called back");
  remember(std::to_string(who) + " called back " + shown);
  if (!chance_.chance(faults_.lost_screen) && chance_.chance(500))
    dial(who, chance_.between(3, 40));
}

// After a code was sent she does what she would after the SMS that says so; after a message, what
// she would have answered to it.
void World::go_on_after(std::size_t teacher, const std::string& last_screen) {
  if (last_screen.starts_with("U17")) return dial(teacher, chance_.between(10, 60));
  const bool code_sent = last_screen.starts_with("U08");
  if (!code_sent && !last_screen.starts_with("M")) return;
  if (auto reply = teachers_[teacher].answer(code_sent ? "M13" : last_screen))
    text(teacher, std::move(*reply), chance_.between(3, 40));
}

}  // namespace pulih::simulation
