// Records of people: what is written is read, an earlier version's too, and what is cut or damaged
// is refused rather than guessed at.
#include "daemon/conversation/record.hpp"

#include <catch2/catch.hpp>

namespace pulih::conversation {
namespace {

Person somebody_on_a_screen() {
  Person person;
  person.number = accounts::Msisdn::from_value(6281100000001);
  person.session = 77;
  person.state = Identifying{"", 19850817, 1, {"budi12@guru.sd", "budi12@admin.sd"}};
  person.ussd = {~0ull, 12, Text::U18, 3, 2, true, Instant(std::chrono::seconds(1'800'000'000))};
  return person;
}

accounts::WipedBytes written(const Person& person) {
  accounts::WipedBytes record;
  write(person, record);
  return record;
}

accounts::WipedBytes octets_of(std::string_view hex) {
  accounts::WipedBytes octets;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    octets.push_back(static_cast<std::uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return octets;
}

}  // namespace

TEST_CASE("a person with an open screen is read as she was written", "[conversation]") {
  const auto record = written(somebody_on_a_screen());
  const auto read = read_person(record);
  REQUIRE(read);
  CHECK(read->ussd.session == ~0ull);
  CHECK(read->ussd.heard == 12);
  CHECK(read->ussd.asks == Text::U18);
  CHECK(read->ussd.level == 3);
  CHECK(read->ussd.role == 2);
  CHECK(read->ussd.spoke_last);
  CHECK(read->ussd.at == Instant(std::chrono::seconds(1'800'000'000)));
  CHECK(written(*read) == record);
}

TEST_CASE("a record from before USSD is read, and the texts in it mean the same",
          "[conversation]") {
  // Version 1, without the zeros at its end: somebody who awaits a code and was last told M39.
  const auto record = octets_of(
      "0181f6eff5e6b60107014d80c8ceb40d03630e62756469313240677572752e7364c1ccbb090100030400"
      "020505050505050505050505050505050500010606060606060606060606060606060680c8ceb40db0d1"
      "ceb40d01cb90720280c8ceb40d016380c8ceb40d000080c8ceb40d05010b0c80c8ceb40d2601110450");
  const auto read = read_person(record);
  REQUIRE(read);
  CHECK(read->number == accounts::Msisdn::from_value(6281100000001));
  REQUIRE(std::holds_alternative<AwaitingCode>(read->state));
  CHECK(std::get<AwaitingCode>(read->state).claim.id == "budi12@guru.sd");
  REQUIRE(read->last_reply.blanks.size() == 1);
  CHECK(std::get<Text>(read->last_reply.blanks[0].value) == Text::W05);
  CHECK(read->ussd.session == 0);
  CHECK(written(*read).front() == 3);
}

TEST_CASE("every text is read as the one that was written", "[conversation]") {
  for (std::size_t place = 0; place < text_count; ++place) {
    auto person = somebody_on_a_screen();
    person.ussd.asks = static_cast<Text>(place);
    person.last_reply.text = Text::M23;
    auto& status = person.last_reply.blanks.emplace_back();
    status.slot = Slot::status;
    status.value.emplace<Text>(static_cast<Text>(place));
    const auto read = read_person(written(person));
    REQUIRE(read);
    CHECK(read->ussd.asks == static_cast<Text>(place));
    CHECK(std::get<Text>(read->last_reply.blanks[0].value) == static_cast<Text>(place));
  }
}

TEST_CASE("a record of a later version, cut short or of no version is none", "[conversation]") {
  auto record = written(somebody_on_a_screen());
  for (std::size_t size = 0; size < 60; ++size)
    CHECK_FALSE(read_person(std::span<const std::uint8_t>(record).first(size)));
  for (const std::uint8_t version : std::initializer_list<std::uint8_t>{0, 4, 255}) {
    record.front() = version;
    CHECK_FALSE(read_person(record));
  }
}

TEST_CASE("a person who only used screens is kept as long as one who wrote", "[conversation]") {
  Person person;
  person.ussd.at = Instant(std::chrono::seconds(1'800'000'000));
  const Policy policy;
  CHECK_FALSE(forgettable(person, person.ussd.at + hours{47}, policy));
  CHECK(forgettable(person, person.ussd.at + hours{49}, policy));
}

}  // namespace pulih::conversation
