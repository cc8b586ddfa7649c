// Two sides of a talk without a network: messages come through, what is urgent overtakes a page
// that is half sent, and a stranger's octets end the talk with a reason.
#include "daemon/hub/talk.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/hub/drawn.hpp"
#include "tests/unit/hub/memory_central.hpp"

namespace pulih::hub {
namespace {

Writer message_of(std::span<const std::uint8_t> octets) {
  Writer out;
  out.octets(octets);
  return out;
}

// Everything that one side has to say, to the other.
void carry(Talk& from, Talk& to) {
  while (const auto frame = from.next_frame()) REQUIRE(to.receive(*frame));
}

struct Pair {
  Talk gateway{Talk::Side::gateway}, hub{Talk::Side::hub};
  Pair() {
    carry(gateway, hub);
    carry(hub, gateway);
    REQUIRE(gateway.greeted());
    REQUIRE(hub.greeted());
  }
};

TEST_CASE("messages of both lanes come through in both directions", "[hub][talk]") {
  Pair talk;
  Drawn draw(5);
  for (int round = 0; round < 60; ++round) {
    auto& from = draw(2) == 0 ? talk.gateway : talk.hub;
    auto& to = &from == &talk.hub ? talk.gateway : talk.hub;
    const auto lane = draw(2) == 0 ? Lane::urgent : Lane::bulk;
    const auto octets = draw.octets(draw(20'000));
    from.send(lane, message_of(octets));
    carry(from, to);
    const auto heard = to.next_message();
    REQUIRE(heard);
    CHECK(heard->lane == lane);
    CHECK(std::ranges::equal(heard->message, octets));
    CHECK_FALSE(to.next_message());
  }
}

TEST_CASE("an urgent message overtakes a page between any two frames", "[hub][talk]") {
  Pair talk;
  Drawn draw(6);
  talk.hub.send(Lane::bulk, message_of(draw.octets(60'000)));
  for (int i = 0; i < 3; ++i) REQUIRE(talk.gateway.receive(*talk.hub.next_frame()));
  CHECK_FALSE(talk.gateway.next_message());
  talk.hub.send(Lane::urgent, message_of(draw.octets(10)));
  REQUIRE(talk.gateway.receive(*talk.hub.next_frame()));
  const auto heard = talk.gateway.next_message();
  REQUIRE(heard);
  CHECK(heard->lane == Lane::urgent);
  carry(talk.hub, talk.gateway);
  CHECK(talk.gateway.next_message()->message.size() == 60'000);
}

TEST_CASE("a gateway may write before it has heard the hub", "[hub][talk]") {
  Talk gateway(Talk::Side::gateway), hub(Talk::Side::hub);
  gateway.send(Lane::urgent, message_of(Octets{1, 2, 3}));
  CHECK_FALSE(hub.has_output());  // the hub waits for the gateway's preface
  carry(gateway, hub);
  CHECK(hub.next_message()->message.size() == 3);
}

TEST_CASE("pages of rows cost few octets, each less than the one before", "[hub][talk]") {
  Pair talk;
  std::size_t octets = 0;
  constexpr std::size_t pages = 10, rows_a_page = 500;
  for (std::size_t page = 0; page < pages; ++page) {
    central::Page rows;
    for (std::size_t i = 0; i < rows_a_page; ++i)
      rows.rows.push_back(MemoryCentral::made_up((page * rows_a_page + i) * 7'919 % 1'000'003));
    Writer message;
    put(message, page, Answer(std::move(rows)));
    talk.hub.send(Lane::bulk, std::move(message));
    while (const auto frame = talk.hub.next_frame()) octets += frame->size();
  }
  CHECK(octets / (pages * rows_a_page) < 20);
}

TEST_CASE("a peer that does not speak the protocol is told so", "[hub][talk]") {
  const auto fault_of = [](const Octets& octets) {
    Talk hub(Talk::Side::hub);
    const auto taken = hub.receive(octets);
    REQUIRE_FALSE(taken);
    hub.farewell(taken.error());
    Talk gateway(Talk::Side::gateway);
    REQUIRE(gateway.receive(*hub.next_frame()));
    REQUIRE(gateway.heard_farewell());
    CHECK_FALSE(hub.next_frame());
    return gateway.heard_farewell()->code;
  };
  const auto preface = [](std::uint8_t version, std::uint8_t dictionary) {
    Octets payload(protocol_name.begin(), protocol_name.end());
    for (const std::uint8_t octet :
         {version, std::uint8_t{0}, dictionary, std::uint8_t{1}, std::uint8_t{0}, dictionary})
      payload.push_back(octet);
    return encode(Kind::preface, true, payload);
  };
  CHECK(fault_of(preface(2, 1)) == Farewell::version);
  CHECK(fault_of(preface(1, 9)) == Farewell::version);
  CHECK(fault_of(encode(Kind::urgent, true, {})) == Farewell::garbled);
  CHECK(fault_of(Octets(20, 'G')) == Farewell::garbled);
  auto twice = preface(1, 1);
  const auto once = twice;
  twice.insert(twice.end(), once.begin(), once.end());
  CHECK(fault_of(twice) == Farewell::garbled);
  auto loud_ping = preface(1, 1);
  const auto ping = encode(Kind::ping, true, Octets{1});
  loud_ping.insert(loud_ping.end(), ping.begin(), ping.end());
  CHECK(fault_of(loud_ping) == Farewell::garbled);
  auto no_zstd = preface(1, 1);
  const auto piece = encode(Kind::bulk, true, Octets{1, 2, 3, 4, 5, 6, 7, 8});
  no_zstd.insert(no_zstd.end(), piece.begin(), piece.end());
  CHECK(fault_of(no_zstd) == Farewell::message);
}

TEST_CASE("a farewell without words is told by its code", "[hub][talk]") {
  Talk gateway(Talk::Side::gateway);
  REQUIRE(gateway.receive(encode(Kind::farewell, true, Octets{0, 9})));
  REQUIRE(gateway.heard_farewell());
  CHECK(gateway.heard_farewell()->what == "farewell 9");
}

TEST_CASE("a message that expands beyond what is allowed ends the talk", "[hub][talk]") {
  Pair talk;
  talk.gateway.send(Lane::urgent, message_of(Octets(most_request_octets + 1, 0)));
  tl::expected<void, Fault> taken;
  while (const auto frame = talk.gateway.next_frame())
    if (taken = talk.hub.receive(*frame); !taken) break;
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Farewell::message);
}

TEST_CASE("damaged streams end the talk or change nothing", "[hub][talk]") {
  Drawn draw(7);
  for (int round = 0; round < 3'000; ++round) {
    Talk gateway(Talk::Side::gateway), hub(Talk::Side::hub);
    gateway.send(Lane::urgent, message_of(draw.octets(100)));
    gateway.ping();
    Octets stream;
    while (const auto frame = gateway.next_frame())
      stream.insert(stream.end(), frame->begin(), frame->end());
    stream[draw(stream.size())] = static_cast<std::uint8_t>(draw.next());
    (void)hub.receive(stream);
    while (hub.next_frame()) {
    }
  }
}

}  // namespace
}  // namespace pulih::hub
