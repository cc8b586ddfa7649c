// Leaving in order, from either side: what is under way gets its time, what is new is refused.
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;

TEST_CASE("an idle session unbinds at once", "[session]") {
  BoundStage esme;
  esme.session.unbind(esme.now);
  CHECK(esme.said() == Lines{"unbind 2"});
  CHECK(esme.happened().empty());
  esme.peer(2, UnbindResp{});
  CHECK(esme.happened() == Lines{"lost in order: unbound"});
}

TEST_CASE("our unbind waits for responses in both directions", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  esme.peer(7, delivery());
  esme.happened();
  esme.said();
  esme.session.unbind(esme.now);
  CHECK(esme.said().empty());

  const auto refused = esme.session.submit(submission(), 2, esme.now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().why == Refusal::Why::unbinding);
  CHECK(esme.session.room() == 0);
  esme.peer(8, delivery());  // it will come again over the next bind
  CHECK(esme.said() == Lines{"deliver_sm_resp 8 ESME_RTHROTTLED"});

  esme.peer(2, SubmitSmResp{});
  CHECK(esme.happened() == Lines{"answered 1 ESME_ROK"});
  CHECK(esme.said().empty());
  esme.session.respond(CommandId::deliver_sm, 7, ESME_ROK);
  CHECK(esme.happened().empty());
  CHECK(esme.said() == Lines{"deliver_sm_resp 7", "unbind 3"});

  esme.peer(9, delivery());  // was under way when our unbind reached the peer
  CHECK(esme.said() == Lines{"deliver_sm_resp 9 ESME_RTHROTTLED"});
  esme.peer(3, UnbindResp{});
  CHECK(esme.happened() == Lines{"lost in order: unbound"});
}

TEST_CASE("the wait for the last responses has an end", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  esme.session.unbind(esme.now);
  esme.said();
  CHECK(esme.session.deadline() == esme.now + 10s);
  esme.pass(10s);
  CHECK(esme.said() == Lines{"unbind 3"});
  SECTION("with the peer's answer") {
    esme.peer(3, UnbindResp{});
    CHECK(esme.happened() == Lines{"unanswered 1", "lost in order: unbound"});
  }
  SECTION("and without") {
    esme.pass(10s);
    CHECK(esme.happened() == Lines{"unanswered 1", "lost in order: unbound, without an answer"});
  }
  SECTION("and a refusal of the unbind is an answer") {
    esme.peer(3, GenericNack{}, ESME_RINVCMDID);
    CHECK(esme.happened().back() == "lost in order: unbound");
  }
}

TEST_CASE("the peer's unbind is answered when what is under way is answered", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  esme.peer(7, delivery());
  esme.peer(8, Unbind{});
  CHECK(esme.happened() == Lines{"received deliver_sm 7"});
  CHECK(esme.said() == Lines{"submit_sm 2"});
  CHECK_FALSE(esme.session.submit(submission(), 2, esme.now));
  SECTION("by both") {
    esme.session.respond(CommandId::deliver_sm, 7, ESME_ROK);
    esme.peer(2, SubmitSmResp{});
    CHECK(esme.happened() == Lines{"answered 1 ESME_ROK", "lost in order: the peer has unbound"});
    CHECK(esme.said() == Lines{"deliver_sm_resp 7", "unbind_resp 8"});
  }
  SECTION("or its time is over") {
    esme.pass(10s);
    CHECK(esme.happened() == Lines{"unanswered 1", "lost in order: the peer has unbound"});
    CHECK(esme.said() == Lines{"unbind_resp 8"});
  }
  SECTION("or it asks once more") {
    esme.peer(9, Unbind{});
    CHECK(esme.said() == Lines{"unbind_resp 9"});
  }
}

TEST_CASE("when both unbind at once neither waits for the other", "[session]") {
  BoundStage esme;
  esme.session.unbind(esme.now);
  CHECK(esme.said() == Lines{"unbind 2"});
  esme.peer(7, Unbind{});
  CHECK(esme.said() == Lines{"unbind_resp 7"});
  CHECK(esme.happened() == Lines{"lost in order: the peer has unbound"});
}

TEST_CASE("to unbind twice is to unbind once", "[session]") {
  BoundStage esme;
  esme.session.unbind(esme.now);
  esme.now += 5s;
  esme.session.unbind(esme.now);
  CHECK(esme.said() == Lines{"unbind 2"});
  CHECK(esme.session.deadline() == esme.now + 5s);
  esme.peer(2, UnbindResp{});
  esme.happened();
  esme.session.unbind(esme.now);
  CHECK(esme.said().empty());
}

TEST_CASE("unbinding before the bind just ends", "[session]") {
  Stage esme(as_esme());
  esme.session.unbind(esme.now);
  CHECK(esme.happened() == Lines{"lost in order: closed before it was bound"});
}
