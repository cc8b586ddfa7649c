// What the dialogue can say, by key: the program knows keys and typed blanks, the words stand in
// config/dialogue/LANGUAGE.yaml. A blank's value is a number, a time, another text or a secret,
// never a ready sentence.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::conversation {

enum class Language : std::uint8_t { indonesian, english };

// M… are messages of one SMS, U… screens of one USSD page, S… the states of a report, W… what we
// wait for; S and W only ever fill a blank.
enum class Text : std::uint8_t {
  M01,
  M02,
  M03,
  M04,
  M05,
  M06,
  M07,
  M08,
  M09,
  M10,
  M11,
  M12,
  M13,
  M14,
  M15,
  M16,
  M17,
  M18,
  M19,
  M20,
  M21,
  M22,
  M23,
  M24,
  M25,
  M26,
  M27,
  M28,
  M29,
  M30,
  M31,
  M32,
  M33,
  M34,
  M35,
  M36,
  M37,
  M38,
  M39,
  M40,
  M41,
  M42,
  M43,
  M44,
  M45,
  M46,
  M47,
  M48,
  M49,
  M50,
  M51,  // the password was changed by another way meanwhile; that one holds
  M52,  // closed until an operator looks: locked by the central side, or too many wrong birth dates
  M53,  // the carrier could not deliver the code to this telephone
  M54,  // noted, but nothing is promised: what is known of the account here is old
  M55,  // the account is not as it was known here: its contact, or it was locked, moved, deleted
  U01,
  U02,
  U03,
  U04,
  U05,
  U06,
  U07,
  U08,
  U09,
  U10,
  U11,
  U12,
  U13,
  U14,
  U15,
  U16,
  U17,
  U18,  // which of her accounts
  U19,  // she leaves, and everything is kept
  U20,  // nothing was asked for yet, so that there is no code and no report
  U21,  // kept until the central database can be reached
  U22,  // called back: the password was changed
  U23,  // called back: it was refused, and she has to choose another
  U24,  // U22 for a network that lets her answer
  U25,  // U23 for such a one
  S01,  // waiting for the school's operator
  S02,  // being set at the central system
  S03,  // done
  S04,  // not set, erased
  S05,  // no such report
  S06,  // stopped by a report of the owner
  S07,  // waits for the way to the central database
  W01,  // RESET
  W02,  // the account's name
  W03,  // the birth date
  W04,  // 1, 2 or 3: where to send the code
  W05,  // the code
  W06,  // 1 or 2: made for her or her own
  W07,  // the new password
  W08,  // the new password once more
  W09,  // our confirmation
};
inline constexpr std::size_t text_count = static_cast<std::size_t>(Text::W09) + 1;
std::string_view name_of(Text);  // "M01"

// The blanks, by the names they have in the catalogues.
enum class Slot : std::uint8_t {
  kode,    // Secret: the code
  n,       // number: which code it is
  sisa,    // number: tries left
  hp3,     // string: last three digits of a phone
  em,      // string: masked e-mail, "b***@example.org"
  akun,    // string: masked account, "yun***10@guru.smk"
  daftar,  // string: "1=bud***12@guru.sd 2=sit***34@admin.paud"; on a screen one to a line
  k,       // number: how many accounts, or the digit of a choice
  lap,     // number: report, seven digits
  jam,     // TimeOfDay
  mnt,     // number: minutes
  sandi,   // Secret: a generated password
  status,  // Text: S…
  tj,      // DayAndTime
  jml,     // number: characters
  min,     // number: characters
  awal,    // Text-like: "BESAR"/"kecil"/"angka"/"tanda": what the first character is
  tunggu,  // Text: W…
  // The same for every message of a site; filled in when a catalogue is loaded.
  merek,    // the service's name
  layanan,  // service hours
  biaya,    // what a message costs
  ussd,     // "*888#"
};
inline constexpr std::size_t slot_count = static_cast<std::size_t>(Slot::ussd) + 1;
std::string_view name_of(Slot);  // "kode"

// The most characters that {daftar} takes on a screen.
inline constexpr std::size_t longest_choices = 100;

// Which blanks the dialogue gives with a text; merek, layanan, biaya and ussd may stand in any.
std::vector<Slot> slots_of(Text);

struct TimeOfDay {  // "10.42 WIT"
  accounts::Instant at;
};
struct DayAndTime {  // "17-08 10.42 WIT"
  accounts::Instant at;
};
enum class FirstCharacter : std::uint8_t { upper, lower, digit, sign };

using Value = std::variant<std::int64_t, std::string, TimeOfDay, DayAndTime, Text, FirstCharacter,
                           accounts::Secret>;
struct Blank {
  Slot slot;
  Value value;
};

// A text with its blanks, to be rendered in a language when it is sent.
struct Phrase {
  Text text = Text::M01;
  std::vector<Blank> blanks;
};

}  // namespace pulih::conversation
