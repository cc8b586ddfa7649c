// See mo.hpp. Carriers differ in where they put the text, the number's form and the parts, and what
// contradicts itself is read in the way that gives the person an answer.
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

// Takes a user data header off. One that lies is taken for text: the person gets an answer, and
// nothing is read beyond it.
gsm::Header take_header(Carried& carried) {
  if ((carried.esm_class & esm_udh_indicator) == 0) return {};
  const auto header = gsm::read_header(carried.octets);
  if (!header) return {};
  carried.octets = carried.octets.subspan(header->octets);
  return *header;
}

// Which part this is, by its header or by the sar parameters (SMPP 3.4, 5.3.2.22 … 5.3.2.24).
// Nothing: it is a whole message.
std::optional<gsm::Part> part_of(const Carried& carried, const gsm::Header& header) {
  auto part = header.part;
  const auto reference = carried.tlvs.get16(smpp::tag::sar_msg_ref_num);
  const auto total = carried.tlvs.get8(smpp::tag::sar_total_segments);
  const auto number = carried.tlvs.get8(smpp::tag::sar_segment_seqnum);
  if (reference && total && number)
    part = gsm::Part{gsm::ReferenceKind::sar, *reference, *total, *number};
  if (part && (!part->possible() || part->total == 1)) return std::nullopt;
  return part;
}

gsm::Encoding encoding_of(const Carried& carried, const gsm::Header& header,
                          const Profile& carrier) {
  const auto own = carrier.alphabets.find(carried.data_coding);
  gsm::Encoding how = own != carrier.alphabets.end()
                          ? own->second
                          : gsm::coding_of(carried.data_coding, carrier.default_alphabet);
  how.shift = header.shift;
  if (how.coding == gsm::Coding::gsm7_packed) how.fill = gsm::fill_bits(header.octets);
  // A header that names a language says that this is GSM 7 bit.
  how.unsaid = carried.data_coding == 0 && how.shift == gsm::Shift{};
  return how;
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
  const auto header = take_header(*carried);
  const auto part = part_of(*carried, header);
  const auto encoding = encoding_of(*carried, header, carrier);
  const auto id = carried->tlvs.find(smpp::tag::receipted_message_id).value;
  std::uint64_t carrier_id = 0;
  if (!id.empty())
    carrier_id =
        keys.carrier_id_tag(carrier.name, {reinterpret_cast<const char*>(id.data()), id.size()});
  if (part) {
    mo.kind = MoKind::part;
    mo.part = {carrier.key, *from, *part, encoding, carried->octets, carrier_id};
    return mo;
  }
  std::vector<char, accounts::WipingAllocator<char>> text;
  text.reserve(2 * carried->octets.size());
  gsm::decode_text(encoding, carried->octets, [&](char c) { text.push_back(c); });
  mo.inbound.carrier = carrier.key;
  mo.inbound.from = *from;
  mo.inbound.text = accounts::Secret({text.data(), text.size()});
  mo.inbound.carrier_id = carrier_id;
  return mo;
}

}  // namespace pulih::carriers
