// See segments.hpp. 140 octets of user data (3GPP TS 23.040, 9.2.3.16) hold header and text;
// septets travel packed in them, whatever SMPP does.
#include "protocols/gsm/segments.hpp"

#include <algorithm>

namespace pulih::gsm {
namespace {

constexpr std::size_t user_data_octets = 140;
constexpr std::size_t most_parts = 255;

constexpr std::size_t room_beside(Coding coding, std::size_t header) {
  const std::size_t left = user_data_octets - header;
  return coding == Coding::gsm7 ? left * 8 / 7 : left / 2 * 2;
}

// Whether the text may be cut at `at`, which lies within it.
bool may_cut(Octets text, Coding coding, std::size_t at) {
  if (coding == Coding::ucs2)
    return !(is_high_surrogate(utf16_unit(text, at - 2)) && is_low_surrogate(utf16_unit(text, at)));
  // An escape after an escape is that one's character: only an odd number of them awaits one.
  std::size_t escapes = 0;
  while (escapes < at && text[at - 1 - escapes] == escape) ++escapes;
  return escapes % 2 == 0;
}

}  // namespace

std::size_t octets_alone(Coding coding) { return room_beside(coding, 0); }

std::size_t octets_of_a_part(Coding coding, ReferenceKind kind) {
  // sar's reference has 16 bits, so an SMSC that makes a header of it may need the longer one.
  const auto header = kind == ReferenceKind::sar ? ReferenceKind::header16 : kind;
  return room_beside(coding, header_octets(header));
}

tl::expected<std::vector<Segment>, CannotCut> segments(Octets encoded, Coding coding,
                                                       ReferenceKind kind,
                                                       std::uint16_t reference) {
  if (coding != Coding::gsm7 && coding != Coding::ucs2)
    return tl::unexpected(CannotCut::not_cuttable);
  if (kind == ReferenceKind::header8) reference &= 0xFF;
  std::vector<Segment> cut;
  const bool alone = encoded.size() <= octets_alone(coding);
  const std::size_t room = alone ? octets_alone(coding) : octets_of_a_part(coding, kind);
  const std::size_t character = coding == Coding::gsm7 ? 1 : 2;
  do {
    if (cut.size() == most_parts) return tl::unexpected(CannotCut::too_long);
    std::size_t length = std::min(room, encoded.size());
    if (length < encoded.size() && !may_cut(encoded, coding, length)) length -= character;
    const auto number = static_cast<std::uint8_t>(cut.size() + 1);
    cut.push_back({Part{kind, reference, 1, number}, encoded.first(length)});
    encoded = encoded.subspan(length);
  } while (!encoded.empty());
  for (auto& segment : cut) segment.part.total = static_cast<std::uint8_t>(cut.size());
  return cut;
}

}  // namespace pulih::gsm
