// Requests and their responses over a bound session: the window, its order and what is refused.
#include "protocols/smpp/responses.hpp"
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;

TEST_CASE("responses find their requests in any order", "[session]") {
  const std::size_t at_once = GENERATE(std::size_t{1}, std::size_t{1000});
  BoundStage esme(as_esme(), at_once);
  for (const std::uint64_t correlation : {100u, 200u, 300u})
    REQUIRE(esme.session.submit(submission(), correlation, esme.now));
  CHECK(esme.said() == Lines{"submit_sm 2", "submit_sm 3", "submit_sm 4"});
  esme.peer(4, SubmitSmResp{.message_id = "c"});
  esme.peer(2, SubmitSmResp{.message_id = "a"});
  esme.peer(3, SubmitSmResp{}, ESME_RTHROTTLED);
  CHECK(esme.happened() == Lines{"answered 300 ESME_ROK c", "answered 100 ESME_ROK a",
                                 "answered 200 ESME_RTHROTTLED"});
}

TEST_CASE("a response counts once, and one that nobody waits for is only counted", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 100, esme.now));
  esme.peer(2, SubmitSmResp{});
  esme.peer(2, SubmitSmResp{});
  esme.peer(0x7FFFFFFF, SubmitSmResp{});
  esme.peer(0, GenericNack{}, ESME_RINVCMDID);
  CHECK(esme.happened() == Lines{"answered 100 ESME_ROK"});
  CHECK(esme.session.stray_responses() == 3);
  esme.said();
}

TEST_CASE("a generic_nack answers the request it names and never succeeds", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 100, esme.now));
  REQUIRE(esme.session.submit(submission(), 200, esme.now));
  esme.peer(2, GenericNack{}, ESME_RINVCMDID);
  esme.peer(3, GenericNack{});
  CHECK(esme.happened() == Lines{"answered 100 ESME_RINVCMDID", "answered 200 ESME_RUNKNOWNERR"});
}

TEST_CASE("a full window refuses, and each response opens it by one", "[session]") {
  auto settings = as_esme();
  settings.window = 2;
  BoundStage esme(settings);
  CHECK(esme.session.room() == 2);
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  REQUIRE(esme.session.submit(submission(), 2, esme.now));
  CHECK(esme.session.room() == 0);
  const auto refused = esme.session.submit(submission(), 3, esme.now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().why == Refusal::Why::window_full);
  esme.peer(3, SubmitSmResp{});
  CHECK(esme.happened() == Lines{"answered 2 ESME_ROK"});
  CHECK(esme.session.room() == 1);
  CHECK(esme.session.submit(submission(), 3, esme.now));
}

TEST_CASE("a request without a response is given up after its time, the others stay", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  esme.now += 20s;
  REQUIRE(esme.session.submit(submission(), 2, esme.now));
  esme.now += 20s;
  esme.peer(9, EnquireLink{});
  esme.pass(20s);
  CHECK(esme.happened() == Lines{"unanswered 1"});
  esme.peer(2, SubmitSmResp{});
  CHECK(esme.happened().empty());  // too late
  CHECK(esme.session.stray_responses() == 1);
  esme.peer(3, SubmitSmResp{});
  CHECK(esme.happened() == Lines{"answered 2 ESME_ROK"});
}

TEST_CASE("what cannot be encoded is refused with the field that is wrong", "[session]") {
  BoundStage esme;
  auto message = submission();
  message.destination.digits = "628110000000112345678901";
  const auto refused = esme.session.submit(message, 1, esme.now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().why == Refusal::Why::not_encodable);
  CHECK_THAT(refused.error().text(), Catch::StartsWith("destination_addr: longer than allowed"));
  CHECK(esme.said().empty());
  CHECK(esme.session.room() == 64);
}

TEST_CASE("the owner answers late and out of order", "[session]") {
  BoundStage esme;
  esme.peer(7, delivery());
  esme.peer(8, delivery());
  CHECK(esme.happened() == Lines{"received deliver_sm 7", "received deliver_sm 8"});
  CHECK(esme.said().empty());
  esme.session.respond(CommandId::deliver_sm, 8, ESME_ROK);
  esme.session.respond(CommandId::deliver_sm, 7, ESME_RX_T_APPN);
  CHECK(esme.said() == Lines{"deliver_sm_resp 8", "deliver_sm_resp 7 ESME_RX_T_APPN"});
}

