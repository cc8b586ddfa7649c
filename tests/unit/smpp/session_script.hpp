// A session on a stage: the test plays the peer and the clock, and reads what the session says and
// what happened as lines of text. Octets can reach the session whole or one at a time; a test that
// uses both finds that it makes no difference.
#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "protocols/smpp/session.hpp"
#include "protocols/smpp/status.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {

using Lines = std::vector<std::string>;

inline std::string line_of(const Happening& happening) {
  struct {
    std::string operator()(const BindRequested& it) {
      return "bind requested by " + std::string(it.bind.system_id);
    }
    std::string operator()(const Bound& it) {
      return "bound to " + it.peer + (it.peer_takes_tlvs ? "" : ", no TLVs");
    }
    std::string operator()(const BindRefused& it) {
      return "bind refused " + status_name(it.status);
    }
    std::string operator()(const Received& it) {
      return "received " + command_name(command_id(it.pdu.body)) + " " +
             std::to_string(it.pdu.sequence);
    }
    std::string operator()(const Answered& it) {
      return "answered " + std::to_string(it.correlation) + " " + status_name(it.status) +
             (it.message_id.empty() ? "" : " " + std::string(it.message_id));
    }
    std::string operator()(const Unanswered& it) {
      return "unanswered " + std::to_string(it.correlation);
    }
    std::string operator()(const Garbage& it) { return "garbage " + it.why; }
    std::string operator()(const Lost& it) {
      return (it.in_order ? "lost in order: " : "lost: ") + it.why;
    }
  } line;
  return std::visit(line, happening);
}

class Stage {
 public:
  explicit Stage(const SessionSettings& settings, std::size_t octets_at_once = 100'000)
      : session(settings), octets_at_once_(octets_at_once) {
    session.open(now);
  }

  // The peer says a PDU, or any octets.
  void peer(std::uint32_t sequence, const Body& body, std::uint32_t status = ESME_ROK) {
    std::vector<std::uint8_t> pdu;
    REQUIRE(encode({status, sequence, body}, pdu));
    peer_octets(pdu);
  }
  void peer_octets(Octets octets) {
    for (; !octets.empty(); octets = octets.subspan(std::min(octets.size(), octets_at_once_))) {
      session.receive(octets.first(std::min(octets.size(), octets_at_once_)), now);
      listen();
    }
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    session.tick(now);
  }

  // What has happened since last asked.
  Lines happened() {
    listen();
    return std::exchange(happened_, {});
  }
  // What the session has said since last asked: "deliver_sm_resp 7", with the status if it is one.
  Lines said() {
    std::vector<std::uint8_t> output;
    session.take_output(output);
    Lines lines;
    for (Octets rest = output; !rest.empty();) {
      const Frame front = frame(rest);
      REQUIRE(front.kind == Frame::Kind::whole);
      const auto pdu = decode(rest.first(front.length));
      REQUIRE(pdu);
      lines.push_back(command_name(command_id(pdu->body)) + " " + std::to_string(pdu->sequence) +
                      (pdu->status == ESME_ROK ? "" : " " + status_name(pdu->status)));
      rest = rest.subspan(front.length);
    }
    return lines;
  }

  Monotonic now{std::chrono::hours{1}};
  Session session;

 private:
  void listen() {
    while (const auto happening = session.next(now)) happened_.push_back(line_of(*happening));
  }
  const std::size_t octets_at_once_;
  Lines happened_;
};

inline SessionSettings as_esme() {
  SessionSettings settings;
  settings.system_id = "pulih";
  settings.password = "secret08";
  return settings;
}
inline SessionSettings as_smsc() {
  SessionSettings settings;
  settings.role = Role::smsc;
  settings.system_id = "SMSC";
  return settings;
}

inline BindResp welcome(Octets tlvs) { return {BindMode::transceiver, "SMSC", Tlvs(tlvs)}; }
inline BindResp welcome() {
  static const auto version = octets("0210 0001 34");
  return welcome(version);
}

// An ESME's session that is bound and has nothing left to say.
struct BoundStage : Stage {
  explicit BoundStage(const SessionSettings& settings = as_esme(),
                      std::size_t octets_at_once = 100'000)
      : Stage(settings, octets_at_once) {
    peer(1, welcome());
    REQUIRE(session.bound());
    happened();
    said();
  }
};

inline DeliverSm delivery() {
  DeliverSm message;
  message.source = {1, 1, "6281100000001"};
  message.destination = {0, 1, "8880"};
  message.short_message = octets_of("RESET");
  return message;
}
inline SubmitSm submission() {
  SubmitSm message;
  message.source = {0, 1, "8880"};
  message.destination = {1, 1, "6281100000001"};
  message.short_message = octets_of("Kode: 123456");
  return message;
}

}  // namespace pulih::smpp
