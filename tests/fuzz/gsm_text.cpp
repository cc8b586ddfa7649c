// Any octets as the text of a message: in each coding they decode to valid UTF-8, and what the GSM
// alphabet or UCS-2 carried once it carries again. As UTF-8 they are encoded or refused, never
// mangled; as an address they are a number in normal form or none.
#include <cstdlib>

#include "protocols/gsm/msisdn.hpp"
#include "protocols/gsm/packing.hpp"
#include "protocols/gsm/segments.hpp"
#include "protocols/gsm/transliteration.hpp"

namespace {

using pulih::gsm::Coding;
using pulih::gsm::Octets;
using Wire = std::vector<std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string decoded(const pulih::gsm::Encoding& coding, Octets octets) {
  std::string text;
  require(pulih::gsm::decode_text(coding, octets, [&](char c) { text += c; }));
  for (std::size_t at = 0; at < text.size();)
    require(pulih::gsm::next_character(text, at).has_value());
  return text;
}

// Whatever tables and fill bits a header asks for.
void in_a_language(Octets octets, std::uint8_t locking, std::uint8_t single) {
  for (const auto coding : {Coding::gsm7, Coding::gsm7_packed}) {
    pulih::gsm::Encoding how(coding);
    how.shift = {locking, single};
    how.fill = locking % 7;
    how.unsaid = single % 2 == 0;
    decoded(how, octets);
  }
}

void as_octets(Octets octets) {
  for (const auto coding : {Coding::gsm7, Coding::ucs2, Coding::latin1, Coding::ascii}) {
    const std::string text = decoded(coding, octets);
    Wire again;
    const auto written = pulih::gsm::encode_text(text, again);
    require(written.has_value() && decoded(*written, again) == text);
    if (coding == Coding::gsm7) require(*written == Coding::gsm7);
  }
  for (const auto coding : {Coding::ucs2_le, Coding::utf8}) decoded(coding, octets);
  if (octets.size() >= 2) in_a_language(octets.subspan(2), octets[0], octets[1]);
  const std::size_t whole = octets.size() * 8 / 7;
  require(pulih::gsm::unpack(octets, whole + 1, [](std::uint8_t) {}) == whole);
  Wire septets, packed;
  pulih::gsm::unpack_ussd(octets, [&](std::uint8_t septet) { septets.push_back(septet); });
  pulih::gsm::pack_ussd(septets, packed);
  require(packed.size() <= octets.size() + 1);
}

void as_text(std::string_view text) {
  Wire encoded, lossy;
  pulih::gsm::to_gsm7_lossy(text, lossy);
  require(lossy.size() <= 2 * text.size());
  const auto coding = pulih::gsm::encode_text(text, encoded);
  if (!coding) return require(encoded.empty() && coding.error().offset < text.size());
  require(decoded(*coding, encoded) == text);
  require((*coding == Coding::gsm7) == pulih::gsm::fits_gsm7(text));
  const auto cut = pulih::gsm::segments(encoded, *coding, pulih::gsm::ReferenceKind::header8, 1);
  if (!cut) return;
  std::string joined;
  for (const auto& segment : *cut) joined += decoded(*coding, segment.text);
  require(joined == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Storage of exactly this size, so that a read beyond it is seen.
  Wire octets(data, data + size);
  octets.shrink_to_fit();
  const std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
  as_octets(octets);
  as_text(text);
  for (std::uint8_t ton = 0; ton < 7; ++ton) {
    const auto number = pulih::gsm::normal_form(text, ton);
    require(!number || (number->size() >= 8 && number->size() <= 15 && number->front() != '0'));
  }
  return 0;
}
