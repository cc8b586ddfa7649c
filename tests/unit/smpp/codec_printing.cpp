// What a log may show of a PDU, and what statuses, commands and tags are called there. The texts of
// people, their numbers and passwords must not be found in any printed line.
#include <catch2/catch.hpp>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/status.hpp"
#include "tests/unit/smpp/golden_pdus.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {
namespace {

std::string printed(std::string_view notation) {
  const auto wire = octets(notation);
  const auto read = decode(wire);
  REQUIRE(read);
  return print(*read);
}

}  // namespace

TEST_CASE("a printed message shows its fields with text and numbers masked", "[codec]") {
  DeliverSm message;
  message.source = {1, 1, "6281100000001"};
  message.destination = {2, 1, "8880"};
  message.short_message = octets_of("RESET budi12");
  TlvWriter writer;
  writer.put8(tag::ussd_service_op, 0x12).put(tag::message_payload, octets_of("secret"));
  message.tlvs = writer.tlvs();
  CHECK(print(Pdu{.status = ESME_ROK, .sequence = 7, .body = message}) ==
        "deliver_sm sequence=7 status=ESME_ROK service_type= source_addr_ton=1 source_addr_npi=1 "
        "source_addr=62811…001 dest_addr_ton=2 dest_addr_npi=1 destination_addr=8880 esm_class=0 "
        "protocol_id=0 priority_flag=0 schedule_delivery_time= validity_period= "
        "registered_delivery=0 replace_if_present_flag=0 data_coding=0 sm_default_msg_id=0 "
        "short_message=(12 octets) ussd_service_op=0x12 message_payload=(6 octets)");
}

TEST_CASE("no golden PDU shows a password, a text or a whole number when printed", "[codec]") {
  for (const Golden& pdu : golden_pdus) {
    INFO(pdu.name);
    const std::string line = printed(pdu.octets);
    for (const char* const hidden :
         {"secret08", "a-longer-password", "knock", "6281100000", "RESET", "Pulih"})
      CHECK(line.find(hidden) == line.npos);
  }
}

TEST_CASE("a printed PDU is one line of visible characters, whatever was sent", "[codec]") {
  const Pdu pdu{.status = ESME_ROK,
                .sequence = 1,
                .body = SubmitSmResp{.message_id = "a\nERROR \"b\"\\\x1b[31m"}};
  CHECK(print(pdu) ==
        "submit_sm_resp sequence=1 status=ESME_ROK "
        "message_id=a\\x0AERROR\\x20\\x22b\\x22\\x5C\\x1B[31m");
}

TEST_CASE("a parameter that is longer than its type shows its length only", "[codec]") {
  CHECK(printed("0000001A 80000015 00000000 00000001 0501 0006 'secret'")
            .ends_with("ussd_service_op=(6 octets)"));
  CHECK(printed("0000001A 80000015 00000000 00000001 1501 0006 'secret'")
            .ends_with("tag_0x1501=(6 octets)"));
}

TEST_CASE("a status has its name from the specification", "[codec]") {
  CHECK(status_name(ESME_ROK) == "ESME_ROK");
  CHECK(status_name(0x58) == "ESME_RTHROTTLED");
  CHECK(status_name(0x104) == "ESME_RINVDCS");
  CHECK(status_name(0x400) == "vendor status 0x00000400");
  CHECK(status_name(0x12345) == "status 0x00012345");
}

TEST_CASE("every status has a meaning, and one that an operator can mend has a hint", "[codec]") {
  for (std::uint32_t status = 0; status <= 0x500; ++status)
    CHECK_FALSE(status_advice(status).meaning.empty());
  for (const auto status : {ESME_RINVPASWD, ESME_RBINDFAIL, ESME_RTHROTTLED, ESME_RINVSRCADR})
    CHECK_FALSE(status_advice(status).hint.empty());
}

}  // namespace pulih::smpp
