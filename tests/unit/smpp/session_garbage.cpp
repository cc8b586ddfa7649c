// A peer that says what cannot be understood: it is answered as the specification wants it, and
// left when nothing else comes.
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;

namespace {
// A deliver_sm whose source_addr does not end.
std::vector<std::uint8_t> unreadable(std::string sequence) {
  return framed("00000005 00000000 " + sequence + " 00 00 00 '6281100000001628110000000162811'");
}
}  // namespace

TEST_CASE("a command_id that nobody knows is answered by generic_nack", "[session]") {
  BoundStage esme;
  esme.peer_octets(framed("00012345 00000000 00000009 'what'"));
  CHECK(esme.said() == Lines{"generic_nack 9 ESME_RINVCMDID"});
  CHECK(esme.happened().empty());
}

TEST_CASE("a response is never nacked", "[session]") {
  BoundStage esme;
  esme.peer_octets(framed("80012345 00000000 00000009 'what'"));
  esme.peer_octets(framed("80000004 00000000 00000009 'no NUL'"));
  esme.peer(9, GenericNack{}, ESME_RINVCMDLEN);
  CHECK(esme.said().empty());
  CHECK(esme.session.bound());
}

TEST_CASE("a request that cannot be read is answered with what is wrong with it", "[session]") {
  const std::size_t at_once = GENERATE(std::size_t{1}, std::size_t{1000});
  BoundStage esme(as_esme(), at_once);
  esme.peer_octets(unreadable("00000007"));
  CHECK(esme.said() == Lines{"deliver_sm_resp 7 ESME_RINVSRCADR"});
  const auto happened = esme.happened();
  REQUIRE(happened.size() == 1);
  CHECK_THAT(happened[0], Catch::StartsWith("garbage deliver_sm: source_addr at offset 19"));
  CHECK_THAT(happened[0], !Catch::Contains("6281100000001"));
}

TEST_CASE("a response that cannot be read answers its request by its header", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 100, esme.now));
  esme.peer_octets(framed("80000004 00000000 00000002 'no NUL'"));
  const auto happened = esme.happened();
  REQUIRE(happened.size() == 2);
  CHECK(happened[0] == "answered 100 ESME_ROK");  // taken: sending it again would be a second SMS
  CHECK_THAT(happened[1], Catch::StartsWith("garbage submit_sm_resp: message_id"));
}

TEST_CASE("a peer that sends nothing but garbage is unbound", "[session]") {
  BoundStage esme;
  for (int i = 0; i < 9; ++i) esme.peer_octets(unreadable("00000007"));
  CHECK(esme.happened().size() == 9);
  CHECK(esme.session.bound());
  esme.said();
  SECTION("after ten in a row") {
    esme.peer_octets(unreadable("00000008"));
    CHECK(esme.said() == Lines{"deliver_sm_resp 8 ESME_RINVSRCADR", "unbind 2"});
    const auto happened = esme.happened();
    REQUIRE(happened.size() == 2);
    CHECK_THAT(
        happened[1],
        Catch::StartsWith("lost: nothing but PDUs that cannot be read, the last: deliver_sm"));
    CHECK_FALSE(esme.session.bound());
  }
  SECTION("but not when it makes sense in between") {
    esme.peer(8, EnquireLink{});
    for (int i = 0; i < 9; ++i) esme.peer_octets(unreadable("00000007"));
    CHECK(esme.session.bound());
  }
}

TEST_CASE("a stream that has lost its frames is nacked and left", "[session]") {
  const char* const length = GENERATE("0000000F", "00000000", "7FFFFFFF", "FFFFFFFF");
  BoundStage esme;
  esme.peer(7, delivery());
  esme.peer_octets(octets(length));
  CHECK(esme.said() == Lines{"generic_nack 0 ESME_RINVCMDLEN"});
  const auto happened = esme.happened();
  REQUIRE(happened.size() == 2);
  CHECK(happened[0] == "received deliver_sm 7");
  CHECK_THAT(happened[1], Catch::StartsWith("lost: the stream cannot be followed: command_length"));
  esme.peer(8, delivery());
  CHECK(esme.happened().empty());
}

TEST_CASE("what follows the end of a session is not heard", "[session]") {
  BoundStage esme;
  std::vector<std::uint8_t> both;
  REQUIRE(encode({0, 7, Unbind{}}, both));
  REQUIRE(encode({0, 8, delivery()}, both));
  esme.peer_octets(both);
  CHECK(esme.happened() == Lines{"lost in order: the peer has unbound"});
  CHECK(esme.said() == Lines{"unbind_resp 7"});
}
