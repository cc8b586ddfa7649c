// Silence, enquire_link and a link that is dead without having said so.
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;

TEST_CASE("the peer is asked whether it lives only after silence", "[session]") {
  BoundStage esme;
  esme.pass(29s);
  CHECK(esme.said().empty());
  esme.peer(7, delivery());
  esme.pass(29s);
  CHECK(esme.said().empty());
  CHECK(esme.session.deadline() == esme.now + 1s);
  esme.pass(1s);
  CHECK(esme.said() == Lines{"enquire_link 2"});
}

TEST_CASE("a link that does not answer an enquiry is dead", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  esme.pass(30s);
  CHECK(esme.said() == Lines{"submit_sm 2", "enquire_link 3"});
  esme.pass(59s);
  CHECK(esme.session.deadline() < esme.now);  // the request's time is over
  CHECK(esme.happened() == Lines{"unanswered 1"});
  CHECK(esme.session.deadline() == esme.now + 1s);
  esme.pass(1s);
  CHECK(esme.happened() ==
        Lines{"lost: the link is dead: enquire_link was not answered within 60 s"});
  CHECK(esme.said().empty());
}

TEST_CASE("any octet from the peer is a sign of life", "[session]") {
  BoundStage esme;
  esme.pass(30s);
  CHECK(esme.said() == Lines{"enquire_link 2"});
  esme.now += 59s;
  SECTION("its answer") { esme.peer(2, EnquireLinkResp{}); }
  SECTION("a message") { esme.peer(7, delivery()); }
  SECTION("half a header") { esme.peer_octets(octets("00000010 8000")); }
  esme.happened();
  esme.pass(1s);
  CHECK(esme.happened().empty());
  CHECK(esme.session.bound());
  CHECK(esme.session.stray_responses() == 0);
}

TEST_CASE("an enquiry is answered in every state", "[session]") {
  Stage esme(as_esme());
  esme.peer(5, EnquireLink{});
  esme.peer(1, welcome());
  esme.peer(6, EnquireLink{});
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  esme.session.unbind(esme.now);
  esme.peer(7, EnquireLink{});
  CHECK(esme.said() == Lines{"bind_transceiver 1", "enquire_link_resp 5", "enquire_link_resp 6",
                             "submit_sm 2", "enquire_link_resp 7"});
}

TEST_CASE("ticks that come too early or too often change nothing", "[session]") {
  BoundStage esme;
  for (int i = 0; i < 1000; ++i) esme.pass(29ms);
  CHECK(esme.said().empty());
  esme.pass(1s);
  for (int i = 0; i < 1000; ++i) esme.pass(1ms);
  CHECK(esme.said() == Lines{"enquire_link 2"});
}
