// The printer: a wire that names the fields of a PDU for a log and lets no secret through. What a
// person could have typed or be reached by is masked here, once, for every PDU.
#include <array>
#include <cstdio>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/layout.hpp"
#include "protocols/smpp/masked.hpp"

namespace pulih::smpp {
namespace {

// A log line stays one line whatever the peer sent: anything but visible ASCII becomes \xNN.
void append_visible(std::string& line, std::string_view text) {
  for (const char character : text) {
    const auto octet = static_cast<unsigned char>(character);
    if (octet > 0x20 && octet < 0x7F && octet != '\\' && octet != '"') {
      line.push_back(character);
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02X", unsigned{octet});
    line.append(escaped.data());
  }
}

class Printer {
 public:
  static constexpr bool fills = false;

  explicit Printer(std::string& line) : line_(line) {}

  void octet(std::string_view name, std::uint8_t value) { number(name, value); }
  void integer(std::string_view name, std::uint32_t value) {
    begin(name).append(status_name(value));
  }
  void dest_flag(bool is_list) { number("dest_flag", is_list ? 2 : 1); }

  void c_string(const Field& field, std::string_view value) {
    append_visible(begin(field.name), value);
  }

  void secret(const Field& field, std::string_view value) {
    begin(field.name).append(value.empty() ? "" : "(hidden)");
  }

  void address(const Field& field, std::string_view value) {
    const auto [front, back] = visible_part(value);
    append_visible(begin(field.name), value.substr(0, front));
    if (front + back < value.size()) line_.append("…");
    append_visible(line_, value.substr(value.size() - back));
  }

  void text(std::string_view, std::string_view name, Octets value) { length(name, value); }

  template <class Entry>
  void list(const Count& count, const std::vector<Entry>& entries) {
    number(count.name, entries.size());
    for (const Entry& entry : entries) layout(*this, entry);
  }

  void tlvs(const Tlvs& value) {
    for (const Tlv tlv : value) parameter(tlv);
  }

  void unread(Octets value) { length("body", value); }

 private:
  std::string& begin(std::string_view name) { return line_.append(" ").append(name).append("="); }
  void number(std::string_view name, std::size_t value) {
    begin(name).append(std::to_string(value));
  }
  void length(std::string_view name, Octets value) {
    begin(name).append("(").append(std::to_string(value.size())).append(" octets)");
  }

  void parameter(const Tlv& tlv) {
    const auto name = tag_name(tlv.tag);
    if (!may_be_shown(tlv)) return length(name, tlv.value);
    if (tlv.tag != tag::receipted_message_id) return hexadecimal(name, tlv.value);
    append_visible(begin(name),
                   {reinterpret_cast<const char*>(tlv.value.data()), tlv.value.size()});
  }

  void hexadecimal(std::string_view name, Octets value) {
    begin(name).append("0x");
    for (const std::uint8_t octet : value) {
      std::array<char, 4> digits{};
      std::snprintf(digits.data(), digits.size(), "%02X", unsigned{octet});
      line_.append(digits.data());
    }
  }

  std::string& line_;
};

}  // namespace

std::string print(const Pdu& pdu) {
  std::string line = command_name(command_id(pdu.body));
  line.append(" sequence=").append(std::to_string(pdu.sequence));
  line.append(" status=").append(status_name(pdu.status));
  Printer printer(line);
  std::visit([&](const auto& body) { layout(printer, body); }, pdu.body);
  return line;
}

}  // namespace pulih::smpp
