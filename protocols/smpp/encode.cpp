// The encoder: two wires over the same description. The first adds up the length of a PDU and
// refuses what would not be valid; the second then writes into room that is known to suffice.
#include <algorithm>
#include <cstring>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/layout.hpp"

namespace pulih::smpp {
namespace {

class Measure {
 public:
  static constexpr bool fills = false;

  explicit Measure(EncodeError& error) : error_(error) {}

  std::size_t octets() const { return octets_; }
  bool failed() const { return !error_.what.empty(); }

  void octet(std::string_view, std::uint8_t) { octets_ += 1; }
  void integer(std::string_view, std::uint32_t) { octets_ += 4; }
  void dest_flag(bool) { octets_ += 1; }

  void c_string(const Field& field, std::string_view value) {
    octets_ += value.size() + 1;
    if (value.empty()) return;
    if (value.size() >= field.most_octets)
      return fail(field.name, "longer than allowed", field.most_octets - 1);
    if (std::memchr(value.data(), 0, value.size()) != nullptr)
      return fail(field.name, "a NUL inside");
  }
  void secret(const Field& field, std::string_view value) { c_string(field, value); }
  void address(const Field& field, std::string_view value) { c_string(field, value); }

  void text(std::string_view, std::string_view name, Octets value) {
    octets_ += 1 + value.size();
    if (value.size() > 255) fail(name, "longer than allowed", 255);
  }

  template <class Entry>
  void list(const Count& count, const std::vector<Entry>& entries) {
    octets_ += 1;
    if (entries.size() < count.least || entries.size() > count.most)
      return fail(count.name, "a number of entries that is not allowed", count.most);
    for (const Entry& entry : entries) layout(*this, entry);
  }

  void tlvs(const Tlvs& value) {
    octets_ += value.raw().size();
    std::size_t count = 0;
    for ([[maybe_unused]] const Tlv tlv : value) ++count;
    if (count > most_tlvs) fail("optional parameters", "too many", most_tlvs);
  }

  void unread(Octets value) { octets_ += value.size(); }

 private:
  // The first fault is the one that is told.
  void fail(std::string_view name, std::string_view what, std::size_t limit = 0) {
    if (!failed()) error_ = {name, what, limit};
  }

  std::size_t octets_ = header_octets;
  EncodeError& error_;
};

class Writer {
 public:
  static constexpr bool fills = false;

  explicit Writer(std::uint8_t* at) : at_(at) {}

  void octet(std::string_view, std::uint8_t value) { *at_++ = value; }
  void integer(std::string_view, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) *at_++ = static_cast<std::uint8_t>(value >> shift);
  }
  void dest_flag(bool is_list) { *at_++ = is_list ? 2 : 1; }

  void c_string(const Field&, std::string_view value) {
    copy(value.data(), value.size());
    *at_++ = 0;
  }
  void secret(const Field& field, std::string_view value) { c_string(field, value); }
  void address(const Field& field, std::string_view value) { c_string(field, value); }

  void text(std::string_view, std::string_view, Octets value) {
    *at_++ = static_cast<std::uint8_t>(value.size());
    copy(value.data(), value.size());
  }

  template <class Entry>
  void list(const Count&, const std::vector<Entry>& entries) {
    *at_++ = static_cast<std::uint8_t>(entries.size());
    for (const Entry& entry : entries) layout(*this, entry);
  }

  void tlvs(const Tlvs& value) { copy(value.raw().data(), value.raw().size()); }

  void unread(Octets value) { copy(value.data(), value.size()); }

 private:
  void copy(const void* from, std::size_t octets) {
    if (octets == 0) return;
    std::memcpy(at_, from, octets);
    at_ += octets;
  }

  std::uint8_t* at_;
};

// SMPP 3.4, 4.1.2 and 4.4.2: with a command_status that is not zero there is no body.
template <class T>
bool goes_without_body(const T&, std::uint32_t) {
  return false;
}
bool goes_without_body(const BindResp& pdu, std::uint32_t status) {
  return status != 0 && pdu.system_id.data() == nullptr && pdu.tlvs.empty();
}
bool goes_without_body(const SubmitSmResp& pdu, std::uint32_t status) {
  return status != 0 && pdu.message_id.data() == nullptr && pdu.tlvs.empty();
}

template <class T>
tl::expected<void, EncodeError> append(const T& body, const Pdu& pdu,
                                       std::vector<std::uint8_t>& out) {
  EncodeError error;
  Measure measure(error);
  const bool has_body = !goes_without_body(body, pdu.status);
  if (has_body) layout(measure, body);
  if (measure.octets() > longest_pdu && !measure.failed())
    error = {"command_length", "longer than allowed", longest_pdu};
  if (measure.failed()) return tl::unexpected(error);

  const std::size_t front = out.size();
  out.resize(front + measure.octets());
  Writer wire(out.data() + front);
  wire.integer("command_length", static_cast<std::uint32_t>(measure.octets()));
  wire.integer("command_id", command_id(pdu.body));
  wire.integer("command_status", pdu.status);
  wire.integer("sequence_number", pdu.sequence);
  if (has_body) layout(wire, body);
  return {};
}

}  // namespace

tl::expected<void, EncodeError> encode(const Pdu& pdu, std::vector<std::uint8_t>& out) {
  return std::visit([&](const auto& body) { return append(body, pdu, out); }, pdu.body);
}

}  // namespace pulih::smpp
