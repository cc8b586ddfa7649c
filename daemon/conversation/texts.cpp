// See texts.hpp. The names follow the enumerators in their order; a missing one does not compile.
#include "daemon/conversation/texts.hpp"

#include <array>

namespace pulih::conversation {
namespace {

constexpr std::array<std::string_view, text_count> names = {
    "M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "M12",
    "M13", "M14", "M15", "M16", "M17", "M18", "M19", "M20", "M21", "M22", "M23", "M24",
    "M25", "M26", "M27", "M28", "M29", "M30", "M31", "M32", "M33", "M34", "M35", "M36",
    "M37", "M38", "M39", "M40", "M41", "M42", "M43", "M44", "M45", "M46", "M47", "M48",
    "M49", "M50", "M51", "M52", "M53", "U01", "U02", "U03", "U04", "U05", "U06", "U07",
    "U08", "U09", "U10", "U11", "U12", "U13", "U14", "U15", "U16", "U17", "U18", "U19",
    "U20", "U21", "U22", "U23", "U24", "S01", "S02", "S03", "S04", "S05", "S06", "W01",
    "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09"};
static_assert(!names.back().empty());

constexpr std::array<std::string_view, slot_count> slots = {
    "kode",  "n",      "sisa", "hp3", "em",  "akun", "daftar", "k",     "lap",     "jam",   "mnt",
    "sandi", "status", "tj",   "jml", "min", "awal", "tunggu", "merek", "layanan", "biaya", "ussd"};
static_assert(!slots.back().empty());

std::vector<Slot> slots_of_screen(Text screen) {
  using enum Slot;
  switch (screen) {
    case Text::U02:
    case Text::U21:
    case Text::U23:
      return {akun};
    case Text::U03:
    case Text::U18:
      return {daftar};
    case Text::U04:
      return {k, daftar};
    case Text::U11:
      return {min};
    case Text::U13:
      return {sisa};
    default:
      return {};
  }
}

}  // namespace

std::string_view name_of(Text text) { return names[static_cast<std::size_t>(text)]; }
std::string_view name_of(Slot slot) { return slots[static_cast<std::size_t>(slot)]; }

std::vector<Slot> slots_of(Text text) {
  using enum Slot;
  switch (text) {
    case Text::M02:
    case Text::M45:
    case Text::M51:
      return {akun};
    case Text::M03:
      return {k, daftar};
    case Text::M09:
      return {em};
    case Text::M11:
      return {n, kode, jam};
    case Text::M12:
      return {hp3, akun, kode, jam};
    case Text::M15:
      return {sisa, n};
    case Text::M16:
    case Text::M19:
    case Text::M20:
    case Text::M24:
    case Text::M43:
    case Text::M50:
      return {jam};
    case Text::M17:
      return {n, jam};
    case Text::M53:
      return {n};
    case Text::M18:
      return {mnt};
    case Text::M21:
      return {sisa};
    case Text::M22:
    case Text::M35:
    case Text::M41:
    case Text::M42:
    case Text::M49:
      return {lap};
    case Text::M23:
      return {lap, status, tj};
    case Text::M25:
      return {min};
    case Text::M26:
      return {jml, awal};
    case Text::M28:
      return {jml, min};
    case Text::M32:
    case Text::M34:
      return {akun, tj};
    case Text::M33:
      return {sandi, tj};
    case Text::M39:
    case Text::M40:
    case Text::M44:
      return {tunggu};
    case Text::M46:
      return {tj};
    case Text::M47:
      return {akun, hp3};
    default:
      return slots_of_screen(text);
  }
}

}  // namespace pulih::conversation
