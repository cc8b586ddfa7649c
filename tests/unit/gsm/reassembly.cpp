// Parts put together again: in every order, repeated, lost, mixed and too many. Whatever happens,
// each token comes back once.
#include "protocols/gsm/reassembly.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/gsm/texts.hpp"

namespace pulih::gsm {
namespace {

using namespace std::chrono_literals;
using enum ReferenceKind;
using Held = Reassembly<>;

constexpr std::string_view teacher = "6281100000001", other_teacher = "6281100000002";

struct Sent {
  std::string_view source = teacher;
  ReferenceKind kind = header8;
  std::uint16_t reference = 7;
  std::uint8_t total = 3, number = 1;
  std::string_view text = "teks";
  std::uint64_t token = 0;
};

std::vector<Held::Ended> add(Held& held, const Sent& sent, std::chrono::seconds now = 0s) {
  const Wire octets = septets_of(sent.text);
  return held.add({sent.source,
                   "8880",
                   {sent.kind, sent.reference, sent.total, sent.number},
                   Coding::gsm7,
                   octets,
                   sent.token},
                  now);
}

std::string text_in(const Held::Ended& ended) {
  std::string text;
  for (const auto& [number, piece] : ended.pieces) text += text_of(piece.text, piece.encoding);
  return text;
}

using Tokens = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("parts in any order are one message, with its tokens in the order of arrival",
          "[reassembly]") {
  const std::string_view texts[] = {"RESET budi12 ", "guru sd ", "17081985", " #"};
  std::vector<std::uint8_t> order{1, 2, 3, 4};
  do {
    Held held({});
    for (std::size_t i = 0; i < 4; ++i) {
      const auto number = order[i];
      const auto ended =
          add(held, {.total = 4, .number = number, .text = texts[number - 1], .token = number});
      REQUIRE(ended.size() == (i == 3 ? 1 : 0));
      if (i < 3) continue;
      CHECK(ended[0].end == End::complete);
      CHECK(ended[0].source == teacher);
      CHECK(ended[0].destination == "8880");
      CHECK(text_in(ended[0]) == "RESET budi12 guru sd 17081985 #");
      CHECK(ended[0].tokens == Tokens(order.begin(), order.end()));
    }
    CHECK(held.messages() == 0);
    CHECK(held.octets() == 0);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a message of one part is complete at once", "[reassembly]") {
  Held held({});
  const auto ended = add(held, {.total = 1, .number = 1, .token = 5});
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].end == End::complete);
  CHECK(ended[0].tokens == Tokens{5});
}

TEST_CASE("a part with numbers that cannot be stands alone", "[reassembly]") {
  Held held({});
  for (const auto& [total, number] : {std::pair{0, 1}, {3, 0}, {3, 4}}) {
    const auto ended = add(held, {.total = static_cast<std::uint8_t>(total),
                                  .number = static_cast<std::uint8_t>(number)});
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].end == End::complete);
    CHECK(text_in(ended[0]) == "teks");
  }
}

TEST_CASE("a repeated part counts once and is answered twice", "[reassembly]") {
  Held held({});
  CHECK(add(held, {.total = 2, .number = 1, .text = "satu", .token = 1}).empty());
  CHECK(add(held, {.total = 2, .number = 1, .text = "satu", .token = 2}).empty());
  const auto ended = add(held, {.total = 2, .number = 2, .text = "dua", .token = 3});
  REQUIRE(ended.size() == 1);
  CHECK(text_in(ended[0]) == "satudua");
  CHECK(ended[0].tokens == Tokens{1, 2, 3});
}

TEST_CASE("another text under the same reference is a newer message", "[reassembly]") {
  Held held({});
  CHECK(add(held, {.total = 2, .number = 1, .text = "lama", .token = 1}).empty());
  const auto ended = add(held, {.total = 2, .number = 1, .text = "baru", .token = 2});
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].end == End::superseded);
  CHECK(ended[0].tokens == Tokens{1});
  const auto complete = add(held, {.total = 2, .number = 2, .text = "!", .token = 3});
  REQUIRE(complete.size() == 1);
  CHECK(text_in(complete[0]) == "baru!");
  CHECK(complete[0].tokens == Tokens{2, 3});
}

TEST_CASE("sender, kind of reference, reference and total keep messages apart", "[reassembly]") {
  Held held({});
  const Sent sents[] = {{.total = 2, .text = "a"},
                        {.source = other_teacher, .total = 2, .text = "b"},
                        {.kind = header16, .total = 2, .text = "c"},
                        {.kind = sar, .total = 2, .text = "d"},
                        {.reference = 8, .total = 2, .text = "e"},
                        {.total = 3, .text = "f"}};
  for (const auto& sent : sents) CHECK(add(held, sent).empty());
  CHECK(held.messages() == 6);
  for (auto sent : std::span(sents).first(5)) {
    const std::string first(sent.text);
    sent.number = 2;
    sent.text = "2";
    const auto ended = add(held, sent);
    REQUIRE(ended.size() == 1);
    CHECK(text_in(ended[0]) == first + "2");
  }
  CHECK(held.messages() == 1);
}

