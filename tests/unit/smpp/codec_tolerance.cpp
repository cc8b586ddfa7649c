// What the codec makes of PDUs that bend the specification: a response is kept whatever follows its
// header, since a lost one blocks the window; a request gets the status that says what is wrong.
#include <catch2/catch.hpp>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/status.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {
namespace {

// From service_type to sm_default_msg_id, for a deliver_sm without anything in it.
constexpr const char* empty_message = "00 01 01 00 01 01 00 00 00 00 00 00 00 00 00 00";

DecodeError refusal(std::string_view rest) {
  const auto pdu = framed(rest);
  const auto read = decode(pdu);
  REQUIRE_FALSE(read);
  return read.error();
}

std::string deliver_sm_with(std::string_view rest) {
  return std::string("00000005 00000000 0000002A ") + empty_message + std::string(rest);
}

}  // namespace

TEST_CASE("a frame waits until it is whole", "[codec]") {
  CHECK(frame({}).kind == Frame::Kind::need_more);
  CHECK(frame(octets("000000")).kind == Frame::Kind::need_more);
  CHECK(frame(octets("00000010 00000015")).kind == Frame::Kind::need_more);
  const Frame whole = frame(octets("00000010 00000015 00000000 00000001 00"));
  CHECK(whole.kind == Frame::Kind::whole);
  CHECK(whole.length == 16);
}

TEST_CASE("a command_length that nothing could follow breaks the stream at once", "[codec]") {
  CHECK(frame(octets("0000000F")).kind == Frame::Kind::broken);
  CHECK(frame(octets("00000000")).kind == Frame::Kind::broken);
  CHECK(frame(octets("FFFFFFFF")).kind == Frame::Kind::broken);
  CHECK(frame(octets("00011001")).kind == Frame::Kind::broken);
  CHECK(frame(octets("00011000")).kind == Frame::Kind::need_more);
}

TEST_CASE("a length that is not the frame's is a wrong command_length", "[codec]") {
  const auto pdu = octets("00000011 00000015 00000000 00000001");
  const auto read = decode(pdu);
  REQUIRE_FALSE(read);
  CHECK(read.error().status == ESME_RINVCMDLEN);
  CHECK(read.error().field == "command_length");
}

TEST_CASE("an error response keeps status and sequence whatever its body is", "[codec]") {
  const char* const body =
      GENERATE("", "00", "'id' 00", "'not terminated'", "00 0424 FFFF 00", "FF");
  INFO(body);
  for (const char* const command :
       {"80000001", "80000002", "80000003", "80000004", "80000005", "80000006", "80000007",
        "80000008", "80000009", "80000015", "80000021", "80000103", "80000000"}) {
    INFO(command);
    const auto pdu = framed(std::string(command) + "00000058 00000063" + body);
    const auto read = decode(pdu);
    REQUIRE(read);
    CHECK(read->status == ESME_RTHROTTLED);
    CHECK(read->sequence == 0x63);
    CHECK_FALSE(std::holds_alternative<Unknown>(read->body));
  }
}

TEST_CASE("a malformed body of an error response leaves its fields empty", "[codec]") {
  const auto pdu = framed("80000003 00000067 00000001 'id' 00 'a date without an end'");
  const auto read = decode(pdu);
  REQUIRE(read);
  CHECK(std::get<QuerySmResp>(read->body).message_id.empty());
}

TEST_CASE("a good response without a body is taken as one with empty fields", "[codec]") {
  const auto pdu = framed("80000005 00000000 00000009");
  const auto read = decode(pdu);
  REQUIRE(read);
  CHECK(std::get<DeliverSmResp>(read->body).message_id.empty());
}

TEST_CASE("a malformed body of a good response is an error that keeps the sequence", "[codec]") {
  const DecodeError error = refusal("80000004 00000000 0000000A 'no end'");
  CHECK(error.sequence == 10);
  CHECK(error.command_id == 0x80000004);
  CHECK(error.text() == "submit_sm_resp: message_id at offset 16: cut short");
}

TEST_CASE("malformed optional parameters do not cost a response its message_id", "[codec]") {
  const auto pdu = framed("80000004 00000000 0000000A 'id7' 00 0425 0009 01");
  const auto read = decode(pdu);
  REQUIRE(read);
  CHECK(std::get<SubmitSmResp>(read->body).message_id == "id7");
  CHECK(std::get<SubmitSmResp>(read->body).tlvs.empty());
}

