// See texts.hpp. The names follow the enumerators in their order; a missing one does not compile.
#include "daemon/conversation/texts.hpp"

#include <array>
#include <map>

namespace pulih::conversation {
namespace {

constexpr std::array<std::string_view, text_count> names = {
    "M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "M12",
    "M13", "M14", "M15", "M16", "M17", "M18", "M19", "M20", "M21", "M22", "M23", "M24",
    "M25", "M26", "M27", "M28", "M29", "M30", "M31", "M32", "M33", "M34", "M35", "M36",
    "M37", "M38", "M39", "M40", "M41", "M42", "M43", "M44", "M45", "M46", "M47", "M48",
    "M49", "M50", "M51", "M52", "M53", "M54", "M55", "U01", "U02", "U03", "U04", "U05",
    "U06", "U07", "U08", "U09", "U10", "U11", "U12", "U13", "U14", "U15", "U16", "U17",
    "U18", "U19", "U20", "U21", "U22", "U23", "U24", "U25", "S01", "S02", "S03", "S04",
    "S05", "S06", "S07", "W01", "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09"};
static_assert(!names.back().empty());

constexpr std::array<std::string_view, slot_count> slots = {
    "kode",  "n",      "sisa", "hp3", "em",  "akun", "daftar", "k",     "lap",     "jam",   "mnt",
    "sandi", "status", "tj",   "jml", "min", "awal", "tunggu", "merek", "layanan", "biaya", "ussd"};
static_assert(!slots.back().empty());

}  // namespace

std::string_view name_of(Text text) { return names[static_cast<std::size_t>(text)]; }
std::string_view name_of(Slot slot) { return slots[static_cast<std::size_t>(slot)]; }

std::vector<Slot> slots_of(Text text) {
  using enum Slot;
  static const std::map<Text, std::vector<Slot>> blanks = {
      {Text::M02, {akun}},
      {Text::M03, {k, daftar}},
      {Text::M09, {em}},
      {Text::M11, {n, kode, jam}},
      {Text::M12, {hp3, akun, kode, jam}},
      {Text::M15, {sisa, n}},
      {Text::M16, {jam}},
      {Text::M17, {n, jam}},
      {Text::M18, {mnt}},
      {Text::M19, {jam}},
      {Text::M20, {jam}},
      {Text::M21, {sisa}},
      {Text::M22, {lap}},
      {Text::M23, {lap, status, tj}},
      {Text::M24, {jam}},
      {Text::M25, {min}},
      {Text::M26, {jml, awal}},
      {Text::M28, {jml, min}},
      {Text::M32, {akun, tj}},
      {Text::M33, {sandi, tj}},
      {Text::M34, {akun, tj}},
      {Text::M35, {lap}},
      {Text::M39, {tunggu}},
      {Text::M40, {tunggu}},
      {Text::M41, {lap}},
      {Text::M42, {lap}},
      {Text::M43, {jam}},
      {Text::M44, {tunggu}},
      {Text::M45, {akun}},
      {Text::M46, {tj}},
      {Text::M47, {akun, hp3}},
      {Text::M49, {lap}},
      {Text::M50, {jam}},
      {Text::M51, {akun}},
      {Text::M53, {n}},
      {Text::M54, {lap}},
      {Text::M55, {lap}},
      {Text::U02, {akun}},
      {Text::U03, {daftar}},
      {Text::U04, {k, daftar}},
      {Text::U11, {min}},
      {Text::U13, {sisa}},
      {Text::U18, {daftar}},
      {Text::U22, {akun}},
      {Text::U24, {akun}},
  };
  const auto found = blanks.find(text);
  return found == blanks.end() ? std::vector<Slot>{} : found->second;
}

}  // namespace pulih::conversation
