// What stands on a screen (USSD). The states of the talk say the messages of SMS; here those that
// ask something become the screen that asks the same, and every other message is the last screen of
// its session. Secrets never come here: they go by SMS.
#include <algorithm>
#include <array>

#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

struct Counterpart {
  Text message, screen;
};
constexpr std::array<Counterpart, 22> counterparts = {
    {{Text::M01, Text::U03}, {Text::M02, Text::U02}, {Text::M03, Text::U18}, {Text::M04, Text::U03},
     {Text::M05, Text::U06}, {Text::M09, Text::U07}, {Text::M10, Text::U07}, {Text::M13, Text::U08},
     {Text::M14, Text::U08}, {Text::M15, Text::U13}, {Text::M21, Text::U13}, {Text::M24, Text::U10},
     {Text::M25, Text::U11}, {Text::M26, Text::U12}, {Text::M27, Text::U14}, {Text::M28, Text::U15},
     {Text::M29, Text::U15}, {Text::M30, Text::U15}, {Text::M31, Text::U16}, {Text::M41, Text::U21},
     {Text::M54, Text::U21}, {Text::M48, Text::U01}}};

// "We did not understand", or "we wait for something else": on a screen, what we wait for.
bool asks_again(Text message) {
  return message == Text::M06 || message == Text::M08 || message == Text::M39 ||
         message == Text::M40 || message == Text::M44;
}

bool is_message(Text text) { return text < Text::U01; }
bool is_last(Text text) {
  return is_message(text) || text == Text::U08 || text == Text::U16 || text == Text::U17 ||
         text == Text::U19 || text == Text::U21;
}

// The screen for what is still missing of the account's name and the birth date.
Text standing(const Identifying& here, const Ussd& ussd) {
  if (!here.id.empty()) return Text::U06;
  if (ussd.role != 0) return Text::U05;
  if (ussd.level != 0) return Text::U04;
  return here.offered.empty() ? Text::U03 : Text::U18;
}

// Where a talk stands, as a screen. One that waits for the central database asks nothing.
Text standing(const Person& person) {
  struct {
    const Ussd& ussd;
    Text operator()(const Idle&) { return Text::U01; }
    Text operator()(const Identifying& here) { return standing(here, ussd); }
    Text operator()(const Choosing&) { return Text::U07; }
    Text operator()(const AwaitingCode&) { return Text::U09; }
    Text operator()(const ChoosingPassword&) { return Text::U10; }
    Text operator()(const TypingPassword&) { return Text::U11; }
    Text operator()(const RepeatingPassword&) { return Text::U12; }
    Text operator()(const Applying& here) { return here.told_waiting ? Text::U21 : Text::U16; }
    Text operator()(const Done&) { return Text::U01; }
  } where{person.ussd};
  return std::visit(where, person.state);
}

std::string one_to_a_line(const std::vector<std::string>& choices) {
  std::string lines;
  for (std::size_t i = 0; i < choices.size(); ++i)
    lines += std::to_string(i + 1) + " " + choices[i] + "\n";
  return lines;
}

// A screen with its blanks, which the talk knows at any time.
Phrase filled(Text screen, const Talk& talk) {
  const auto* here = std::get_if<Identifying>(&talk.person.state);
  const auto& names = talk.policy().names;
  switch (screen) {
    case Text::U02:
      return phrase(screen, words(Slot::akun, here ? masked_id(here->id) : std::string()));
    case Text::U03:
      return phrase(screen, words(Slot::daftar, one_to_a_line(choices_of(names.levels))));
    case Text::U04: {
      const auto roles = choices_of(names.roles);
      return phrase(screen, words(Slot::daftar, one_to_a_line(roles)),
                    number(Slot::k, static_cast<std::uint32_t>(roles.size() + 1)));
    }
    case Text::U11:
      return phrase(screen, number(Slot::min, talk.policy().passwords.shortest));
    case Text::U18: {
      std::vector<std::string> accounts;
      if (here)
        for (const auto& id : here->offered) accounts.push_back(masked_id(id));
      return phrase(screen, words(Slot::daftar, one_to_a_line(accounts)));
    }
    default:
      return phrase(screen);
  }
}

}  // namespace

bool fits(Text screen, const State& state) {
  switch (screen) {
    case Text::U02:
    case Text::U03:
    case Text::U04:
    case Text::U05:
    case Text::U06:
    case Text::U18:
      return std::holds_alternative<Identifying>(state);
    case Text::U07:
      return std::holds_alternative<Choosing>(state);
    case Text::U09:
      return std::holds_alternative<AwaitingCode>(state);
    case Text::U10:
      return std::holds_alternative<ChoosingPassword>(state);
    case Text::U11:
    case Text::U14:
    case Text::U15:
      return std::holds_alternative<TypingPassword>(state);
    case Text::U12:
      return std::holds_alternative<RepeatingPassword>(state);
    case Text::U13:
      return std::holds_alternative<Identifying>(state) ||
             std::holds_alternative<AwaitingCode>(state);
    default:
      return true;
  }
}

std::vector<std::string> choices_of(const std::vector<std::string>& all) {
  constexpr std::size_t most = 8;  // and one digit is left for another choice
  std::vector<std::string> shown;
  std::size_t length = 0;
  for (const auto& each : all) {
    length += each.size() + std::string_view("1 \n").size();
    if (shown.size() == most || length > longest_choices) break;
    shown.emplace_back();
    for (const char c : each)
      shown.back() += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return shown;
}

void ask(Text screen, Talk& talk) {
  talk.effects.screen = Screen{0, talk.person.language, phrase(screen)};
}

void draw(Talk& talk) {
  auto& person = talk.person;
  auto& ussd = person.ussd;
  if (!talk.effects.screen) ask(standing(person), talk);
  Screen& screen = *talk.effects.screen;
  Text& text = screen.phrase.text;
  if (asks_again(text)) {
    const bool same = fits(ussd.asks, person.state) && ussd.asks != Text::U13 &&
                      !std::holds_alternative<Applying>(person.state);
    text = same ? ussd.asks : standing(person);
  }
  const auto found = std::find_if(counterparts.begin(), counterparts.end(),
                                  [&](const Counterpart& c) { return c.message == text; });
  if (found != counterparts.end()) text = found->screen;
  if (!is_message(text) && text != Text::U13) screen.phrase = filled(text, talk);

  screen.session = ussd.session;
  screen.language = person.language;
  screen.last = is_last(text);
  ussd.asks = text;
  ussd.at = talk.now();
  if (screen.last) ussd.session = 0;
}

}  // namespace pulih::conversation
