// Any PDU whatever, drawn by RapidCheck along the wire description itself: each field gets a value
// it may have on the wire. The strings it refers to live as long as the Drawn object.
#pragma once
#include <rapidcheck.h>

#include <deque>
#include <string>
#include <utility>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/layout.hpp"

namespace pulih::smpp {

// What a drawn field may hold: as much as fits on the wire. A test against a stricter reader brings
// rules of its own.
struct AnythingGoes {
  static rc::Gen<std::uint8_t> octet(std::string_view) {
    return rc::gen::arbitrary<std::uint8_t>();
  }
  static std::size_t longest(const Field& field) { return field.most_octets - 1; }
  static constexpr std::size_t longest_text = 255;
  static TlvWriter tlvs() {
    TlvWriter writer;
    const auto count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) {
      const auto value = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
      writer.put(*rc::gen::arbitrary<std::uint16_t>(), value);
    }
    return writer;
  }
};

// A wire that fills the fields in, as the decoder does, but with what it likes.
template <class Rules>
class Drawer {
 public:
  static constexpr bool fills = true;

  explicit Drawer(std::deque<std::string>& storage) : storage_(storage) {}

  void octet(std::string_view name, std::uint8_t& value) { value = *Rules::octet(name); }
  void integer(std::string_view, std::uint32_t& value) {
    value = *rc::gen::element(ESME_RINVDSTADR, ESME_RSYSERR);
  }
  void dest_flag(bool& is_list) { is_list = *rc::gen::arbitrary<bool>(); }
  void c_string(const Field& field, std::string_view& value) {
    value = string(Rules::longest(field), 1);
  }
  void secret(const Field& field, std::string_view& value) { c_string(field, value); }
  void address(const Field& field, std::string_view& value) { c_string(field, value); }
  void text(std::string_view, std::string_view, Octets& value) {
    value = viewed(string(Rules::longest_text, 0));
  }
  void unread(Octets& value) { value = viewed(string(255, 0)); }

  template <class Entry>
  void list(const Count& count, std::vector<Entry>& entries) {
    entries.resize(*rc::gen::inRange<std::size_t>(count.least, 6));
    for (Entry& entry : entries) layout(*this, entry);
  }

  void tlvs(Tlvs& value) {
    const TlvWriter writer = Rules::tlvs();
    const Octets raw = writer.tlvs().raw();
    storage_.emplace_back(raw.begin(), raw.end());
    value = Tlvs(viewed(storage_.back()));
  }

 private:
  std::string_view string(std::size_t longest, int least_octet) {
    const auto length = *rc::gen::inRange<std::size_t>(0, longest + 1);
    storage_.push_back(*rc::gen::container<std::string>(
        length, rc::gen::map(rc::gen::inRange(least_octet, 256),
                             [](int octet) { return static_cast<char>(octet); })));
    return storage_.back();
  }
  static Octets viewed(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  std::deque<std::string>& storage_;
};

template <class Rules = AnythingGoes>
class Drawn {
 public:
  Drawn() {
    pdu_.status = *rc::gen::element(ESME_ROK, ESME_RTHROTTLED, ESME_RINVSRCADR);
    pdu_.sequence = *rc::gen::inRange<std::uint32_t>(1, 0x7FFFFFFF);
    draw_one_of(std::make_index_sequence<std::variant_size_v<Body>>());
  }
  Drawn(const Drawn&) = delete;
  Drawn& operator=(const Drawn&) = delete;

  Pdu& pdu() { return pdu_; }

 private:
  template <std::size_t... I>
  void draw_one_of(std::index_sequence<I...>) {
    const auto chosen = *rc::gen::inRange<std::size_t>(0, sizeof...(I));
    (void)((I == chosen && (draw(pdu_.body.emplace<I>()), true)) || ...);
  }

  template <class T>
  void draw(T& body) {
    if constexpr (OneOf<T, Bind, BindResp>)
      body.mode =
          *rc::gen::element(BindMode::receiver, BindMode::transmitter, BindMode::transceiver);
    if constexpr (OneOf<T, Unknown>) body.command_id = *rc::gen::inRange(0x00010200U, 0x000102FFU);
    Drawer<Rules> drawer(storage_);
    layout(drawer, body);
  }

  std::deque<std::string> storage_;
  Pdu pdu_;
};

}  // namespace pulih::smpp
