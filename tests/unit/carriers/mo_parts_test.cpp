// Messages of several parts: whatever order they come in, repeated or mixed, the engine hears each
// message once and every PDU is answered once, as its message was.
#include "daemon/carriers/mo_parts.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>

#include "tests/unit/carriers/invented.hpp"

namespace pulih::carriers {
namespace {

using engine::Ack;
using engine::Answer;
using gsm::Part;
using gsm::ReferenceKind;
using std::chrono::minutes;
using std::chrono::seconds;
using std::string_view_literals::operator""sv;

const gsm::ReassemblyLimits limits{10, 10'000, seconds{20}};

// One gateway's worth of parts; every PDU has a sequence number of its own.
struct Desk {
  explicit Desk(const gsm::ReassemblyLimits& bounds = limits) : parts(bounds, keys) {}

  // The sequence number of the PDU that brought it.
  std::uint32_t part(accounts::Msisdn from, Part which, std::string_view text,
                     gsm::Encoding coding = gsm::Coding::ascii, std::uint64_t carrier_id = 0) {
    const smpp::Octets octets(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    take(parts.add({1, from, which, coding, octets, carrier_id}, {1, ++sequence, false}, now));
    return sequence;
  }
  void pass(seconds time) {
    now += time;
    take(parts.expire(now));
  }
  void take(MoParts::Outcome outcome) {
    for (auto& message : outcome.messages) heard.push_back(std::move(message));
    for (const auto& ack : outcome.known) answers.emplace_back(ack.sequence, Answer::accepted);
    for (const auto& ack : outcome.refused) answers.emplace_back(ack.sequence, Answer::try_later);
  }
  void engine_answers(std::size_t which, Answer how) {
    const Ack ack = heard.at(which).ack;
    for (const auto& other : parts.answered(ack, how)) answers.emplace_back(other.sequence, how);
    answers.emplace_back(ack.sequence, how);
  }
  std::string text(std::size_t which = 0) const {
    return std::string(heard.at(which).text.reveal());
  }
  // The sequence numbers that were answered so, sorted.
  std::vector<std::uint32_t> answered(Answer how = Answer::accepted) const {
    std::vector<std::uint32_t> found;
    for (const auto& [number, its] : answers)
      if (its == how) found.push_back(number);
    std::ranges::sort(found);
    return found;
  }

  MoParts parts;
  MoParts::Moment now{seconds{1000}};
  std::uint32_t sequence = 0;
  std::vector<engine::Inbound> heard;
  std::vector<std::pair<std::uint32_t, Answer>> answers;
};

using Numbers = std::vector<std::uint32_t>;
Part part(int number, int total, std::uint16_t reference = 9,
          ReferenceKind kind = ReferenceKind::header8) {
  return {kind, reference, static_cast<std::uint8_t>(total), static_cast<std::uint8_t>(number)};
}

}  // namespace

TEST_CASE("the whole goes to the engine, and all parts are answered as it is", "[parts]") {
  const auto how = GENERATE(Answer::accepted, Answer::try_later, Answer::failed);
  Desk desk;
  desk.part(ibu, part(2, 3), "guru sd ");
  desk.part(ibu, part(3, 3), "17081985");
  CHECK(desk.heard.empty());
  desk.part(ibu, part(1, 3), "RESET budi12 ");
  REQUIRE(desk.heard.size() == 1);
  CHECK(desk.text() == "RESET budi12 guru sd 17081985");
  CHECK_FALSE(desk.heard[0].multipart);
  CHECK(desk.answers.empty());
  desk.engine_answers(0, how);
  CHECK(desk.answered(how) == Numbers{1, 2, 3});
  CHECK(desk.answers.size() == 3);
}

TEST_CASE("each kind of reference, person and reference is a message of its own", "[parts]") {
  Desk desk;
  desk.part(ibu, part(1, 2, 9, ReferenceKind::header8), "a1");
  desk.part(ibu, part(1, 2, 9, ReferenceKind::header16), "b1");
  desk.part(ibu, part(1, 2, 9, ReferenceKind::sar), "c1");
  desk.part(ibu, part(1, 2, 10), "d1");
  desk.part(bapak, part(1, 2), "e1");
  desk.part(bapak, part(2, 2), "e2");
  desk.part(ibu, part(2, 2, 10), "d2");
  desk.part(ibu, part(2, 2, 9, ReferenceKind::sar), "c2");
  desk.part(ibu, part(2, 2, 9, ReferenceKind::header16), "b2");
  desk.part(ibu, part(2, 2, 9, ReferenceKind::header8), "a2");
  REQUIRE(desk.heard.size() == 5);
  std::string all;
  for (std::size_t i = 0; i < 5; ++i) all += desk.text(i) + " ";
  CHECK(all == "e1e2 d1d2 c1c2 b1b2 a1a2 ");
}

TEST_CASE("a character that the border cuts is whole again", "[parts]") {
  // U+1F600 in UTF-16: D83D DE00
  Desk desk;
  desk.part(ibu, part(1, 2), "\0A\xD8\x3D"sv, gsm::Coding::ucs2);
  desk.part(ibu, part(2, 2), "\xDE\x00\0B"sv, gsm::Coding::ucs2);
  CHECK(desk.text() ==
        "A\xF0\x9F\x98\x80"
        "B");
  Desk mixed;
  mixed.part(ibu, part(1, 2), "RESET ");
  mixed.part(ibu, part(2, 2), "\0o\0k"sv, gsm::Coding::ucs2);
  CHECK(mixed.text() == "RESET ok");
}

TEST_CASE("each part is read in its own language", "[carriers]") {
  gsm::Encoding hindi, turkish;
  hindi.shift = {6, 0};
  turkish.shift = {1, 0};
  Desk desk;
  desk.part(ibu, part(2, 2), "\x0B"sv, turkish);
  desk.part(ibu, part(1, 2), "\x2F"sv, hindi);
  CHECK(desk.text() == "नĞ");
}

TEST_CASE("packed parts are unpacked each by itself, and read in one piece", "[carriers]") {
  gsm::Encoding packed(gsm::Coding::gsm7_packed);
  packed.fill = 1;
  const auto octets = [&](const std::vector<std::uint8_t>& septets) {
    std::vector<std::uint8_t> out;
    gsm::pack(septets, out, packed.fill);
    return std::string(out.begin(), out.end());
  };
  Desk desk;
  desk.part(ibu, part(2, 2), octets({0x28, 'b'}), packed);
  desk.part(ibu, part(1, 2), octets({'a', gsm::escape}), packed);
  CHECK(desk.text() == "a{b");
}

TEST_CASE("UCS-2 that says nothing of it is known by all of its parts together", "[carriers]") {
  gsm::Encoding unsaid;
  unsaid.unsaid = true;
  Desk desk;
  desk.part(ibu, part(1, 2), "\0R\0E\0S\0E"sv, unsaid);
  desk.part(ibu, part(2, 2), "\0T"sv, unsaid);
  CHECK(desk.text() == "RESET");
}

TEST_CASE("a part that never comes ends the waiting, and she hears that it was too long",
          "[parts]") {
  Desk desk;
  desk.part(ibu, part(1, 2), "RESET");
  desk.pass(seconds{19});
  CHECK(desk.heard.empty());
  desk.pass(seconds{1});
  REQUIRE(desk.heard.size() == 1);
  CHECK(desk.heard[0].multipart);
  desk.engine_answers(0, Answer::accepted);
  CHECK(desk.answered() == Numbers{1});
  // The straggler is known, and no second message.
  desk.part(ibu, part(2, 2), "late");
  desk.pass(minutes{1});
  CHECK(desk.heard.size() == 1);
  CHECK(desk.answered() == Numbers{1, 2});
  CHECK_FALSE(desk.parts.deadline());
}

TEST_CASE("a repeated part is answered with the others, or at once when they were", "[parts]") {
  Desk desk;
  desk.part(ibu, part(1, 2), "one");
  desk.part(ibu, part(1, 2), "one");
  desk.part(ibu, part(2, 2), "two");
  REQUIRE(desk.heard.size() == 1);
  desk.part(ibu, part(2, 2), "two");  // it is with the engine
  CHECK(desk.answers.empty());
  desk.engine_answers(0, Answer::accepted);
  CHECK(desk.answered() == Numbers{1, 2, 3, 4});
  desk.part(ibu, part(1, 2), "one");
  CHECK(desk.answered() == Numbers{1, 2, 3, 4, 5});
  CHECK(desk.heard.size() == 1);
}

TEST_CASE("what the engine did not keep is heard anew when it comes again", "[parts]") {
  Desk desk;
  for (int times = 0; times < 2; ++times) {
    desk.part(ibu, part(1, 2), "one", gsm::Coding::ascii, 77);
    desk.part(ibu, part(2, 2), "two", gsm::Coding::ascii, 78);
    REQUIRE(desk.heard.size() == static_cast<std::size_t>(times) + 1);
    CHECK(desk.heard.back().carrier_id == 77);
    desk.engine_answers(static_cast<std::size_t>(times), Answer::failed);
  }
  CHECK(desk.answered(Answer::failed) == Numbers{1, 2, 3, 4});
}

TEST_CASE("a reference that is used again with another text is another message", "[parts]") {
  Desk desk;
  desk.part(ibu, part(1, 2), "one");
  desk.part(ibu, part(2, 2), "two");
  desk.engine_answers(0, Answer::accepted);
  desk.part(ibu, part(1, 2), "uno");
  desk.part(ibu, part(2, 2), "due");
  REQUIRE(desk.heard.size() == 2);
  CHECK(desk.text(1) == "unodue");
  // Also before the first one was whole.
  desk.part(bapak, part(1, 2), "satu");
  desk.part(bapak, part(1, 2), "ein");
  REQUIRE(desk.heard.size() == 3);
  CHECK(desk.heard[2].multipart);
  desk.part(bapak, part(2, 2), "zwei");
  CHECK(desk.text(3) == "einzwei");
}

TEST_CASE("where there is no room the oldest message is refused, to be brought again", "[parts]") {
  Desk desk({2, 10'000, seconds{20}});
  for (std::uint16_t reference = 1; reference <= 3; ++reference)
    desk.part(ibu, part(1, 2, reference), "text");
  CHECK(desk.answered(Answer::try_later) == Numbers{1});
  desk.part(ibu, part(1, 2, 1), "text");
  CHECK(desk.answered(Answer::try_later) == Numbers{1, 2});
  CHECK(desk.heard.empty());
}

TEST_CASE("in any order, repeated and mixed, each text comes once and each PDU is answered once",
          "[parts]") {
  rc::prop("parts of several people", [] {
    struct Piece {
      accounts::Msisdn from;
      Part which;
      std::string text;
    };
    Desk desk({1000, 1'000'000, seconds{20}});
    std::vector<Piece> pieces;
    std::vector<std::string> texts;
    const auto messages = *rc::gen::inRange<std::uint16_t>(1, 6);
    for (std::uint16_t message = 0; message < messages; ++message) {
      const auto total = *rc::gen::inRange(2, 6);
      const auto from = accounts::Msisdn::from_value(6281100000000u + message % 2);
      std::string whole;
      for (int number = 1; number <= total; ++number) {
        const auto text = std::to_string(message) + "." + std::to_string(number) + ";";
        whole += text;
        const auto copies = *rc::gen::inRange(1, 3);
        for (int copy = 0; copy < copies; ++copy)
          pieces.push_back({from, part(number, total, message), text});
      }
      texts.push_back(whole);
    }
    std::vector<std::size_t> answered_to;  // messages that the engine has answered
    while (!pieces.empty()) {
      const auto which = *rc::gen::inRange<std::size_t>(0, pieces.size());
      const Piece piece = pieces[which];
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(which));
      desk.part(piece.from, piece.which, piece.text);
      if (answered_to.size() < desk.heard.size() && *rc::gen::arbitrary<bool>()) {
        desk.engine_answers(answered_to.size(), Answer::accepted);
        answered_to.push_back(answered_to.size());
      }
    }
    for (auto i = answered_to.size(); i < desk.heard.size(); ++i)
      desk.engine_answers(i, Answer::accepted);
    std::vector<std::string> heard;
    for (std::size_t i = 0; i < desk.heard.size(); ++i) heard.push_back(desk.text(i));
    std::ranges::sort(heard);
    RC_ASSERT(heard == texts);
    const auto answered = desk.answered();
    RC_ASSERT(answered.size() == desk.sequence);
    for (std::uint32_t i = 0; i < desk.sequence; ++i) RC_ASSERT(answered[i] == i + 1);
  });
}

}  // namespace pulih::carriers
