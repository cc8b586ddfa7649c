// What the encoder refuses: it never cuts a value short and never writes a PDU that reads
// differently. After an error the output is as it was.
#include <catch2/catch.hpp>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/status.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {
namespace {

std::string refusal(const Body& body) {
  std::vector<std::uint8_t> out{0xAA, 0xBB};
  const auto done = encode(Pdu{.status = ESME_ROK, .sequence = 1, .body = body}, out);
  CHECK(hexadecimal(out) == "AABB");
  REQUIRE_FALSE(done);
  return done.error().text();
}

std::string wire(const Pdu& pdu) {
  std::vector<std::uint8_t> out;
  REQUIRE(encode(pdu, out));
  return hexadecimal(out);
}

SubmitSm to(std::string_view digits) {
  SubmitSm message;
  message.destination.digits = digits;
  return message;
}

}  // namespace

TEST_CASE("an overlong string is refused with its field and its limit", "[codec]") {
  CHECK_NOTHROW(wire({.status = 0, .sequence = 1, .body = to("62811000000000000001")}));
  CHECK(refusal(to("628110000000000000017")) ==
        "destination_addr: longer than allowed (at most 20)");
  const std::string password(65, 'p');
  CHECK(refusal(Bind{.password = password}) == "password: longer than allowed (at most 64)");
}

TEST_CASE("a NUL inside a string is refused", "[codec]") {
  CHECK(refusal(to({"62811\0001", 7})) == "destination_addr: a NUL inside");
}

TEST_CASE("a short_message above 255 octets is refused", "[codec]") {
  const std::vector<std::uint8_t> text(256, 'x');
  SubmitSm message;
  message.short_message = text;
  CHECK(refusal(message) == "short_message: longer than allowed (at most 255)");
}

TEST_CASE("too many optional parameters are refused", "[codec]") {
  TlvWriter writer;
  for (std::size_t i = 0; i <= most_tlvs; ++i) writer.put8(tag::message_state, 2);
  CHECK(refusal(DataSm{.tlvs = writer.tlvs()}) == "optional parameters: too many (at most 64)");
}

TEST_CASE("a PDU that no peer would frame is refused", "[codec]") {
  const std::vector<std::uint8_t> payload(0x9000, 'x');
  TlvWriter writer;
  writer.put(tag::message_payload, payload).put(tag::message_payload, payload);
  CHECK(refusal(DataSm{.tlvs = writer.tlvs()}).starts_with("command_length: longer than allowed"));
}

TEST_CASE("a submit_multi needs from 1 to 254 destinations", "[codec]") {
  CHECK(refusal(SubmitMulti{}).starts_with("number_of_dests"));
  SubmitMulti multi;
  multi.destinations.resize(255);
  CHECK(refusal(multi).starts_with("number_of_dests"));
  multi.destinations.resize(254);
  CHECK_NOTHROW(wire({.status = 0, .sequence = 1, .body = multi}));
}

TEST_CASE("an error response to bind and submit_sm goes without a body", "[codec]") {
  CHECK(wire({.status = ESME_RTHROTTLED, .sequence = 2, .body = SubmitSmResp{}}) ==
        "00000010800000040000005800000002");
  CHECK(wire({.status = ESME_RBINDFAIL, .sequence = 2, .body = BindResp{}}) ==
        "00000010800000090000000D00000002");
  CHECK(wire({.status = ESME_RTHROTTLED, .sequence = 2, .body = SubmitSmResp{.message_id = ""}}) ==
        "0000001180000004000000580000000200");
}

TEST_CASE("a deliver_sm_resp always has its message_id, a NUL", "[codec]") {
  CHECK(wire({.status = ESME_ROK, .sequence = 2, .body = DeliverSmResp{}}) ==
        "0000001180000005000000000000000200");
  CHECK(wire({.status = ESME_RMSGQFUL, .sequence = 2, .body = DeliverSmResp{}}) ==
        "0000001180000005000000140000000200");
}

}  // namespace pulih::smpp
