// A text that is too long for one message, cut into parts: 160 septets or 70 characters of UCS-2
// fit alone, fewer beside the header that ties the parts together. An escape is never parted from
// its character nor a surrogate from its pair. Cutting copies nothing: the segments look into the
// text.
#pragma once
#include <vector>

#include "protocols/gsm/coding.hpp"
#include "protocols/gsm/header.hpp"

namespace pulih::gsm {

struct Segment {
  Part part;    // total 1: the text fits one message and needs no header
  Octets text;  // unpacked septets or UTF-16BE
};

enum class CannotCut : std::uint8_t {
  too_long,     // more than 255 parts
  not_cuttable  // a coding that is neither gsm7 nor ucs2
};

// How many octets of encoded text one message carries: alone, or as one part of several.
std::size_t octets_alone(Coding coding);
std::size_t octets_of_a_part(Coding coding, ReferenceKind kind);

// `encoded` is what encode_text made; its storage must outlive the segments. An empty text is one
// empty message.
tl::expected<std::vector<Segment>, CannotCut> segments(Octets encoded, Coding coding,
                                                       ReferenceKind kind, std::uint16_t reference);

// Appends the header, if the segment needs one, and its text to a vector of octets. True: a header
// is there, so that esm_class must say so (SMPP 3.4, 5.2.12).
template <class Out>
bool append_user_data(const Segment& segment, Out& out) {
  const bool several = segment.part.total > 1;
  if (several) write_header(segment.part, out);
  out.insert(out.end(), segment.text.begin(), segment.text.end());
  return several && header_octets(segment.part.kind) != 0;
}

}  // namespace pulih::gsm
