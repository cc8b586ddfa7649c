// See masked.hpp: a wire that walks along the description of a PDU and overwrites, in a copy of its
// octets, what its views look at.
#include "protocols/smpp/masked.hpp"

#include <algorithm>
#include <array>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/layout.hpp"

namespace pulih::smpp {
namespace {

constexpr std::uint8_t mask = '*';  // a character in every alphabet, GSM 03.38 included
constexpr std::uint8_t digit_mask = 'x';
constexpr std::uint8_t esm_receipt_bits = 0x3C, esm_udh_indicator = 0x40;  // SMPP 3.4, 5.2.12

Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

char lower(std::uint8_t octet) {
  const char c = static_cast<char>(octet);
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// How much of a receipt's text (SMPP 3.4, appendix B) tells of the message and not what was in it:
// from "id:" on, word by word, as long as each is one of the known facts.
std::size_t end_of_facts(Octets text) {
  constexpr std::array<std::string_view, 8> facts = {"id:",   "sub:", "dlvrd:", "submit",
                                                     "date:", "done", "stat:",  "err:"};
  const auto begins_with = [&](std::size_t at, std::string_view word) {
    return text.size() - at >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char letter, std::uint8_t octet) { return lower(octet) == letter; });
  };
  std::size_t end = 0;
  if (!begins_with(0, facts.front())) return 0;
  while (end < text.size() &&
         std::ranges::any_of(facts, [&](auto fact) { return begins_with(end, fact); })) {
    while (end < text.size() && text[end] != ' ') ++end;
    while (end < text.size() && text[end] == ' ') ++end;
  }
  return end;
}

// The octets of a user data header (3GPP TS 23.040, 9.2.3.24) that tells of parts and alphabets
// only; 0 if it is another one, or none: somebody's words could stand where it claims to be.
std::size_t end_of_header(Octets text) {
  struct Known {
    std::uint8_t identifier, length;
  };
  constexpr std::array known = {Known{0x00, 3}, Known{0x08, 4}, Known{0x24, 1}, Known{0x25, 1}};
  const std::size_t end = text.empty() ? 0 : std::size_t{text[0]} + 1;
  if (end > text.size()) return 0;
  for (std::size_t at = 1; at < end; at += 2u + text[at + 1]) {
    const auto is = [&](Known element) {
      return at + 1 < end && element.identifier == text[at] && element.length == text[at + 1] &&
             at + 2 + element.length <= end;
    };
    if (std::ranges::none_of(known, is)) return 0;
  }
  return end;
}

class Masker {
 public:
  static constexpr bool fills = false;

  Masker(Octets original, std::vector<std::uint8_t>& copy) : original_(original), copy_(copy) {}

  void octet(std::string_view name, std::uint8_t value) {
    if (name == "esm_class") esm_class_ = value;
  }
  void integer(std::string_view, std::uint32_t) {}
  void dest_flag(bool) {}
  void c_string(const Field&, std::string_view) {}
  void secret(const Field&, std::string_view value) { hide(octets_of(value)); }

  void address(const Field&, std::string_view value) {
    const auto [front, back] = visible_part(value);
    const auto hidden = octets_of(value).subspan(front, value.size() - front - back);
    // The signs of a code stay, so that the copy is masked as the original is.
    for (std::size_t i = 0; i < hidden.size(); ++i)
      if (hidden[i] != '*' && hidden[i] != '#') copy_[place_of(hidden) + i] = digit_mask;
  }

  // A user data header says which part this is; behind it somebody's words begin.
  void text(std::string_view, std::string_view, Octets value) {
    const bool with_header = (esm_class_ & esm_udh_indicator) != 0;
    std::size_t shown = 0;
    if (with_header)
      shown = end_of_header(value);
    else if ((esm_class_ & esm_receipt_bits) != 0)
      shown = end_of_facts(value);
    hide(value.subspan(shown));
    if (with_header && shown == 0 && !value.empty())
      copy_[place_of(value)] = 0;  // a header of no length, for whoever reads the copy
  }

  template <class Entry>
  void list(const Count&, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) layout(*this, entry);
  }

  void tlvs(const Tlvs& value) {
    for (const Tlv tlv : value) {
      if (tlv.tag == tag::message_payload)
        text({}, {}, tlv.value);
      else if (!may_be_shown(tlv))
        hide(tlv.value);
    }
  }

  void unread(Octets value) { hide(value); }

 private:
  std::size_t place_of(Octets value) const {
    return static_cast<std::size_t>(value.data() - original_.data());
  }
  void hide(Octets value) {
    if (!value.empty()) std::fill_n(copy_.data() + place_of(value), value.size(), mask);
  }

  const Octets original_;
  std::vector<std::uint8_t>& copy_;
  std::uint8_t esm_class_ = 0;
};

}  // namespace

Visible visible_part(std::string_view address) {
  constexpr std::string_view signs = "*#";
  constexpr std::size_t a_short_code = 8, a_long_number = 11;
  const auto size = address.size();
  const auto sign = address.find_first_of(signs, 1);
  const bool begins_with_sign = signs.find(address.substr(0, 1)) != signs.npos && size != 0;
  if (begins_with_sign) return {std::min({sign + (sign < size), size, a_short_code}), 0};
  if (sign != address.npos) return {std::min<std::size_t>(sign, 5), 0};
  if (size <= a_short_code) return {size, 0};
  if (size < a_long_number) return {0, 1};
  return {5, 3};
}

bool may_be_shown(const Tlv& parameter) {
  // SMPP 3.4, 5.3.2.12, and network_error_code, the longest of the others.
  constexpr std::size_t longest_message_id = 65, longest_value = 3;
  constexpr std::array shown = {
      tag::dest_bearer_type,   tag::user_message_reference,  tag::sar_msg_ref_num,
      tag::sar_total_segments, tag::sar_segment_seqnum,      tag::sc_interface_version,
      tag::network_error_code, tag::delivery_failure_reason, tag::message_state,
      tag::congestion_state,   tag::ussd_service_op,         tag::its_reply_type,
      tag::its_session_info};
  if (parameter.tag == tag::receipted_message_id)
    return parameter.value.size() <= longest_message_id;
  return parameter.value.size() <= longest_value &&
         std::ranges::find(shown, parameter.tag) != shown.end();
}

std::vector<std::uint8_t> masked(Octets pdu) {
  std::vector<std::uint8_t> copy(pdu.begin(), pdu.end());
  const auto decoded = decode(pdu);
  if (!decoded) {
    if (copy.size() > header_octets) std::fill(copy.begin() + header_octets, copy.end(), mask);
    return copy;
  }
  Masker masker(pdu, copy);
  std::visit([&](const auto& body) { layout(masker, body); }, decoded->body);
  return copy;
}

}  // namespace pulih::smpp
