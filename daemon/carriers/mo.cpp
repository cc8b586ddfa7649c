// See mo.hpp. What an MO message of several parts says is never needed whole: the dialogue answers
// it with "too long", whatever it says, so that its first part stands for it.
#include "daemon/carriers/mo.hpp"

#include "protocols/gsm/header.hpp"
#include "protocols/gsm/msisdn.hpp"
#include "protocols/smpp/tlv.hpp"

namespace pulih::carriers {
namespace {

constexpr std::uint8_t esm_receipt_bits = 0x3C;  // SMPP 3.4, 5.2.12: receipts and acknowledgements
constexpr std::uint8_t esm_udh_indicator = 0x40;

struct Carried {
  const smpp::Address* source = nullptr;
  std::uint8_t esm_class = 0;
  std::uint8_t data_coding = 0;
  smpp::Octets octets;
  smpp::Tlvs tlvs;
};

std::optional<Carried> carried_by(const smpp::Body& body) {
  Carried carried;
  if (const auto* deliver = std::get_if<smpp::DeliverSm>(&body))
    carried = {&deliver->source, deliver->esm_class, deliver->data_coding, deliver->short_message,
               deliver->tlvs};
  else if (const auto* data = std::get_if<smpp::DataSm>(&body))
    carried = {&data->source, data->esm_class, data->data_coding, {}, data->tlvs};
  else
    return std::nullopt;
  // Both at once is a conflict (5.3.2.32); the payload is the longer one and meant.
  const auto payload = carried.tlvs.find(smpp::tag::message_payload);
  if (payload.value.data() != nullptr) carried.octets = payload.value;
  return carried;
}

struct Numbered {
  bool several = false;
  bool first = true;
};
// Takes a user data header off and tells which part this is, by it or by the sar parameters.
Numbered part_of(Carried& carried) {
  Numbered numbered;
  const auto of = [&](unsigned total, unsigned number) { numbered = {total > 1, number <= 1}; };
  if (carried.esm_class & esm_udh_indicator) {
    // A header that lies is taken for text: the person gets an answer, and nothing is read beyond
    // it.
    if (const auto header = gsm::read_header(carried.octets)) {
      carried.octets = carried.octets.subspan(header->octets);
      if (header->part) of(header->part->total, header->part->number);
    }
  }
  const auto total = carried.tlvs.find(smpp::tag::sar_total_segments).value;
  const auto number = carried.tlvs.find(smpp::tag::sar_segment_seqnum).value;
  if (total.size() == 1 && number.size() == 1) of(total[0], number[0]);
  return numbered;
}

}  // namespace

std::optional<Mo> read_mo(const smpp::Body& body, const Profile& carrier,
                          const accounts::SiteKeys& keys) {
  auto carried = carried_by(body);
  if (!carried) return std::nullopt;
  Mo mo;
  const auto number = gsm::normal_form(carried->source->digits, carried->source->ton);
  const auto from = number ? accounts::Msisdn::from_normal_form(*number) : std::nullopt;
  if (carried->esm_class & esm_receipt_bits) {
    mo.kind = MoKind::receipt;
    if (from) mo.from = *from;
    mo.receipt = read_receipt(carried->octets, carried->tlvs);
    return mo;
  }
  if (!from) {
    mo.kind = MoKind::no_number;
    return mo;
  }
  const auto part = part_of(*carried);
  if (part.several && !part.first) {
    mo.kind = MoKind::part;
    return mo;
  }
  std::vector<char, accounts::WipingAllocator<char>> text;
  text.reserve(2 * carried->octets.size());
  gsm::decode_text(gsm::coding_of(carried->data_coding, carrier.default_alphabet), carried->octets,
                   [&](char c) { text.push_back(c); });
  mo.inbound.carrier = carrier.key;
  mo.inbound.from = *from;
  mo.inbound.text = accounts::Secret({text.data(), text.size()});
  mo.inbound.multipart = part.several;
  const auto id = carried->tlvs.find(smpp::tag::receipted_message_id).value;
  if (!id.empty())
    mo.inbound.carrier_id =
        keys.carrier_id_tag(carrier.name, {reinterpret_cast<const char*>(id.data()), id.size()});
  return mo;
}

}  // namespace pulih::carriers
