// How a session comes to be bound, or not, in both roles.
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;

TEST_CASE("an ESME binds as soon as the connection stands", "[session]") {
  const std::size_t at_once = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{1000});
  Stage esme(as_esme(), at_once);
  CHECK(esme.said() == Lines{"bind_transceiver 1"});
  CHECK_FALSE(esme.session.bound());
  esme.peer(1, welcome());
  CHECK(esme.happened() == Lines{"bound to SMSC"});
  CHECK(esme.session.bound());
  CHECK(esme.session.peer_takes_tlvs());
}

TEST_CASE("without sc_interface_version, or with an old one, no TLVs are to be sent", "[session]") {
  const auto tlvs = GENERATE(values<std::vector<std::uint8_t>>({{}, octets("0210 0001 33")}));
  Stage esme(as_esme());
  esme.peer(1, welcome(tlvs));
  CHECK(esme.happened() == Lines{"bound to SMSC, no TLVs"});
  CHECK_FALSE(esme.session.peer_takes_tlvs());
}

TEST_CASE("a bind is refused by a header that has no body", "[session]") {
  Stage esme(as_esme());
  esme.peer_octets(octets("00000010 80000009 0000000E 00000001"));
  CHECK(esme.happened() ==
        Lines{"bind refused ESME_RINVPASWD", "lost: bind refused: ESME_RINVPASWD"});
}

TEST_CASE("a generic_nack refuses a bind, even with status 0", "[session]") {
  Stage esme(as_esme());
  esme.peer(1, GenericNack{});
  CHECK(esme.happened().front() == "bind refused ESME_RUNKNOWNERR");
}

TEST_CASE("a bind response that cannot be read binds by its header", "[session]") {
  Stage esme(as_esme());
  esme.peer_octets(framed("80000009 00000000 00000001 'SMSC'"));
  const auto happened = esme.happened();
  REQUIRE(happened.size() == 2);
  CHECK(happened[0] == "bound to , no TLVs");
  CHECK_THAT(happened[1], Catch::StartsWith("garbage bind_transceiver_resp: system_id"));
}

TEST_CASE("a bind response for another bind binds nothing", "[session]") {
  Stage esme(as_esme());
  esme.peer(2, welcome());
  CHECK(esme.happened().empty());
  CHECK(esme.session.stray_responses() == 1);
}

TEST_CASE("a bind that is not answered in time is given up, and a late answer is not heard",
          "[session]") {
  Stage esme(as_esme());
  CHECK(esme.session.deadline() == esme.now + 30s);
  esme.pass(30s);
  CHECK(esme.happened() == Lines{"lost: not bound within 30 s of the connection"});
  esme.peer(1, welcome());
  CHECK(esme.happened().empty());
  CHECK_FALSE(esme.session.bound());
  CHECK_FALSE(esme.session.deadline());
}

TEST_CASE("a bind whose fields do not fit says so instead of waiting", "[session]") {
  auto settings = as_esme();
  settings.system_id = "far-too-long-a-system-id";
  Stage esme(settings);
  CHECK(esme.happened() ==
        Lines{"lost: the bind cannot be sent: system_id: longer than allowed (at most 15)"});
}

TEST_CASE("before the bind nothing is heard or sent but enquiries and the unbind", "[session]") {
  Stage esme(as_esme());
  esme.said();
  esme.peer(5, delivery());
  esme.peer(6, EnquireLink{});
  CHECK(esme.said() == Lines{"deliver_sm_resp 5 ESME_RINVBNDSTS", "enquire_link_resp 6"});
  const auto refused = esme.session.submit(submission(), 1, esme.now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().why == Refusal::Why::not_bound);
  CHECK(esme.session.room() == 0);
  esme.peer(7, Unbind{});
  CHECK(esme.said() == Lines{"unbind_resp 7"});
  CHECK(esme.happened() == Lines{"lost in order: the peer has unbound"});
}

// ---- SMSC -------------------------------------------------------------------------------------

TEST_CASE("an SMSC is asked for a bind and its owner decides", "[session]") {
  Stage smsc(as_smsc());
  CHECK(smsc.said().empty());
  Bind bind;
  bind.system_id = "pulih";
  smsc.peer(1, bind);
  CHECK(smsc.happened() == Lines{"bind requested by pulih"});
  SECTION("and accepts") {
    smsc.session.accept_bind(1, bind);
    CHECK(smsc.said() == Lines{"bind_transceiver_resp 1"});
    CHECK(smsc.session.bound());
    CHECK(smsc.session.peer_takes_tlvs());
    smsc.peer(2, bind);
    CHECK(smsc.said() == Lines{"bind_transceiver_resp 2 ESME_RALYBND"});
  }
  SECTION("and refuses") {
    smsc.session.refuse_bind(1, bind.mode, ESME_RINVPASWD);
    CHECK(smsc.said() == Lines{"bind_transceiver_resp 1 ESME_RINVPASWD"});
    CHECK(smsc.happened() == Lines{"lost in order: bind refused: ESME_RINVPASWD"});
  }
  SECTION("and does not decide in time") {
    smsc.pass(30s);
    CHECK(smsc.happened() == Lines{"lost: not bound within 30 s of the connection"});
    smsc.session.accept_bind(1, bind);
    CHECK_FALSE(smsc.session.bound());
    CHECK(smsc.said().empty());
  }
}

TEST_CASE("nobody binds an SMSC by answering in its place", "[session]") {
  Stage smsc(as_smsc());
  smsc.peer(0, welcome());
  Bind bind;
  bind.system_id = "stranger";
  smsc.peer(1, bind);
  smsc.peer(0, welcome());
  smsc.peer(1, welcome());
  CHECK(smsc.happened() == Lines{"bind requested by stranger"});
  CHECK_FALSE(smsc.session.bound());
}

TEST_CASE("an ESME of version 3.3 is answered without TLVs", "[session]") {
  Stage smsc(as_smsc());
  Bind bind;
  bind.interface_version = 0x33;
  smsc.peer(1, bind);
  smsc.session.accept_bind(1, bind);
  std::vector<std::uint8_t> output;
  smsc.session.take_output(output);
  CHECK(hexadecimal(output) == hexadecimal(framed("80000009 00000000 00000001 'SMSC' 00")));
  CHECK_FALSE(smsc.session.peer_takes_tlvs());
}

TEST_CASE("an ESME is not bound by its peer", "[session]") {
  BoundStage esme;
  esme.peer(9, Bind{});
  CHECK(esme.said() == Lines{"bind_transceiver_resp 9 ESME_RINVBNDSTS"});
  CHECK(esme.happened().empty());
}
