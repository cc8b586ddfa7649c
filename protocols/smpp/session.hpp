// An SMPP session without a socket and without a clock: octets and times go in, octets and
// happenings come out. It keeps the bind state, the sequence numbers, the window of requests that
// wait for their response, enquire_link and the response timer. ESME and SMSC use the same code and
// differ in who binds.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/smpp/codec.hpp"
#include "protocols/smpp/window.hpp"

namespace pulih::smpp {

enum class Role : std::uint8_t { esme, smsc };

struct SessionSettings {
  Role role = Role::esme;
  // Of the bind request (ESME only); of the system_id in the bind's response (SMSC).
  BindMode mode = BindMode::transceiver;
  std::string system_id, password, system_type;
  std::uint8_t interface_version = 0x34;

  std::chrono::milliseconds enquire_link{30'000};      // of silence, then we ask
  std::chrono::milliseconds response_timeout{60'000};  // of every request of ours
  std::size_t window = 64;                             // requests of ours without a response
  std::size_t most_unanswered = 10'000;  // requests of the peer that the owner has not answered
  std::size_t most_output = 16u << 20;   // octets that the peer has not read
  std::uint32_t most_garbage = 10;       // undecodable PDUs in a row
};

// ---- what can happen, in the order of a session's life
// ---------------------------------------------
struct BindRequested {  // SMSC: to be answered by accept_bind or refuse_bind
  std::uint32_t sequence = 0;
  Bind bind;
};
struct Bound {
  BindMode mode{};
  std::string peer;
  bool peer_takes_tlvs = true;  // without sc_interface_version none are to be sent (5.0, 2.8.3)
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
struct Garbage {  // a PDU that could not be read; it has been answered
  std::string why;
};
struct Lost {  // the session is over; the connection is to be closed when the output is written
  std::string why;
  bool in_order = false;  // by unbind, from either side
};
using Happening =
    std::variant<BindRequested, Bound, BindRefused, Received, Answered, Unanswered, Garbage, Lost>;

class Session {
 public:
  explicit Session(SessionSettings settings);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The connection stands: an ESME binds, an SMSC waits to be bound.
  void open(Monotonic now);
  void receive(Octets octets, Monotonic now);
  void tick(Monotonic now);
  // When tick is next wanted.
  std::optional<Monotonic> deadline();

  // The next thing that has happened, or nothing. What it looks at stays until the next call.
  std::optional<Happening> next(Monotonic now);

  // Sends a request; its response comes as Answered or Unanswered with this correlation. False: the
  // window is full, or this session may not send such a request now.
  bool submit(Body request, std::uint64_t correlation, Monotonic now);
  // How many more requests may wait for a response.
  std::size_t room() const;
  // Answers a request of the peer, at once or later, in any order. `request` is its command.
  void respond(CommandId request, std::uint32_t sequence, std::uint32_t status,
               std::string_view message_id = {});
  void accept_bind(std::uint32_t sequence, const Bind& bind);
  void refuse_bind(std::uint32_t sequence, BindMode mode, std::uint32_t status);
  // The connection is gone; what waited for a response is told that none will come.
  void connection_lost() { end("the connection is gone", false); }
  // No new requests; those under way get their time; then unbind and its response, then Lost.
  void unbind(Monotonic now);

  bool bound() const { return state_ == State::bound; }
  // Octets for the peer, taken over by the caller.
  bool has_output() const { return !out_.empty(); }
  void take_output(std::vector<std::uint8_t>& into);

 private:
  enum class State : std::uint8_t { closed, open, binding, bound, draining, unbinding, ended };
  void go(State next);
  bool may_receive(const Body& body) const;
  bool may_send(const Body& body) const;
  void put(std::uint32_t status, std::uint32_t sequence, Body body);
  void end(std::string why, bool in_order);
  std::uint32_t next_sequence();
  void restart_silence(Monotonic now);
  void end_if_drained(Monotonic now);

  std::optional<Happening> hear(const Pdu& pdu, Monotonic now);
  std::optional<Happening> hear_bind_response(const Pdu& pdu, const BindResp& response);
  std::optional<Happening> hear_response(const Pdu& pdu);
  std::optional<Happening> hear_request(const Pdu& pdu);
  std::optional<Happening> hear_garbage(const DecodeError& error, bool broken_stream);
  std::optional<Happening> next_late(Monotonic now);
  void drop_consumed();

  const SessionSettings settings_;
  State state_ = State::closed;
  BindMode mode_{};
  Window window_;
  std::uint32_t sequence_ = 0;
  std::uint32_t bind_sequence_ = 0;
  std::uint32_t unbind_sequence_ = 0;
  std::size_t unanswered_ = 0;  // requests of the peer
  std::uint32_t garbage_ = 0;   // in a row

  Monotonic silent_since_{};
  std::optional<Monotonic>
      patience_;  // until when the peer must have answered a bind, enquiry or unbind
  bool enquiring_ = false;
  std::optional<Lost> lost_;
  bool lost_told_ = false;

  std::vector<std::uint8_t> in_;
  std::size_t consumed_ = 0;
  std::vector<std::uint8_t> out_;
};

}  // namespace pulih::smpp
