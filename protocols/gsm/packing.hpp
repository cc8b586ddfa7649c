// Septets packed eight into seven octets (3GPP TS 23.038, 6.1.2), as the air interface has them and
// as some SMSCs hand them on. Behind a user data header the first septet begins on a septet
// boundary, after fill bits; at the end of a USSD string seven free bits are a CR, lest they read
// as '@'.
#pragma once
#include <vector>

#include "protocols/gsm/alphabet.hpp"

namespace pulih::gsm {

// How many zero bits follow a header of that many octets (3GPP TS 23.040, 9.2.3.24): 0 … 6.
constexpr unsigned fill_bits(std::size_t header_octets) {
  return static_cast<unsigned>((7 - header_octets * 8 % 7) % 7);
}

constexpr std::size_t packed_octets(std::size_t septets, unsigned fill = 0) {
  return (fill + septets * 7 + 7) / 8;
}

// Appends the packed septets to a vector of octets, after `fill` bits (0 … 6) of zero.
template <class Out>
void pack(Octets septets, Out& out, unsigned fill = 0) {
  unsigned bits = fill, waiting = 0;  // the low `bits` bits of `waiting` are to be written
  for (const std::uint8_t septet : septets) {
    waiting |= (septet & 0x7Fu) << bits;
    bits += 7;
    if (bits < 8) continue;
    out.push_back(static_cast<std::uint8_t>(waiting & 0xFF));
    waiting >>= 8;
    bits -= 8;
  }
  if (bits != 0) out.push_back(static_cast<std::uint8_t>(waiting));
}

// The septet number `i` after `fill` bits; its bits must lie within the octets.
inline std::uint8_t packed_septet(Octets packed, std::size_t i, unsigned fill = 0) {
  const std::size_t bit = fill + i * 7, at = bit / 8;
  const unsigned high = at + 1 < packed.size() ? packed[at + 1] : 0u;
  return static_cast<std::uint8_t>((packed[at] | high << 8) >> bit % 8 & 0x7F);
}

// Calls put(septet) for `count` septets after `fill` bits, or as many as the octets hold; returns
// how many those were.
template <class Put>
std::size_t unpack(Octets packed, std::size_t count, Put&& put, unsigned fill = 0) {
  std::size_t done = 0;
  for (; done < count; ++done) {
    if (fill + done * 7 + 7 > packed.size() * 8) break;
    put(packed_septet(packed, done, fill));
  }
  return done;
}

// How many septets the octets of an SMS hold whose number of septets nobody told: where the last
// one fills seven bits that may as well be free, zeros (23.038, 6.1.2.1.1) or a CR are no
// character.
inline std::size_t sms_septets(Octets packed, unsigned fill = 0) {
  constexpr std::uint8_t cr = 0x0D;
  const std::size_t bits = packed.size() * 8;
  const std::size_t count = bits < fill ? 0 : (bits - fill) / 7;
  if (count == 0 || packed_octets(count - 1, fill) < packed.size()) return count;
  const auto last = packed_septet(packed, count - 1, fill);
  return last == 0 || last == cr ? count - 1 : count;
}

// USSD (23.038, 6.1.2.3.1): nothing tells how many septets there are, so that seven free bits carry
// a CR, and a CR that the text itself has in the last place of a full octet is followed by another.
template <class Out>
void pack_ussd(Octets septets, Out& out) {
  constexpr std::uint8_t cr = 0x0D;
  const bool seven_free = septets.size() % 8 == 7;
  const bool ends_full = !septets.empty() && septets.size() % 8 == 0 && septets.back() == cr;
  if (seven_free) {
    pack(septets, out);
    out.back() = static_cast<std::uint8_t>(out.back() | cr << 1);
    return;
  }
  pack(septets, out);
  if (ends_full) out.push_back(cr);
}

template <class Put>
void unpack_ussd(Octets packed, Put&& put) {
  constexpr std::uint8_t cr = 0x0D;
  std::size_t count = packed.size() * 8 / 7;
  const bool on_boundary = count != 0 && count % 8 == 0;
  if (on_boundary && packed.back() >> 1 == cr) --count;
  unpack(packed, count, put);
}

}  // namespace pulih::gsm
