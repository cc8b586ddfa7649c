// The phrasebook of the simulation: every text is its key and its blanks ("M11 n=1 kode=482916 …"),
// so that simulated teachers can read what they are told without knowing a language.
#pragma once
#include <string>

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
  with(Text::M15, "sisa", Slot::sisa);
  with(Text::M15, "n", Slot::n);
  with(Text::M17, "n", Slot::n);
  with(Text::M18, "mnt", Slot::mnt);
  with(Text::M19, "jam", Slot::jam);
  with(Text::M20, "jam", Slot::jam);
  with(Text::M23, "status", Slot::status);
  with(Text::M33, "sandi", Slot::sandi);
  with(Text::M39, "tunggu", Slot::tunggu);
  with(Text::M40, "tunggu", Slot::tunggu);
  with(Text::M47, "hp3", Slot::hp3);
  with(Text::U13, "sisa", Slot::sisa);
  return Phrasebook(std::move(texts), {"upper", "lower", "digit", "sign"}, conversation::Zone{});
}

// What stands in a blank: value_of("M15 sisa=2 n=1", "sisa") is "2".
inline std::string value_of(const std::string& told, const std::string& name) {
  const auto at = told.find(" " + name + "=");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 2;
  return told.substr(from, told.find(' ', from) - from);
}

}  // namespace pulih::simulation
