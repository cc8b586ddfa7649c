// A masked PDU reads as the original does, field by field, but for what a person could have typed
// or be reached by: of that no octet is left, whatever the PDU and wherever it stands.
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "protocols/smpp/masked.hpp"
#include "tests/unit/smpp/drawn_pdu.hpp"
#include "tests/unit/smpp/golden_pdus.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {
namespace {

std::vector<std::uint8_t> encoded(Body body) {
  std::vector<std::uint8_t> wire;
  REQUIRE(encode(Pdu{.status = 0, .sequence = 7, .body = std::move(body)}, wire));
  return wire;
}
std::string string_of(const std::vector<std::uint8_t>& wire) { return {wire.begin(), wire.end()}; }
std::string masked_text(const std::vector<std::uint8_t>& wire) {
  const auto copy = masked(wire);
  REQUIRE(copy.size() == wire.size());
  REQUIRE(decode(copy));
  return string_of(copy);
}

constexpr std::string_view typed = "RESET budi12 guru sd 17081985";

DeliverSm typed_message() {
  DeliverSm message;
  message.source = {1, 1, "6281100000001"};
  message.destination = {2, 1, "8880"};
  message.short_message = octets_of(typed);
  return message;
}

}  // namespace

TEST_CASE("a password, a text and a number are overwritten in their places", "[codec]") {
  const auto wire = encoded(typed_message());
  auto expected = string_of(wire);
  expected.replace(expected.find(typed), typed.size(), std::string(typed.size(), '*'));
  expected.replace(expected.find("6281100000001"), 13, "62811xxxxx001");
  CHECK(masked_text(wire) == expected);

  Bind bind;
  bind.system_id = "pulih";
  bind.password = "secret08";
  const auto bound = masked_text(encoded(bind));
  CHECK(bound.find("secret08") == bound.npos);
  CHECK(bound.find("pulih") != bound.npos);
}

TEST_CASE("a short number shows no more than in the journal", "[codec]") {
  const auto shown = [](std::string_view address) {
    const auto [front, back] = visible_part(address);
    return std::string(address.substr(0, front)) + "…" +
           std::string(address.substr(address.size() - back));
  };
  CHECK(shown("6281100000001") == "62811…001");
  CHECK(shown("6281100001") == "…1");
  CHECK(shown("8880") == "8880…");
  CHECK(shown("") == "…");
}

TEST_CASE("a text is overwritten wherever it stands", "[codec]") {
  TlvWriter writer;
  writer.put(tag::message_payload, octets_of(typed)).put(0x1501, octets_of(typed));
  writer.put(tag::its_session_info, octets_of(typed));  // longer than it is
  DataSm data;
  data.source = {1, 1, "6281100000001"};
  data.tlvs = writer.tlvs();
  auto message = typed_message();
  message.tlvs = writer.tlvs();
  for (const auto& wire : {encoded(data), encoded(message)}) {
    const auto shown = masked_text(wire);
    CHECK(shown.find("17081985") == shown.npos);
    CHECK(shown.find("budi") == shown.npos);
  }
}

TEST_CASE("of what was dialled only the code is left", "[codec]") {
  auto message = typed_message();
  message.short_message = {};
  for (const auto* dialled :
       {"*888*17081985#", "*8*1708#", "*888#1708", "888*1708*1985#", "*88888888817081985"}) {
    message.destination = {2, 1, dialled};
    const auto shown = masked_text(encoded(message));
    CHECK(shown.find("1708") == shown.npos);
    CHECK(shown.find("985") == shown.npos);
    CHECK(shown.find("8") != shown.npos);
  }
}

TEST_CASE("a header of parts is left, and what only claims to be a header is not", "[codec]") {
  auto message = typed_message();
  message.esm_class = 0x40;
  const auto part = octets("05 00 03 2A 02 01 'part one'");
  message.short_message = part;
  const auto shown = masked_text(encoded(message));
  const std::string header(part.begin(), part.begin() + 6);
  CHECK(shown.find(header + "********") != shown.npos);
  // Texts whose first letter reads as the length of a header that holds all of them.
  for (const auto* words : {"RESET budi", "!17081985 17081985 17081985 17081985"}) {
    message.short_message = octets_of(words);
    const auto hidden = masked_text(encoded(message));
    CHECK(hidden.find("budi") == hidden.npos);
    CHECK(hidden.find("1985") == hidden.npos);
  }
}

TEST_CASE("a receipt keeps its facts and not the words of the message", "[codec]") {
  auto receipt = typed_message();
  receipt.esm_class = 0x04;
  const std::string facts =
      "id:0A7F sub:001 dlvrd:000 submit date:2611250800 done date:2611250801 stat:UNDELIV "
      "err:012 ";
  for (const auto* quote : {"text:Kode 123456", "Text:Kode 123456", "Kode 123456"}) {
    const auto text = facts + quote;
    receipt.short_message = octets_of(text);
    const auto shown = masked_text(encoded(receipt));
    CHECK(shown.find(facts) != shown.npos);
    CHECK(shown.find("123456") == shown.npos);
  }
  receipt.short_message = octets_of("Kode id:123456");
  CHECK(masked_text(encoded(receipt)).find("123456") == std::string::npos);
}

TEST_CASE("what cannot be decoded keeps its header only", "[codec]") {
  const auto broken = octets("0000001C 00000005 00000000 00000007 'no end of it'");
  const auto copy = masked(broken);
  CHECK(std::equal(copy.begin(), copy.begin() + 16, broken.begin()));
  CHECK(string_of(copy).find("end") == std::string::npos);
}

TEST_CASE("any masked PDU decodes to the same fields, prints the same and is masked already",
          "[codec]") {
  rc::prop("structure is kept", [] {
    Drawn<> drawn;
    std::vector<std::uint8_t> wire;
    RC_ASSERT(encode(drawn.pdu(), wire).has_value());
    const auto copy = masked(wire);
    const auto again = decode(copy);
    RC_ASSERT(again.has_value());
    RC_ASSERT(print(*again).size() == print(*decode(wire)).size());
    RC_ASSERT(masked(copy) == copy);
  });
}

}  // namespace pulih::smpp
