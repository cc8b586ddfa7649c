// A PDU of a trace comes through the control socket as it was, a line that is none is told from it,
// and what an operator is shown of a status names everything that was told.
#include "daemon/operator/traced.hpp"

#include <catch2/catch.hpp>

#include "daemon/operator/pcap.hpp"
#include "daemon/operator/report.hpp"
#include "daemon/operator/shown.hpp"

namespace pulih::operators {

TEST_CASE("a traced PDU is heard as it was told", "[trace]") {
  const TracedPdu pdu{std::chrono::microseconds{1'800'000'000'123'456}, 2, 7, true, {0, 1, 0xFE}};
  const auto line = Json::parse(one_line(told(pdu)));
  const auto heard = traced_pdu(line);
  REQUIRE(heard);
  CHECK(heard->at == pdu.at);
  CHECK(heard->bind == 2);
  CHECK(heard->connection == 7);
  CHECK(heard->from_carrier);
  CHECK(heard->octets == pdu.octets);
  for (const auto& [key, value] : line.items()) {
    auto without = line;
    without.erase(key);
    CHECK_FALSE(traced_pdu(without));
    auto other = line;
    other[key] = Json::array();
    CHECK_FALSE(traced_pdu(other));
  }
  for (const auto* octets : {"0", "0g", "zz"}) {
    auto wrong = line;
    wrong["pdu"] = octets;
    CHECK_FALSE(traced_pdu(wrong));
  }
}

TEST_CASE("a capture file begins as libpcap has it, and each record tells its length", "[trace]") {
  const auto head = pcap_head();
  REQUIRE(head.size() == 24);
  CHECK(head.substr(0, 8) == std::string("\xD4\xC3\xB2\xA1\x02\x00\x04\x00", 8));
  CHECK(head[20] == static_cast<char>(252));  // LINKTYPE_WIRESHARK_UPPER_PDU
  const std::vector<std::uint8_t> octets(300, 'x');
  const auto packet = pcap_packet({std::chrono::microseconds{1'000'002}, 1, 1, false, octets});
  const auto number = [&](std::size_t at) {
    return static_cast<unsigned char>(packet[at]) |
           static_cast<unsigned>(static_cast<unsigned char>(packet[at + 1])) << 8;
  };
  CHECK(number(0) == 1);
  CHECK(number(4) == 2);
  CHECK(number(8) == packet.size() - 16);
  CHECK(number(12) == packet.size() - 16);
  CHECK(packet.ends_with(std::string(300, 'x')));
}

TEST_CASE("a status names what is wrong with a bind, and how long it stands", "[trace]") {
  carriers::CarrierState carrier;
  carrier.name = carrier.sender = "telkomsel";
  carriers::BindState down, up;
  down.host = "192.0.2.1:2775";
  down.trouble = "ESME_RINVPASWD: the password is wrong";
  up.how = carriers::BindState::How::bound;
  up.host = "192.0.2.2:2775";
  up.bound_for = std::chrono::minutes{192};
  carrier.binds = {down, up};
  carrier.counts.throttled = 17;
  const Json told_sections{{"carriers", told(std::vector{carrier})}};
  const auto sections = Json::parse(one_line(told_sections));
  const auto text = shown(sections);
  for (const auto* told : {"telkomsel", "192.0.2.1:2775", "ESME_RINVPASWD", "3 h 12 min", "17"})
    CHECK(text.find(told) != text.npos);
  CHECK(sections["carriers"][0]["since_start"]["throttled"] == 17);
}

TEST_CASE("a section that this program does not know is shown all the same", "[trace]") {
  const auto text = shown(Json{{"tides", {{"height", 42}, {"names", {"ebb", "flood"}}}}});
  CHECK(text.find("tides") != text.npos);
  CHECK(text.find("42") != text.npos);
}

}  // namespace pulih::operators
