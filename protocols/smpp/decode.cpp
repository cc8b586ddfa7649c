// The decoder: a wire that walks along a received PDU and fills in the fields of its description.
// It copies no text and allocates for the two lists only; the first thing that is wrong stops it,
// and every field after that stays empty.
#include <algorithm>
#include <cstring>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/layout.hpp"

namespace pulih::smpp {
namespace {

constexpr std::uint32_t response_bit = 0x80000000;  // SMPP 3.4, 5.1.2

std::uint32_t big_endian(const std::uint8_t* octets) {
  return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 |
         std::uint32_t{octets[2]} << 8 | std::uint32_t{octets[3]};
}

// Becomes an empty T in the very place where one is wanted. T() would clear the whole of it first,
// with padding and unused alternatives, and that takes a fifth of the time of decoding.
template <class T>
struct Fresh {
  operator T() const { return T{}; }
};

class Reader {
 public:
  static constexpr bool fills = true;

  Reader(Octets pdu, DecodeError& error)
      : begin_(pdu.data()), at_(begin_ + header_octets), end_(begin_ + pdu.size()), error_(error) {}

  bool failed() const { return error_.status != ESME_ROK; }

  void octet(std::string_view name, std::uint8_t& value) {
    if (at_ == end_) return fail(name, "cut short", ESME_RINVCMDLEN);
    value = *at_++;
  }

  void integer(std::string_view name, std::uint32_t& value) {
    if (left() < 4) return fail(name, "cut short", ESME_RINVCMDLEN);
    value = big_endian(at_);
    at_ += 4;
  }

  void c_string(const Field& field, std::string_view& value) {
    if (at_ == end_) return fail(field.name, "cut short", ESME_RINVCMDLEN);
    const auto* nul = at_;
    if (*at_ != 0) {  // most strings are empty in most PDUs: they are not worth a search
      const std::size_t searched = std::min(field.most_octets, left());
      nul = static_cast<const std::uint8_t*>(std::memchr(at_, 0, searched));
      if (nul == nullptr && searched < field.most_octets)
        return fail(field.name, "cut short", ESME_RINVCMDLEN);
      if (nul == nullptr)
        return fail(field.name, "not terminated", field.status, field.most_octets);
    }
    value = {reinterpret_cast<const char*>(at_), static_cast<std::size_t>(nul - at_)};
    at_ = nul + 1;
  }
  void secret(const Field& field, std::string_view& value) { c_string(field, value); }
  void address(const Field& field, std::string_view& value) { c_string(field, value); }

  void text(std::string_view length_name, std::string_view name, Octets& value) {
    std::uint8_t length = 0;
    octet(length_name, length);
    if (length > left()) return fail(name, "longer than the PDU", ESME_RINVMSGLEN);
    value = Octets(at_, length);
    at_ += length;
  }

  template <class Entry>
  void list(const Count& count, std::vector<Entry>& entries) {
    std::uint8_t number = 0;
    octet(count.name, number);
    if (failed()) return;
    if (number < count.least || number > count.most)
      return fail(count.name, "a number that is not allowed", count.status);
    for (std::size_t i = 0; i < number && !failed(); ++i) layout(*this, entries.emplace_back());
  }

  void dest_flag(bool& is_list) {
    std::uint8_t flag = 0;
    octet("dest_flag", flag);
    if (failed()) return;
    if (flag != 1 && flag != 2) return fail("dest_flag", "neither 1 nor 2", ESME_RINVDESTFLAG);
    is_list = flag == 2;
  }

  void unread(Octets& value) {
    value = Octets(at_, end_);
    at_ = end_;
  }

