// Typed reading and writing of optional parameters (SMPP 3.4, 5.3.2). Reading never trusts a length
// that a peer sent; writing keeps to what sixteen bits of length can say.
#include "protocols/smpp/tlv.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

namespace pulih::smpp {

Tlv Tlvs::find(std::uint16_t tag) const {
  for (const Tlv tlv : *this)
    if (tlv.tag == tag) return tlv;
  return {};
}

std::optional<std::uint8_t> Tlvs::get8(std::uint16_t tag) const {
  const Octets value = find(tag).value;
  if (value.size() != 1) return std::nullopt;
  return value[0];
}

std::optional<std::uint16_t> Tlvs::get16(std::uint16_t tag) const {
  const Octets value = find(tag).value;
  if (value.size() != 2) return std::nullopt;
  return static_cast<std::uint16_t>(value[0] << 8 | value[1]);
}

std::optional<std::string_view> Tlvs::get_c_string(std::uint16_t tag) const {
  const Octets value = find(tag).value;
  if (value.data() == nullptr) return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  return text.substr(0, text.find('\0'));
}

void TlvWriter::put_head(std::uint16_t tag, std::size_t length) {
  if (length > 0xFFFF) throw std::length_error("an optional parameter above 65,535 octets");
  const std::array head{static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag),
                        static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  raw_.insert(raw_.end(), head.begin(), head.end());
}

TlvWriter& TlvWriter::put(std::uint16_t tag, Octets value) {
  put_head(tag, value.size());
  raw_.insert(raw_.end(), value.begin(), value.end());
  return *this;
}

TlvWriter& TlvWriter::put8(std::uint16_t tag, std::uint8_t value) {
  return put(tag, Octets(&value, 1));
}

TlvWriter& TlvWriter::put16(std::uint16_t tag, std::uint16_t value) {
  const std::array octets{static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  return put(tag, octets);
}

TlvWriter& TlvWriter::put_c_string(std::uint16_t tag, std::string_view value) {
  if (value.find('\0') != value.npos) throw std::invalid_argument("a NUL inside a C-octet string");
  put_head(tag, value.size() + 1);
  raw_.insert(raw_.end(), value.begin(), value.end());
  raw_.push_back(0);
  return *this;
}

std::string tag_name(std::uint16_t tag) {
  static constexpr std::array names{
      std::pair{tag::dest_bearer_type, "dest_bearer_type"},
      std::pair{tag::additional_status_info_text, "additional_status_info_text"},
      std::pair{tag::receipted_message_id, "receipted_message_id"},
      std::pair{tag::user_message_reference, "user_message_reference"},
      std::pair{tag::sar_msg_ref_num, "sar_msg_ref_num"},
      std::pair{tag::sar_total_segments, "sar_total_segments"},
      std::pair{tag::sar_segment_seqnum, "sar_segment_seqnum"},
      std::pair{tag::sc_interface_version, "sc_interface_version"},
      std::pair{tag::network_error_code, "network_error_code"},
      std::pair{tag::message_payload, "message_payload"},
      std::pair{tag::delivery_failure_reason, "delivery_failure_reason"},
      std::pair{tag::message_state, "message_state"},
      std::pair{tag::congestion_state, "congestion_state"},
      std::pair{tag::ussd_service_op, "ussd_service_op"},
      std::pair{tag::its_reply_type, "its_reply_type"},
      std::pair{tag::its_session_info, "its_session_info"},
  };
  const auto* const found =
      std::ranges::find(names, tag, &std::pair<std::uint16_t, const char*>::first);
  if (found != names.end()) return found->second;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "tag_0x%04X", unsigned{tag});
  return text.data();
}

}  // namespace pulih::smpp
