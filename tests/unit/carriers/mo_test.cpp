// From a PDU to what the engine hears: every way in which a carrier may bring a message, and what
// is no message of a person. Carriers differ in each of these points, and all of them mean well.
#include "daemon/carriers/mo.hpp"

#include <catch2/catch.hpp>

#include "protocols/smpp/tlv.hpp"
#include "tests/unit/carriers/invented.hpp"

namespace pulih::carriers {
namespace {

using Octets = std::vector<std::uint8_t>;

Profile simulator() {
  Profile profile;
  profile.name = "simulator";
  profile.key = 42;
  profile.short_code = "8880";
  return profile;
}

Octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }

struct Deliver {
  std::string from = "6281100000001";
  std::uint8_t ton = 1;
  std::uint8_t esm_class = 0;
  std::uint8_t data_coding = 0;
  Octets text = octets_of("RESET");
  smpp::TlvWriter tlvs{};

  smpp::DeliverSm pdu() const {
    smpp::DeliverSm deliver;
    deliver.source = {ton, 1, from};
    deliver.destination = {3, 0, "8880"};
    deliver.esm_class = esm_class;
    deliver.data_coding = data_coding;
    deliver.short_message = text;
    deliver.tlvs = tlvs.tlvs();
    return deliver;
  }
  Mo read(const Profile& carrier = simulator()) const {
    return read_mo(pdu(), carrier, keys).value();
  }
  std::string read_text() const { return std::string(read().inbound.text.reveal()); }
};

}  // namespace

TEST_CASE("a plain message comes with its sender, its carrier and its text", "[carriers]") {
  const auto mo = Deliver{}.read();
  CHECK(mo.kind == MoKind::message);
  CHECK(mo.inbound.carrier == 42);
  CHECK(mo.inbound.from == accounts::Msisdn::from_value(6281100000001));
  CHECK(mo.inbound.text == accounts::Secret("RESET"));
  CHECK_FALSE(mo.inbound.multipart);
  CHECK(mo.inbound.carrier_id == 0);
}

TEST_CASE("every spelling of a number is one person", "[carriers]") {
  const auto [from, ton] = GENERATE(table<std::string, int>({{"6281100000001", 1},
                                                             {"+6281100000001", 1},
                                                             {"6281100000001", 0},
                                                             {"081100000001", 0},
                                                             {"081100000001", 2},
                                                             {"81100000001", 2}}));
  INFO(from << " of type " << ton);
  Deliver deliver;
  deliver.from = from;
  deliver.ton = static_cast<std::uint8_t>(ton);
  CHECK(deliver.read().inbound.from == accounts::Msisdn::from_value(6281100000001));
}

TEST_CASE("a name or a short code is nobody to answer", "[carriers]") {
  Deliver deliver;
  deliver.from = "BANK";
  deliver.ton = 5;
  CHECK(deliver.read().kind == MoKind::no_number);
  deliver.from = "8881";
  deliver.ton = 3;
  CHECK(deliver.read().kind == MoKind::no_number);
  deliver.from = "";
  CHECK(deliver.read().kind == MoKind::no_number);
}

TEST_CASE("a receipt is no message, whatever it says", "[carriers]") {
  Deliver deliver;
  deliver.text = octets_of("id:1 sub:001 dlvrd:001 stat:DELIVRD");
  for (const auto esm_class : std::array<std::uint8_t, 4>{0x04, 0x08, 0x10, 0x20}) {
    deliver.esm_class = esm_class;
    CHECK(deliver.read().kind == MoKind::receipt);
  }
}

TEST_CASE("UCS-2 is read, also with half a character at its end", "[carriers]") {
  Deliver deliver;
  deliver.data_coding = 8;
  deliver.text = {0, 'h', 0, 'a', 0, 'l', 0, 'o'};
  CHECK(deliver.read_text() == "halo");
  deliver.text.push_back(0);
  CHECK(deliver.read_text().starts_with("halo"));
}

TEST_CASE("a message in binary is one that says nothing, and is answered as such", "[carriers]") {
  Deliver deliver;
  deliver.data_coding = 4;
  const auto mo = deliver.read();
  CHECK(mo.kind == MoKind::message);
  CHECK(mo.inbound.text.empty());
}

TEST_CASE("a carrier's own meanings of data_coding go before the usual ones", "[carriers]") {
  auto carrier = simulator();
  carrier.default_alphabet = gsm::Coding::gsm7_packed;
  carrier.alphabets = {{0xF1, gsm::Coding::latin1}, {8, gsm::Coding::ucs2_le}};
  Deliver deliver;
  const auto text = [&] { return std::string(deliver.read(carrier).inbound.text.reveal()); };
  deliver.text = {0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37};
  CHECK(text() == "hellohello");
  deliver.text = {'@', 0xE4};
  deliver.data_coding = 0xF1;
  CHECK(text() == "@ä");
  deliver.data_coding = 8;
  deliver.text = {'o', 0, 'k', 0};
  CHECK(text() == "ok");
}

