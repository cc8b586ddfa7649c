// The optional parameters of a PDU (SMPP 3.4, 3.2.4.1): tag, length, value, as they stand on the
// wire. Reading keeps order, repetitions and unknown tags, and lets the length field govern; typed
// reading checks that length afterwards. Writing appends to storage of its own.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pulih::smpp {

using Octets = std::span<const std::uint8_t>;

struct Tlv {
  std::uint16_t tag = 0;
  Octets value{};
};

class Tlvs {
 public:
  Tlvs() = default;
  // `raw` has been checked by the decoder or was written by TlvWriter.
  explicit Tlvs(Octets raw) : raw_(raw) {}

  class Iterator;
  Iterator begin() const;
  Iterator end() const;
  bool empty() const { return raw_.empty(); }
  Octets raw() const { return raw_; }
  // The first parameter with this tag, or nullptr-like: value.data() == nullptr.
  Tlv find(std::uint16_t tag) const;

  // The first parameter with this tag, if its value has the length of its type.
  std::optional<std::uint8_t> get8(std::uint16_t tag) const;
  std::optional<std::uint16_t> get16(std::uint16_t tag) const;
  // Up to the first NUL: carriers also send C-octet strings that lack it.
  std::optional<std::string_view> get_c_string(std::uint16_t tag) const;

 private:
  Octets raw_;
};

class Tlvs::Iterator {
 public:
  explicit Iterator(Octets rest) : rest_(rest) {}
  Tlv operator*() const {
    return {static_cast<std::uint16_t>(rest_[0] << 8 | rest_[1]), rest_.subspan(4, length())};
  }
  Iterator& operator++() {
    rest_ = rest_.subspan(4 + length());
    return *this;
  }
  friend bool operator!=(const Iterator& a, const Iterator& b) {
    return a.rest_.size() != b.rest_.size();
  }

 private:
  std::size_t length() const { return static_cast<std::size_t>(rest_[2] << 8 | rest_[3]); }
  Octets rest_;
};

inline Tlvs::Iterator Tlvs::begin() const { return Iterator(raw_); }
inline Tlvs::Iterator Tlvs::end() const { return Iterator(raw_.subspan(raw_.size())); }

// Builds the optional parameters of a PDU to be sent. What no wire can carry is the caller's
// mistake: a value above 65,535 octets throws std::length_error, a NUL inside a C-octet string
// std::invalid_argument.
class TlvWriter {
 public:
  TlvWriter& put(std::uint16_t tag, Octets value);
  TlvWriter& put8(std::uint16_t tag, std::uint8_t value);
  TlvWriter& put16(std::uint16_t tag, std::uint16_t value);
  TlvWriter& put_c_string(std::uint16_t tag, std::string_view value);
  // Valid until the next put.
  Tlvs tlvs() const { return Tlvs(raw_); }

 private:
  void put_head(std::uint16_t tag, std::size_t length);
  std::vector<std::uint8_t> raw_;
};

// SMPP 3.4, 5.3.2: the tags this program reads or writes.
namespace tag {
inline constexpr std::uint16_t dest_bearer_type = 0x0007;
inline constexpr std::uint16_t additional_status_info_text = 0x001D;
inline constexpr std::uint16_t receipted_message_id = 0x001E;
inline constexpr std::uint16_t user_message_reference = 0x0204;
inline constexpr std::uint16_t sar_msg_ref_num = 0x020C;
inline constexpr std::uint16_t sar_total_segments = 0x020E;
inline constexpr std::uint16_t sar_segment_seqnum = 0x020F;
inline constexpr std::uint16_t sc_interface_version = 0x0210;
inline constexpr std::uint16_t network_error_code = 0x0423;
inline constexpr std::uint16_t message_payload = 0x0424;
inline constexpr std::uint16_t delivery_failure_reason = 0x0425;
inline constexpr std::uint16_t message_state = 0x0427;
inline constexpr std::uint16_t congestion_state = 0x0428;  // SMPP 5.0, 4.8.4.18
inline constexpr std::uint16_t ussd_service_op = 0x0501;
inline constexpr std::uint16_t its_reply_type = 0x1380;
inline constexpr std::uint16_t its_session_info = 0x1383;
}  // namespace tag

// "ussd_service_op" for 0x0501; "tag_0x1501" for what has no name here.
std::string tag_name(std::uint16_t tag);

}  // namespace pulih::smpp