TEST_CASE("every response may carry optional parameters", "[codec]") {
  for (const char* const command : {"80000006", "80000007", "80000008", "80000015", "80000000"}) {
    INFO(command);
    const auto pdu = framed(std::string(command) + "00000000 00000001 0428 0001 63");
    const auto read = decode(pdu);
    REQUIRE(read);
    std::vector<std::uint8_t> out;
    REQUIRE(encode(*read, out));
    CHECK(hexadecimal(out) == hexadecimal(pdu));
  }
  const auto pdu = framed("80000005 00000000 00000001 00 0428 0001 63");
  const auto read = decode(pdu);
  REQUIRE(read);
  CHECK(std::get<DeliverSmResp>(read->body).tlvs.get8(tag::congestion_state) == 99);
}

TEST_CASE("malformed optional parameters of a request are told by their own status", "[codec]") {
  for (const char* const tail : {"00 0424", "00 0424 00", "00 0424 0001", "00 0424 0005 'abc'"}) {
    INFO(tail);
    const DecodeError error = refusal(deliver_sm_with(tail));
    CHECK(error.status == ESME_RINVOPTPARSTREAM);
    CHECK(error.sequence == 42);
    CHECK(error.offset == 33);
  }
}

TEST_CASE("optional parameters are counted", "[codec]") {
  std::string rest = deliver_sm_with("00");
  for (std::size_t i = 0; i < most_tlvs; ++i) rest += "1501 0000";
  CHECK(decode(framed(rest)));
  CHECK(refusal(rest + "1501 0000").status == ESME_RINVOPTPARSTREAM);
}

TEST_CASE("a short_message longer than its PDU is a wrong message length", "[codec]") {
  const DecodeError error = refusal(deliver_sm_with("06 'RESET'"));
  CHECK(error.status == ESME_RINVMSGLEN);
  CHECK(error.text() == "deliver_sm: short_message at offset 33: longer than the PDU");
}

TEST_CASE("a short_message may have 255 octets", "[codec]") {
  const auto pdu = framed(deliver_sm_with("FF '" + std::string(255, 'x') + "'"));
  const auto read = decode(pdu);
  REQUIRE(read);
  CHECK(std::get<DeliverSm>(read->body).short_message.size() == 255);
}

TEST_CASE("an overlong address is told by the status of its field", "[codec]") {
  const std::string start = "00000005 00000000 00000001 00 01 01 '62811000000000000001";
  CHECK(decode(framed(start + "' 00 01 01 00 00 00 00 00 00 00 00 00 00 00")));
  const DecodeError error = refusal(start + "7' 00 01 01 00 00 00 00 00 00 00 00 00 00 00");
  CHECK(error.status == ESME_RINVSRCADR);
  CHECK(error.text() == "deliver_sm: source_addr at offset 19: not terminated within 21 octets");
}

TEST_CASE("a request that ends too early has a wrong command_length", "[codec]") {
  CHECK(refusal("00000005 00000000 00000001 00 01 01 '628110'").status == ESME_RINVCMDLEN);
  CHECK(refusal("00000005 00000000 00000001").field == "service_type");
  CHECK(refusal("00000003 00000000 00000001 'id' 00 01").field == "source_addr_npi");
}

TEST_CASE("the destinations of a submit_multi are bounded and of known kinds", "[codec]") {
  const std::string start = "00000021 00000000 00000001 00 00 00 00";
  CHECK(refusal(start + "00").status == ESME_RINVNUMDESTS);
  CHECK(refusal(start + "FF").status == ESME_RINVNUMDESTS);
  CHECK(refusal(start + "01 03 01 01 00").status == ESME_RINVDESTFLAG);
  CHECK(refusal(start + "FE 01 01 01 00").status == ESME_RINVCMDLEN);
  CHECK(refusal(start + "01 02 '123456789012345678901' 00").status == ESME_RINVDLNAME);
}

TEST_CASE("any status, sequence, type of number and version is read", "[codec]") {
  const auto bind = framed("00000009 FFFFFFFF 00000000 00 00 00 FF FE FD 00");
  const auto read = decode(bind);
  REQUIRE(read);
  CHECK(read->status == 0xFFFFFFFF);
  CHECK(read->sequence == 0);
  CHECK(std::get<Bind>(read->body).interface_version == 0xFF);
  CHECK(std::get<Bind>(read->body).addr_ton == 0xFE);
}

TEST_CASE("text in short_message and in message_payload is told as a conflict", "[codec]") {
  const auto both = framed(deliver_sm_with("02 'Hi' 0424 0002 'Ho'"));
  const auto payload = framed(deliver_sm_with("00 0424 0002 'Ho'"));
  const auto text = framed(deliver_sm_with("02 'Hi'"));
  CHECK(conflicting_payload(std::get<DeliverSm>(decode(both)->body)));
  CHECK_FALSE(conflicting_payload(std::get<DeliverSm>(decode(payload)->body)));
  CHECK_FALSE(conflicting_payload(std::get<DeliverSm>(decode(text)->body)));
}

}  // namespace pulih::smpp