TEST_CASE("UCS-2 under data_coding 0 is read, unless the carrier says what else it is",
          "[carriers]") {
  Deliver deliver;
  deliver.text = {0, 'R', 0, 'E', 0, 'S', 0, 'E', 0, 'T'};
  CHECK(deliver.read_text() == "RESET");
  deliver.data_coding = 0xF1;
  CHECK(deliver.read_text() == "@R@E@S@E@T");
}

TEST_CASE("the header names the language of a message, and of each part", "[carriers]") {
  Deliver deliver;
  deliver.esm_class = 0x40;
  deliver.text = {6, 0x24, 1, 1, 0x25, 1, 6, 0x2F, 0x1B, 'S'};
  CHECK(deliver.read_text() == "नŞ");
  deliver.text = {3, 0x25, 1, 200, 0, 'a'};
  CHECK(deliver.read_text() == "@a");
  deliver.text = {8, 0, 3, 9, 2, 1, 0x25, 1, 6, 0x2F};
  const auto pdu = deliver.pdu();
  const auto mo = read_mo(pdu, simulator(), keys).value();
  REQUIRE(mo.kind == MoKind::part);
  CHECK(mo.part.encoding.shift == gsm::Shift{6, 0});
}

TEST_CASE("message_payload is the text, also beside a short_message", "[carriers]") {
  Deliver deliver;
  deliver.tlvs.put(smpp::tag::message_payload, octets_of("BANTUAN"));
  CHECK(deliver.read_text() == "BANTUAN");
  deliver.text.clear();
  CHECK(deliver.read_text() == "BANTUAN");
}

TEST_CASE("a data_sm is a message too", "[carriers]") {
  smpp::TlvWriter tlvs;
  tlvs.put(smpp::tag::message_payload, octets_of("RESET"));
  smpp::DataSm data;
  data.source = {1, 1, "6281100000001"};
  data.tlvs = tlvs.tlvs();
  const auto mo = read_mo(data, simulator(), keys).value();
  CHECK(mo.inbound.text == accounts::Secret("RESET"));
  CHECK_FALSE(read_mo(smpp::EnquireLink{}, simulator(), keys));
}

TEST_CASE("a part is told by its header or by the sar parameters", "[carriers]") {
  Deliver deliver;
  deliver.esm_class = 0x40;
  deliver.text = {5, 0, 3, 9, 2, 1, 'S', 'e', 'l'};
  const auto pdu = deliver.pdu();
  const auto mo = read_mo(pdu, simulator(), keys).value();
  REQUIRE(mo.kind == MoKind::part);
  CHECK(mo.part.part == gsm::Part{gsm::ReferenceKind::header8, 9, 2, 1});
  CHECK(mo.part.from == accounts::Msisdn::from_value(6281100000001));
  CHECK(Octets(mo.part.octets.begin(), mo.part.octets.end()) == octets_of("Sel"));

  Deliver by_sar;
  by_sar.tlvs.put16(smpp::tag::sar_msg_ref_num, 900);
  by_sar.tlvs.put8(smpp::tag::sar_total_segments, 3).put8(smpp::tag::sar_segment_seqnum, 2);
  const auto other = by_sar.read();
  REQUIRE(other.kind == MoKind::part);
  CHECK(other.part.part == gsm::Part{gsm::ReferenceKind::sar, 900, 3, 2});
}

TEST_CASE("a part that cannot be one is a message of its own", "[carriers]") {
  const auto [total, number] = GENERATE(table<int, int>({{1, 1}, {2, 0}, {2, 3}, {0, 1}, {0, 0}}));
  INFO("part " << number << " of " << total);
  Deliver deliver;
  deliver.esm_class = 0x40;
  deliver.text = {5,  0, 3, 9, static_cast<std::uint8_t>(total), static_cast<std::uint8_t>(number),
                  'S'};
  CHECK(deliver.read().kind == MoKind::message);
  CHECK(deliver.read_text() == "S");
  Deliver by_sar;
  by_sar.tlvs.put16(smpp::tag::sar_msg_ref_num, 9)
      .put8(smpp::tag::sar_total_segments, static_cast<std::uint8_t>(total))
      .put8(smpp::tag::sar_segment_seqnum, static_cast<std::uint8_t>(number));
  CHECK(by_sar.read().kind == MoKind::message);
}

TEST_CASE("a header that lies is text, and nothing is read beyond it", "[carriers]") {
  Deliver deliver;
  deliver.esm_class = 0x40;
  for (const Octets& lie : {Octets{}, Octets{200, 0, 3}, Octets{5, 0, 3, 9}, Octets{255}}) {
    deliver.text = lie;
    CHECK(deliver.read().kind == MoKind::message);
  }
}

TEST_CASE("the carrier's own id is kept as a tag of its own", "[carriers]") {
  Deliver one, other;
  one.tlvs.put_c_string(smpp::tag::receipted_message_id, "1");
  other.tlvs.put_c_string(smpp::tag::receipted_message_id, "2");
  CHECK(one.read().inbound.carrier_id != 0);
  CHECK(one.read().inbound.carrier_id != other.read().inbound.carrier_id);
  auto elsewhere = simulator();
  elsewhere.name = "elsewhere";
  CHECK(one.read().inbound.carrier_id != one.read(elsewhere).inbound.carrier_id);
}

}  // namespace pulih::carriers
