// A text that must go out although the GSM 7 bit alphabet lacks some of its characters: curly
// quotes become straight, dashes and blanks plain, accented letters their base letter; what has no
// likeness becomes '?'. Never fails, whatever the octets are.
#pragma once
#include "protocols/gsm/alphabet.hpp"

namespace pulih::gsm {

// Writes septets to the front of `out`, which has room for two for each octet of the text; returns
// how many it wrote.
std::size_t encode_lossy_to(std::string_view utf8, std::span<std::uint8_t> out);

// Appends the septets to a vector of octets.
template <class Out>
void to_gsm7_lossy(std::string_view utf8, Out& out) {
  const std::size_t before = out.size();
  out.resize(before + 2 * utf8.size());
  out.resize(before + encode_lossy_to(utf8, std::span(out).subspan(before)));
}

}  // namespace pulih::gsm
