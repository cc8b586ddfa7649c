// The phrasebook of the simulation: every text is its key and its blanks ("M11 n=1 kode=482916 …"),
// so that simulated teachers can read what they are told without knowing a language.
#pragma once
#include "daemon/conversation/phrasebook.hpp"

namespace pulih::simulation {

inline conversation::Phrasebook bare_phrasebook() {
  using conversation::Phrasebook;
  using conversation::Slot;
  using conversation::Text;
  Phrasebook::Texts texts;
  const auto blank = [](Slot slot) { return Phrasebook::Piece{"", true, slot}; };
  const auto literal = [](std::string words) {
    return Phrasebook::Piece{std::move(words), false, {}};
  };
  for (std::size_t i = 0; i < texts.size(); ++i)
    texts[i].push_back(literal(std::string(conversation::name_of(static_cast<Text>(i)))));
  const auto with = [&](Text text, const std::string& name, Slot slot) {
    auto& pieces = texts[static_cast<std::size_t>(text)];
    pieces.push_back(literal(" " + name + "="));
    pieces.push_back(blank(slot));
  };
  with(Text::M11, "kode", Slot::kode);
  with(Text::M12, "kode", Slot::kode);
  with(Text::M12, "hp3", Slot::hp3);
  with(Text::M33, "sandi", Slot::sandi);
  return Phrasebook(std::move(texts), {"upper", "lower", "digit", "sign"}, conversation::Zone{});
}

}  // namespace pulih::simulation