TEST_CASE("a message whose part is lost ends with its lifetime", "[reassembly]") {
  Held held({.lifetime = 10min});
  CHECK_FALSE(held.deadline());
  CHECK(add(held, {.number = 1, .token = 1}, 100s).empty());
  CHECK(add(held, {.number = 3, .token = 2}, 200s).empty());  // begins no new lifetime
  CHECK(held.deadline() == 700s);
  CHECK(held.expire(699s).empty());
  const auto ended = held.expire(700s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].end == End::expired);
  CHECK(ended[0].tokens == Tokens{1, 2});
  CHECK(ended[0].pieces.count(1) == 1);
  CHECK(ended[0].pieces.count(2) == 0);
  CHECK(held.octets() == 0);
}

TEST_CASE("what has run out of time is told by the next part too", "[reassembly]") {
  Held held({.lifetime = 60s});
  CHECK(add(held, {.number = 1, .token = 1}, 0s).empty());
  const auto ended = add(held, {.number = 2, .token = 2}, 60s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].end == End::expired);
  CHECK(held.messages() == 1);  // of the part that came now
}

TEST_CASE("the oldest message makes room for one too many", "[reassembly]") {
  Held held({.messages = 2});
  CHECK(add(held, {.reference = 1, .token = 1}).empty());
  CHECK(add(held, {.reference = 2, .token = 2}).empty());
  const auto ended = add(held, {.reference = 3, .token = 3});
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].end == End::crowded_out);
  CHECK(ended[0].tokens == Tokens{1});
  CHECK(held.messages() == 2);
}

TEST_CASE("a message that is complete needs no room", "[reassembly]") {
  Held held({.messages = 1});
  CHECK(add(held, {.reference = 1, .total = 2, .number = 1, .token = 1}).empty());
  const auto alone = add(held, {.reference = 2, .total = 1, .number = 1, .token = 2});
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].end == End::complete);
  CHECK(held.messages() == 1);
}

TEST_CASE("octets are bounded, those of one sender who repeats himself included", "[reassembly]") {
  Held held({.octets = 1000});
  std::size_t answered = 0;
  for (std::uint64_t token = 0; token < 10'000; ++token) {
    for (const auto& ended : add(held, {.token = token})) {
      CHECK(ended.end == End::crowded_out);
      answered += ended.tokens.size();
    }
    REQUIRE(held.octets() <= 1000);
  }
  CHECK(answered > 9'900);
}

TEST_CASE("a caller's own storage holds the text", "[reassembly]") {
  using Characters = std::vector<char>;
  Reassembly<Characters> held({});
  const Wire text = septets_of("halo");
  const auto ended = held.add({teacher, "8880", {}, Coding::gsm7, text, 1}, 0s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].pieces.at(1).text == Characters{'h', 'a', 'l', 'o'});
}

TEST_CASE("whatever comes, every token comes back once and the bounds hold", "[reassembly]") {
  CHECK(rc::check("any arrivals", [] {
    const auto small = [](std::size_t most) { return *rc::gen::inRange<std::size_t>(1, most + 1); };
    const ReassemblyLimits limits{small(4), small(600), std::chrono::seconds(small(20))};
    Held held(limits);
    std::multiset<std::uint64_t> returned;
    const auto take = [&](const std::vector<Held::Ended>& all) {
      for (const auto& ended : all) {
        returned.insert(ended.tokens.begin(), ended.tokens.end());
        RC_ASSERT(!ended.tokens.empty() && !ended.pieces.empty());
      }
    };
    const auto count = *rc::gen::inRange<std::uint64_t>(0, 60);
    std::chrono::seconds now{0};
    for (std::uint64_t token = 0; token < count; ++token) {
      now += std::chrono::seconds(*rc::gen::inRange(0, 5));
      const Wire text(*rc::gen::inRange<std::size_t>(0, 160), 'a');
      const Part part{*rc::gen::element(header8, header16, sar),
                      *rc::gen::inRange<std::uint16_t>(0, 2), *rc::gen::inRange<std::uint8_t>(0, 4),
                      *rc::gen::inRange<std::uint8_t>(0, 5)};
      take(held.add(
          {*rc::gen::element(teacher, other_teacher), "8880", part, Coding::gsm7, text, token},
          now));
      RC_ASSERT(held.messages() <= limits.messages && held.octets() <= limits.octets);
    }
    take(held.expire(now + limits.lifetime));
    RC_ASSERT(held.messages() == 0 && held.octets() == 0 && !held.deadline());
    RC_ASSERT(returned.size() == count);
    RC_ASSERT(std::set(returned.begin(), returned.end()).size() == count);
  }));
}

}  // namespace pulih::gsm
