// Optional parameters: the length field governs what is read, and a typed question about a value of
// another length has no answer. What is written is read back in the same order.
#include "protocols/smpp/tlv.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {

TEST_CASE("parameters keep order and repetitions", "[tlv]") {
  TlvWriter writer;
  writer.put8(tag::message_state, 2).put16(tag::user_message_reference, 0x0102);
  writer.put8(tag::message_state, 5).put_c_string(tag::receipted_message_id, "7F");
  CHECK(hexadecimal(writer.tlvs().raw()) ==
        "0427000102"
        "020400020102"
        "0427000105"
        "001E0003374600");
  std::vector<std::uint16_t> tags;
  for (const Tlv tlv : writer.tlvs()) tags.push_back(tlv.tag);
  CHECK(tags == std::vector<std::uint16_t>{0x0427, 0x0204, 0x0427, 0x001E});
  CHECK(writer.tlvs().get8(tag::message_state) == 2);
}

TEST_CASE("a value of another length than its type has is no value", "[tlv]") {
  const auto raw = octets("0501 0002 0102  1383 0001 01  0204 0000");
  const Tlvs tlvs(raw);
  CHECK_FALSE(tlvs.get8(tag::ussd_service_op));
  CHECK_FALSE(tlvs.get16(tag::its_session_info));
  CHECK_FALSE(tlvs.get16(tag::user_message_reference));
  CHECK(tlvs.find(tag::user_message_reference).value.data() != nullptr);
}

TEST_CASE("an absent parameter is told from an empty one", "[tlv]") {
  const auto raw = octets("001E 0000");
  CHECK(Tlvs(raw).get_c_string(tag::receipted_message_id) == "");
  CHECK_FALSE(Tlvs().get_c_string(tag::receipted_message_id));
  CHECK(Tlvs().find(tag::message_state).value.data() == nullptr);
}

TEST_CASE("a string is read with or without the NUL that should end it", "[tlv]") {
  const auto with = octets("001E 0003 '7F' 00");
  const auto without = octets("001E 0002 '7F'");
  CHECK(Tlvs(with).get_c_string(tag::receipted_message_id) == "7F");
  CHECK(Tlvs(without).get_c_string(tag::receipted_message_id) == "7F");
}

TEST_CASE("what no wire can carry is not written", "[tlv]") {
  TlvWriter writer;
  const std::vector<std::uint8_t> payload(0x10000, 0);
  CHECK_THROWS_AS(writer.put(tag::message_payload, payload), std::length_error);
  CHECK_THROWS_AS(writer.put_c_string(tag::receipted_message_id, {"a\0b", 3}),
                  std::invalid_argument);
  CHECK(writer.tlvs().empty());
}

}  // namespace pulih::smpp