TEST_CASE("beyond the bound of unanswered requests the session itself asks to wait", "[session]") {
  auto settings = as_esme();
  settings.most_unanswered = 2;
  BoundStage esme(settings);
  for (const std::uint32_t sequence : {1u, 2u, 3u}) esme.peer(sequence, delivery());
  CHECK(esme.happened() == Lines{"received deliver_sm 1", "received deliver_sm 2"});
  CHECK(esme.said() == Lines{"deliver_sm_resp 3 ESME_RTHROTTLED"});
  esme.session.respond(CommandId::deliver_sm, 1, ESME_ROK);
  esme.peer(4, delivery());
  CHECK(esme.happened() == Lines{"received deliver_sm 4"});
}

TEST_CASE("a bind that only receives sends no messages, and one that only sends hears none",
          "[session]") {
  auto settings = as_esme();
  settings.mode = GENERATE(BindMode::receiver, BindMode::transmitter);
  Stage esme(settings);
  esme.peer(1, BindResp{.mode = settings.mode, .system_id = "SMSC"});
  esme.said();
  const bool receives = settings.mode == BindMode::receiver;
  esme.peer(7, delivery());
  CHECK(esme.said() == (receives ? Lines{} : Lines{"deliver_sm_resp 7 ESME_RINVBNDSTS"}));
  const auto sent = esme.session.submit(submission(), 1, esme.now);
  CHECK(sent.has_value() == !receives);
  if (!sent) CHECK(sent.error().why == Refusal::Why::not_allowed);
}

TEST_CASE("a submit_sm from the SMSC is not permitted", "[session]") {
  BoundStage esme;
  esme.peer(7, submission());
  CHECK(esme.said() == Lines{"submit_sm_resp 7 ESME_RINVBNDSTS"});
}

TEST_CASE("binds, unbinds and enquiries are the session's own and not submitted", "[session]") {
  BoundStage esme;
  const Body request = GENERATE(Body{Bind{}}, Body{Unbind{}}, Body{EnquireLink{}}, Body{Outbind{}},
                                Body{SubmitSmResp{}}, Body{GenericNack{}}, Body{Unknown{}});
  const auto refused = esme.session.submit(request, 1, esme.now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().why == Refusal::Why::not_allowed);
}

TEST_CASE("an alert_notification is heard and has no response", "[session]") {
  BoundStage esme;
  esme.peer(7, AlertNotification{});
  CHECK(esme.happened() == Lines{"received alert_notification 7"});
  esme.session.unbind(esme.now);
  CHECK(esme.said() == Lines{"unbind 2"});  // nothing was left to be answered
}

TEST_CASE("a message_id that cannot be sent is answered as our own failure", "[session]") {
  BoundStage esme;
  esme.peer(7, delivery());
  esme.happened();
  esme.session.respond(CommandId::deliver_sm, 7, ESME_ROK, std::string(65, 'x'));
  CHECK(esme.said() == Lines{"deliver_sm_resp 7 ESME_RSYSERR"});
}

TEST_CASE("a peer that does not read is left when the output has reached its bound", "[session]") {
  auto settings = as_esme();
  settings.most_output = 1000;
  BoundStage esme(settings);
  for (std::uint32_t sequence = 1; sequence <= 100; ++sequence) esme.peer(sequence, EnquireLink{});
  const auto happened = esme.happened();
  REQUIRE(happened.size() == 1);
  CHECK_THAT(happened[0], Catch::StartsWith("lost: the peer does not read"));
}

TEST_CASE("what waits for a response is told before the loss of the connection", "[session]") {
  BoundStage esme;
  REQUIRE(esme.session.submit(submission(), 1, esme.now));
  REQUIRE(esme.session.submit(submission(), 2, esme.now));
  esme.session.connection_lost("reset by peer");
  CHECK(esme.happened() == Lines{"unanswered 1", "unanswered 2", "lost: reset by peer"});
  CHECK(esme.happened().empty());
  CHECK_FALSE(esme.session.submit(submission(), 3, esme.now));
}

TEST_CASE("each request has the response that SMPP names for it", "[session]") {
  using enum CommandId;
  const CommandId request =
      GENERATE(bind_receiver, bind_transmitter, bind_transceiver, query_sm, submit_sm, deliver_sm,
               unbind, replace_sm, cancel_sm, enquire_link, submit_multi, data_sm);
  CHECK(command_id(response_to(request)) == (static_cast<std::uint32_t>(request) | 0x80000000));
  CHECK(command_id(response_to(alert_notification)) == static_cast<std::uint32_t>(generic_nack));
}
