// The national language tables of the GSM 7 bit alphabet (3GPP TS 23.038, 6.2.1.2 and annex A), to
// read what a telephone in another language wrote; we ourselves write none. A table is chosen by
// the user data header of each message; an unknown language is the default alphabet.
#pragma once
#include "protocols/gsm/alphabet.hpp"

namespace pulih::gsm {

// National language identifiers (23.038, 6.2.1.2.4): 0 is the default alphabet.
struct Shift {
  std::uint8_t locking = 0;  // in place of the default table
  std::uint8_t single = 0;   // after an escape, in place of the extension table
  friend bool operator==(const Shift&, const Shift&) = default;
};

const Table& locking_table(std::uint8_t language);
const Table& single_table(std::uint8_t language);

}  // namespace pulih::gsm