  void tlvs(Tlvs& value) {
    if (at_ == end_) return;
    const std::uint8_t* const first = at_;
    std::size_t count = 0;
    while (at_ != end_) {
      // Trailing octets that are no optional parameters must not cost a response its message_id.
      if (const std::string_view wrong = tlv_fault(++count); !wrong.empty())
        return is_response() ? void(at_ = end_)
                             : fail("optional parameters", wrong, ESME_RINVOPTPARSTREAM);
      at_ += 4 + tlv_length();
    }
    value = Tlvs(Octets(first, end_));
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool is_response() const { return (error_.command_id & response_bit) != 0; }
  std::size_t tlv_length() const { return static_cast<std::size_t>(at_[2] << 8 | at_[3]); }

  // What is wrong with the optional parameter that begins here; empty if nothing is.
  std::string_view tlv_fault(std::size_t count) const {
    if (count > most_tlvs) return "too many";
    if (left() < 4) return "a head cut short";
    if (tlv_length() > left() - 4) return "a length beyond the PDU";
    return {};
  }

  // Leaves nothing to read, so that only the first fault is kept.
  void fail(std::string_view name, std::string_view what, std::uint32_t status,
            std::size_t limit = 0) {
    if (!failed())
      record(error_, {name, static_cast<std::size_t>(at_ - begin_), what, limit}, status);
    at_ = end_;
  }

  // Out of line and without `this`: the reader then lives in registers while all goes well.
  [[gnu::cold, gnu::noinline]] static void record(DecodeError& error, const DecodeError& fault,
                                                  std::uint32_t status) {
    error.field = fault.field;
    error.offset = fault.offset;
    error.what = fault.what;
    error.limit = fault.limit;
    error.status = status;
  }

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  DecodeError& error_;
};

// Flattened, so that the reader's three pointers live in registers from the first field to the
// last.
template <class T>
[[gnu::flatten]] void fill(T& body, Octets pdu, DecodeError& error) {
  Reader wire(pdu, error);
  layout(wire, body);
}

void read_body(Octets pdu, DecodeError& error, Body& body) {
  switch (CommandId{error.command_id}) {
    case CommandId::generic_nack:
      return fill(body.emplace<GenericNack>(Fresh<GenericNack>{}), pdu, error);
    case CommandId::bind_receiver:
      return fill(body.emplace<Bind>(Bind{.mode = BindMode::receiver}), pdu, error);
    case CommandId::bind_receiver_resp:
      return fill(body.emplace<BindResp>(BindResp{.mode = BindMode::receiver}), pdu, error);
    case CommandId::bind_transmitter:
      return fill(body.emplace<Bind>(Bind{.mode = BindMode::transmitter}), pdu, error);
    case CommandId::bind_transmitter_resp:
      return fill(body.emplace<BindResp>(BindResp{.mode = BindMode::transmitter}), pdu, error);
    case CommandId::bind_transceiver:
      return fill(body.emplace<Bind>(Bind{.mode = BindMode::transceiver}), pdu, error);
    case CommandId::bind_transceiver_resp:
      return fill(body.emplace<BindResp>(BindResp{.mode = BindMode::transceiver}), pdu, error);
    case CommandId::query_sm:
      return fill(body.emplace<QuerySm>(Fresh<QuerySm>{}), pdu, error);
    case CommandId::query_sm_resp:
      return fill(body.emplace<QuerySmResp>(Fresh<QuerySmResp>{}), pdu, error);
    case CommandId::submit_sm:
      return fill(body.emplace<SubmitSm>(Fresh<SubmitSm>{}), pdu, error);
    case CommandId::submit_sm_resp:
      return fill(body.emplace<SubmitSmResp>(Fresh<SubmitSmResp>{}), pdu, error);
    case CommandId::deliver_sm:
      return fill(body.emplace<DeliverSm>(Fresh<DeliverSm>{}), pdu, error);
    case CommandId::deliver_sm_resp:
      return fill(body.emplace<DeliverSmResp>(Fresh<DeliverSmResp>{}), pdu, error);
    case CommandId::unbind:
      return fill(body.emplace<Unbind>(Fresh<Unbind>{}), pdu, error);
    case CommandId::unbind_resp:
      return fill(body.emplace<UnbindResp>(Fresh<UnbindResp>{}), pdu, error);
    case CommandId::replace_sm:
      return fill(body.emplace<ReplaceSm>(Fresh<ReplaceSm>{}), pdu, error);
    case CommandId::replace_sm_resp:
      return fill(body.emplace<ReplaceSmResp>(Fresh<ReplaceSmResp>{}), pdu, error);
    case CommandId::cancel_sm:
      return fill(body.emplace<CancelSm>(Fresh<CancelSm>{}), pdu, error);
    case CommandId::cancel_sm_resp:
      return fill(body.emplace<CancelSmResp>(Fresh<CancelSmResp>{}), pdu, error);
    case CommandId::outbind:
      return fill(body.emplace<Outbind>(Fresh<Outbind>{}), pdu, error);
    case CommandId::enquire_link:
      return fill(body.emplace<EnquireLink>(Fresh<EnquireLink>{}), pdu, error);
    case CommandId::enquire_link_resp:
      return fill(body.emplace<EnquireLinkResp>(Fresh<EnquireLinkResp>{}), pdu, error);
    case CommandId::submit_multi:
      return fill(body.emplace<SubmitMulti>(Fresh<SubmitMulti>{}), pdu, error);
    case CommandId::submit_multi_resp:
      return fill(body.emplace<SubmitMultiResp>(Fresh<SubmitMultiResp>{}), pdu, error);
    case CommandId::alert_notification:
      return fill(body.emplace<AlertNotification>(Fresh<AlertNotification>{}), pdu, error);
    case CommandId::data_sm:
      return fill(body.emplace<DataSm>(Fresh<DataSm>{}), pdu, error);
    case CommandId::data_sm_resp:
      return fill(body.emplace<DataSmResp>(Fresh<DataSmResp>{}), pdu, error);
  }
  fill(body.emplace<Unknown>(Unknown{.command_id = error.command_id}), pdu, error);
}

}  // namespace

Frame frame(Octets received) {
  if (received.size() < 4) return {};
  const std::size_t length = big_endian(received.data());
  if (length < header_octets || length > longest_pdu) return {Frame::Kind::broken, length};
  return {received.size() < length ? Frame::Kind::need_more : Frame::Kind::whole, length};
}

tl::expected<Pdu, DecodeError> decode(Octets pdu) {
  tl::expected<Pdu, DecodeError> decoded(
      tl::in_place, Fresh<Pdu>{});  // the one object returned, so that it is never moved
  DecodeError error;
  if (pdu.size() < header_octets || big_endian(pdu.data()) != pdu.size()) {
    error.field = "command_length";
    error.what = "not the length of the PDU";
    error.status = ESME_RINVCMDLEN;
    decoded = tl::unexpected(error);
    return decoded;
  }
  error.command_id = big_endian(pdu.data() + 4);
  error.sequence = big_endian(pdu.data() + 12);
  decoded->status = big_endian(pdu.data() + 8);
  decoded->sequence = error.sequence;
  read_body(pdu, error, decoded->body);
  if (error.status == ESME_ROK) return decoded;

  const bool is_response = (error.command_id & response_bit) != 0;
  if (is_response && (decoded->status != ESME_ROK || pdu.size() == header_octets)) {
    // Once more as if the header were all that came: every field is then empty.
    DecodeError of_no_interest{.command_id = error.command_id};
    read_body(pdu.first(header_octets), of_no_interest, decoded->body);
  } else {
    decoded = tl::unexpected(error);
  }
  return decoded;
}

}  // namespace pulih::smpp
