// The codec against octets that were not made by it: each golden PDU reads as the specification
// says and is written back octet by octet; cut anywhere or with any octet changed, it is an error
// or a PDU that can be written again, and never more than that.
#include <catch2/catch.hpp>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/status.hpp"
#include "tests/unit/smpp/golden_pdus.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {
namespace {

std::vector<std::uint8_t> golden(std::string_view name) {
  for (const Golden& pdu : golden_pdus)
    if (pdu.name == name) return octets(pdu.octets);
  throw std::invalid_argument("no golden PDU of this name");
}

std::vector<std::uint8_t> encoded(const Pdu& pdu) {
  std::vector<std::uint8_t> out;
  const auto done = encode(pdu, out);
  INFO((done ? "" : done.error().text()));
  REQUIRE(done);
  return out;
}

void put_length(std::vector<std::uint8_t>& pdu) {
  pdu[2] = static_cast<std::uint8_t>(pdu.size() >> 8);
  pdu[3] = static_cast<std::uint8_t>(pdu.size());
}

// What decodes can be encoded, and then stays as it is.
void check_hostile(Octets pdu) {
  const auto read = decode(pdu);
  if (!read) {
    CHECK(read.error().status != ESME_ROK);
    CHECK(read.error().offset <= pdu.size());
    CHECK_FALSE(read.error().field.empty());
    return;
  }
  const auto canonical = encoded(*read);
  const auto again = decode(canonical);
  REQUIRE(again);
  CHECK(encoded(*again) == canonical);
}

}  // namespace

TEST_CASE("each golden PDU is written back octet by octet", "[codec]") {
  for (const Golden& pdu : golden_pdus) {
    INFO(pdu.name);
    const auto wire = octets(pdu.octets);
    CHECK(frame(wire).kind == Frame::Kind::whole);
    CHECK(frame(wire).length == wire.size());
    const auto read = decode(wire);
    INFO((read ? "" : read.error().text()));
    REQUIRE(read);
    CHECK(hexadecimal(encoded(*read)) == hexadecimal(wire));
    CHECK(std::string_view(pdu.name).starts_with(command_name(command_id(read->body))) ==
          !std::holds_alternative<Unknown>(read->body));
  }
}

TEST_CASE("a golden PDU cut at any octet is refused or read without reading past its end",
          "[codec]") {
  for (const Golden& pdu : golden_pdus) {
    INFO(pdu.name);
    const auto whole = octets(pdu.octets);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      INFO("cut to " << length);
      // A copy of its own, so that the sanitizer sees a single octet too far.
      std::vector<std::uint8_t> cut(whole.begin(),
                                    whole.begin() + static_cast<std::ptrdiff_t>(length));
      CHECK(frame(cut).kind == Frame::Kind::need_more);
      CHECK_FALSE(decode(cut));
      if (length < header_octets) continue;
      put_length(cut);
      check_hostile(cut);
    }
  }
}

TEST_CASE("a golden PDU with any octet changed is refused or can be written again", "[codec]") {
  for (const Golden& pdu : golden_pdus) {
    INFO(pdu.name);
    const auto whole = octets(pdu.octets);
    for (std::size_t place = 0; place < whole.size(); ++place) {
      for (const unsigned mask : {0x01U, 0x80U, 0xFFU, unsigned{whole[place]}}) {
        INFO("octet " << place << " changed by " << mask);
        auto changed = whole;
        changed[place] = static_cast<std::uint8_t>(changed[place] ^ mask);
        check_hostile(changed);
      }
    }
  }
}

TEST_CASE("a bind reads as SMPP 3.4 prints it", "[codec]") {
  const auto wire = golden("bind_transmitter");
  const auto read = decode(wire);
  REQUIRE(read);
  CHECK(read->sequence == 1);
  const auto& bind = std::get<Bind>(read->body);
  CHECK(bind.mode == BindMode::transmitter);
  CHECK(bind.system_id == "SMPP3TEST");
  CHECK(bind.password == "secret08");
  CHECK(bind.system_type == "SUBMIT1");
  CHECK(bind.interface_version == 0);
  CHECK(bind.addr_ton == 1);
  CHECK(bind.addr_npi == 1);
  CHECK(bind.address_range.empty());
}

TEST_CASE("a message of a USSD dialogue reads with its parameters in order", "[codec]") {
  const auto wire = golden("deliver_sm of a USSD dialogue");
  const auto read = decode(wire);
  REQUIRE(read);
  const auto& message = std::get<DeliverSm>(read->body);
  CHECK(message.service_type == "USSD");
  CHECK(message.source == Address{1, 1, "6281100000001"});
  CHECK(message.destination == Address{0, 1, "*888#"});
  CHECK(message.data_coding == 0x0F);
  CHECK(text_of(message.short_message) == "1");
  CHECK(message.tlvs.get8(tag::ussd_service_op) == 0x12);
  CHECK(message.tlvs.get16(tag::its_session_info) == 0x2A01);
  std::vector<std::uint16_t> tags;
  for (const Tlv tlv : message.tlvs) tags.push_back(tlv.tag);
  CHECK(tags == std::vector<std::uint16_t>{0x0501, 0x1383, 0x1501});
}

TEST_CASE("a submit_sm reads field by field", "[codec]") {
  const auto wire = golden("submit_sm");
  const auto read = decode(wire);
  REQUIRE(read);
  const auto& message = std::get<SubmitSm>(read->body);
  CHECK(message.source == Address{2, 1, "8880"});
  CHECK(message.destination == Address{1, 1, "6281100000002"});
  CHECK(message.priority_flag == 1);
  CHECK(message.schedule_delivery_time.empty());
  CHECK(message.validity_period == "000000001000000R");
  CHECK(message.registered_delivery == 1);
  CHECK(text_of(message.short_message) == "Pulih");
  CHECK(message.tlvs.get16(tag::user_message_reference) == 0x1234);
}

TEST_CASE("a submit_multi tells addresses from distribution lists", "[codec]") {
  const auto request = golden("submit_multi");
  const auto read = decode(request);
  REQUIRE(read);
  const auto& multi = std::get<SubmitMulti>(read->body);
  REQUIRE(multi.destinations.size() == 2);
  CHECK(multi.destinations[0].address == Address{1, 1, "6281100000003"});
  CHECK(multi.destinations[1].is_list);
  CHECK(multi.destinations[1].list_name == "teachers");

  const auto response = golden("submit_multi_resp");
  const auto answer = decode(response);
  REQUIRE(answer);
  const auto& resp = std::get<SubmitMultiResp>(answer->body);
  REQUIRE(resp.unsuccessful.size() == 1);
  CHECK(resp.unsuccessful[0].address.digits == "6281100000003");
  CHECK(resp.unsuccessful[0].status == ESME_RINVDSTADR);
}

TEST_CASE("an unknown command is kept raw", "[codec]") {
  const auto wire = golden("a command of a vendor");
  const auto read = decode(wire);
  REQUIRE(read);
  const auto& unknown = std::get<Unknown>(read->body);
  CHECK(unknown.command_id == 0x00010200);
  CHECK(hexadecimal(unknown.body) == "DEADBEEF");
  CHECK(command_name(unknown.command_id) == "command 0x00010200");
}

}  // namespace pulih::smpp
