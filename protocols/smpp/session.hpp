// An SMPP session without a socket and without a clock: octets and times go in, octets and
// happenings come out. It keeps the bind state, the sequence numbers, the window of requests that
// wait for their response, enquire_link and the response timer. ESME and SMSC use the same code and
// differ in who binds. What it buffers is bounded and wiped after use: it carries codes and
// passwords.
//
//   session.receive(octets, now);                      // or tick(now), submit(…), respond(…)
//   while (auto happening = session.next(now)) …       // until nothing is left
//   session.take_output(octets_for_the_peer);
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/states.hpp"
#include "protocols/smpp/timers.hpp"
#include "protocols/smpp/window.hpp"

namespace pulih::smpp {

// Copied, never moved: each copy wipes its password.
struct SessionSettings {
  Role role = Role::esme;
  // Of the bind request (ESME only); of the system_id in the bind's response (SMSC).
  BindMode mode = BindMode::transceiver;
  std::string system_id{}, password{}, system_type{};
  std::uint8_t interface_version = 0x34;

  std::chrono::milliseconds bind_timeout{30'000};      // from the connection to being bound
  std::chrono::milliseconds enquire_link{30'000};      // of silence, then we ask
  std::chrono::milliseconds response_timeout{60'000};  // of every request of ours
  // For requests under way when either side unbinds, and again for the unbind's response.
  std::chrono::milliseconds drain_timeout{10'000};
  std::size_t window = 64;               // requests of ours without a response
  std::size_t most_unanswered = 10'000;  // requests of the peer that the owner has not answered
  std::size_t most_output = 16u << 20;   // octets that the peer has not read
  std::uint32_t most_garbage = 10;       // undecodable PDUs in a row

  ~SessionSettings();
};

// ---- what can happen, in the order of a session's life ----------------------------------------
struct BindRequested {  // SMSC: to be answered by accept_bind or refuse_bind
  std::uint32_t sequence = 0;
  Bind bind;  // looks into the session's buffer
};
struct Bound {  // ESME
  BindMode mode{};
  std::string peer;
  bool peer_takes_tlvs = true;
};
struct BindRefused {
  std::uint32_t status = 0;
};
struct Received {  // a request, to be answered by respond(); looks into the session's buffer
  Pdu pdu;
};
struct Answered {
  std::uint64_t correlation = 0;
  std::uint32_t status = 0;
  std::string_view message_id;  // looks into the session's buffer
  Tlvs tlvs;
};
struct Unanswered {  // nobody knows whether the peer acted on it
  std::uint64_t correlation = 0;
};
struct Garbage {  // a PDU that could not be read; it has been answered, unless it is a response
  std::string why;
};
struct Lost {  // the session is over; the connection is to be closed when the output is written
  std::string why;
  bool in_order = false;  // by unbind, from either side
};
using Happening =
    std::variant<BindRequested, Bound, BindRefused, Received, Answered, Unanswered, Garbage, Lost>;

// Why a request was not sent.
struct Refusal {
  enum class Why : std::uint8_t { not_bound, unbinding, not_allowed, window_full, not_encodable };
  Why why{};
  EncodeError fault{};  // of not_encodable
  std::string text() const;
};

// Sees every PDU of a session as it stood on the wire, secrets and all: it masks them first.
class Tap {
 public:
  enum class Direction : std::uint8_t { from_peer, to_peer };
  virtual ~Tap() = default;
  virtual void seen(Direction direction, Octets pdu) = 0;
};

class Session {
 public:
  explicit Session(const SessionSettings& settings);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The connection stands: an ESME binds, an SMSC waits to be bound.
  void open(Monotonic now);
  void receive(Octets octets, Monotonic now);
  void tick(Monotonic now);
  // When tick is next wanted.
  std::optional<Monotonic> deadline();

  // The next thing that has happened, or nothing. What it looks at stays until the next call. Of
  // the input no more is kept then than one PDU that is not whole yet.
  std::optional<Happening> next(Monotonic now);

  // Sends a request and returns its sequence number; its response comes as Answered or Unanswered
  // with this correlation (alert_notification has none).
  tl::expected<std::uint32_t, Refusal> submit(Body request, std::uint64_t correlation,
                                              Monotonic now);
  // How many more requests may wait for a response.
  std::size_t room() const;
  // Answers a request of the peer, at once or later, in any order. `request` is its command.
  void respond(CommandId request, std::uint32_t sequence, std::uint32_t status,
               std::string_view message_id = {});
  // Of `bind` only the mode and the version matter.
  void accept_bind(std::uint32_t sequence, const Bind& bind);
  void refuse_bind(std::uint32_t sequence, BindMode mode, std::uint32_t status);
  // The connection is gone; what waited for a response is told that none will come.
  void connection_lost(std::string_view why = "the connection is gone") {
    end(std::string(why), false);
  }
  // No new requests; those under way get their time; then unbind and its response, then Lost.
  void unbind(Monotonic now);

  bool bound() const { return state_ == State::bound; }
  // Without sc_interface_version, or bound by an older version, none are to be sent (SMPP 3.4,
  // 3.4; 5.0, 2.8.3).
  bool peer_takes_tlvs() const { return peer_takes_tlvs_; }
  // Every PDU from now on; nullptr: none any more. It outlives the session or is taken off.
  void tap(Tap* tap) { tap_ = tap; }
  // Responses that nobody waited for: too late, repeated or invented.
  std::uint64_t stray_responses() const { return stray_responses_; }
  // Octets for the peer, taken over by the caller, who wipes them after use.
  bool has_output() const { return !out_.empty(); }
  void take_output(std::vector<std::uint8_t>& into);

 private:
  void go(State next);
  bool leaving() const;
  tl::expected<void, EncodeError> put(std::uint32_t status, std::uint32_t sequence, Body body);
  void answer(CommandId request, std::uint32_t sequence, std::uint32_t status,
              std::string_view message_id = {});
  void end(std::string why, bool in_order);
  std::uint32_t next_sequence();

  std::optional<Happening> hear_input(Monotonic now);
  std::optional<Happening> hear(const Pdu& pdu, Monotonic now);
  std::optional<Happening> hear_response(const Pdu& pdu);
  std::optional<Happening> hear_bind_response(const Pdu& pdu);
  std::optional<Happening> hear_request(const Pdu& pdu, Monotonic now);
  std::optional<Happening> hear_unreadable(Octets octets, const DecodeError& error, Monotonic now);
  void hear_unbind(std::uint32_t sequence, Monotonic now);
  void drop_consumed();

  void finish_draining(Monotonic now);
  void send_unbind(Monotonic now);
  void answer_unbind();

  SessionSettings settings_;
  State state_ = State::closed;
  BindMode mode_{};
  bool peer_takes_tlvs_ = false;
  Timers timers_;
  Window window_;
  std::uint32_t sequence_ = 0;         // the last one used
  std::uint32_t bind_sequence_ = 0;    // of our bind
  std::uint32_t unbind_sequence_ = 0;  // of our unbind, or of the peer's while parting
  std::size_t unanswered_ = 0;         // requests of the peer
  std::uint32_t garbage_ = 0;          // in a row
  std::uint64_t stray_responses_ = 0;

  std::optional<Garbage> garbage_to_tell_;
  std::optional<Lost> lost_;
  bool lost_told_ = false;
  Tap* tap_ = nullptr;

  std::vector<std::uint8_t> in_;
  std::size_t consumed_ = 0;  // octets of in_
  std::vector<std::uint8_t> out_;
};

}  // namespace pulih::smpp
