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

// A wire that fills the fields in, as the decoder does, but with what it likes.
class Drawer {
 public:
  static constexpr bool fills = true;

  explicit Drawer(std::deque<std::string>& storage) : storage_(storage) {}

  void octet(std::string_view, std::uint8_t& value) { value = *rc::gen::arbitrary<std::uint8_t>(); }
  void integer(std::string_view, std::uint32_t& value) {
    value = *rc::gen::arbitrary<std::uint32_t>();
  }
  void dest_flag(bool& is_list) { is_list = *rc::gen::arbitrary<bool>(); }
  void c_string(const Field& field, std::string_view& value) {
    value = string(field.most_octets - 1, 1);
  }
  void secret(const Field& field, std::string_view& value) { c_string(field, value); }
  void address(const Field& field, std::string_view& value) { c_string(field, value); }
  void text(std::string_view, std::string_view, Octets& value) { value = octets(255); }
  void unread(Octets& value) { value = octets(255); }

  template <class Entry>
  void list(const Count& count, std::vector<Entry>& entries) {
    entries.resize(*rc::gen::inRange<std::size_t>(count.least, 6));
    for (Entry& entry : entries) layout(*this, entry);
  }

  void tlvs(Tlvs& value) {
    TlvWriter writer;
    const auto count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) writer.put(*rc::gen::arbitrary<std::uint16_t>(), octets(30));
    const Octets raw = writer.tlvs().raw();
    storage_.emplace_back(raw.begin(), raw.end());
    value = Tlvs(viewed(storage_.back()));
  }

 protected:
  std::string_view string(std::size_t longest, int least_octet) {
    const auto length = *rc::gen::inRange<std::size_t>(0, longest + 1);
    storage_.push_back(*rc::gen::container<std::string>(
        length, rc::gen::map(rc::gen::inRange(least_octet, 256),
                             [](int octet) { return static_cast<char>(octet); })));
    return storage_.back();
  }
  Octets octets(std::size_t longest) { return viewed(string(longest, 0)); }

 private:
  static Octets viewed(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  std::deque<std::string>& storage_;
};

// DrawerType: Drawer, or one that keeps to narrower rules.
template <class DrawerType>
class Drawn {
 public:
  Drawn() {
    pdu_.status = *rc::gen::element(ESME_ROK, ESME_RTHROTTLED, ESME_RINVSRCADR);
    pdu_.sequence = *rc::gen::inRange<std::uint32_t>(1, 0x7FFFFFFF);
    draw_one_of(std::make_index_sequence<std::variant_size_v<Body>>());
  }
  Drawn(const Drawn&) = delete;
  Drawn& operator=(const Drawn&) = delete;

  const Pdu& pdu() const { return pdu_; }

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
    DrawerType drawer(storage_);
    layout(drawer, body);
  }

  std::deque<std::string> storage_;
  Pdu pdu_;
};

}  // namespace pulih::smpp
