// Receipts as carriers write them: with parameters or without, fields missing, cut short or in
// another case, ids in another base; and which message they find.
#include "daemon/carriers/receipt.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/carriers/invented.hpp"

namespace pulih::carriers {
namespace {

using Delivery = Receipt::Fate;

std::optional<Receipt> read(std::string_view text, smpp::Tlvs tlvs = {}) {
  return read_receipt({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, tlvs);
}

}  // namespace

TEST_CASE("a receipt is read from its text, however little of it there is", "[receipt]") {
  const auto [text, id, fate] = GENERATE(table<std::string, std::string, Delivery>({
      {"id:0123456789 sub:001 dlvrd:001 submit date:2603020800 done date:2603020801 stat:DELIVRD "
       "err:000 text:Kode belajar",
       "0123456789", Delivery::delivered},
      {"id:5F stat:UNDELIV err:1A2B", "5F", Delivery::undeliverable},
      {"id:7 stat:EXPIRED", "7", Delivery::undeliverable},
      {"id:7 stat:DELETED", "7", Delivery::undeliverable},
      {"id:7 stat:REJECTD err:5 Text:", "7", Delivery::undeliverable},
      {"ID:7 STAT:undeliv", "7", Delivery::undeliverable},
      {"id:7 stat:UNDELIVERABLE", "7", Delivery::undeliverable},
      {"id:7 stat:ENROUTE", "7", Delivery::under_way},
      {"id:7 stat:ACCEPTD", "7", Delivery::under_way},
      {"id:7 stat:UNKNOWN", "7", Delivery::under_way},
      {"id:7", "7", Delivery::under_way},
      {"sub:001 id:7\r\n stat:UNDELIV", "7", Delivery::undeliverable},
      {"paid:3 id:7 restat:EXPIRED", "7", Delivery::under_way},
  }));
  INFO(text);
  const auto receipt = read(text);
  REQUIRE(receipt);
  CHECK(receipt->id == id);
  CHECK(receipt->fate == fate);
}

TEST_CASE("a text that names no message is no receipt", "[receipt]") {
  CHECK_FALSE(read(""));
  CHECK_FALSE(read("id:"));
  CHECK_FALSE(read("id: stat:UNDELIV"));
  CHECK_FALSE(read("hello"));
  CHECK_FALSE(read(std::string("id\0:7", 5)));
}

TEST_CASE("parameters go before the text", "[receipt]") {
  smpp::TlvWriter writer;
  writer.put_c_string(smpp::tag::receipted_message_id, "abc").put8(smpp::tag::message_state, 5);
  const auto receipt = read("id:7 stat:DELIVRD", writer.tlvs());
  REQUIRE(receipt);
  CHECK(receipt->id == "abc");
  CHECK(receipt->fate == Delivery::undeliverable);
}

TEST_CASE("a receipt names its message in whatever spelling", "[receipt]") {
  const auto [given, told] = GENERATE(table<std::string, std::string>({
      {"12345", "12345"},
      {"0012345", "12345"},
      {"12345", "00000012345"},
      {"5F3A", "5f3a"},
      {"3039", "12345"},  // hexadecimal in the response, decimal in the receipt
      {"12345", "3039"},  // and the other way round
      {"0a1b-77", "0A1B-77"},
      {"0", "00"},
  }));
  INFO(given << " and " << told);
  const auto names = [&](std::string_view carrier, accounts::Msisdn to) {
    const auto tags = receipt_tags(told, carrier, to, keys);
    return std::ranges::count(tags, receipt_tag(given, "timur", ibu, keys)) > 0;
  };
  CHECK(names("timur", ibu));
  CHECK_FALSE(names("timur", bapak));
  CHECK_FALSE(names("barat", ibu));
}

TEST_CASE("an id that is no number has one spelling only", "[receipt]") {
  const auto tags = receipt_tags("pesan-7", "timur", ibu, keys);
  CHECK(tags[0] != 0);
  CHECK(tags[1] == 0);
  CHECK(tags[2] == 0);
  CHECK(receipt_tag("pesan-8", "timur", ibu, keys) != tags[0]);
}

TEST_CASE("the tag of a receipt is the key of a row, which no sweep passes by", "[receipt]") {
  for (int id = 0; id < 1'000; ++id) {
    const auto tag = receipt_tag(std::to_string(id), "timur", ibu, keys);
    CHECK(tag >= 1);
    CHECK(tag < std::uint64_t{1} << 63);
  }
}

}  // namespace pulih::carriers
