// See session.hpp. In the order of a session's life: it opens, binds, hears and sends, and ends.
// Which command is allowed in which state and direction stands in one table (SMPP 3.4, 2.2 and
// table 2-1).
#include "protocols/smpp/session.hpp"

#include <string.h>

#include <array>
#include <cassert>

#include "protocols/smpp/status.hpp"

namespace pulih::smpp {
namespace {

constexpr std::uint32_t response_bit = 0x80000000;

// Who may send which request once a session is bound, and over which kind of bind.
enum Sender : std::uint8_t { by_esme = 1, by_smsc = 2 };
enum Over : std::uint8_t { transmitter = 1, receiver = 2, transceiver = 4 };
struct Allowed {
  CommandId command;
  std::uint8_t senders;
  std::uint8_t over;
};
constexpr std::array<Allowed, 9> allowed_when_bound = {{
    {CommandId::deliver_sm, by_smsc, receiver | transceiver},
    {CommandId::submit_sm, by_esme, transmitter | transceiver},
    {CommandId::data_sm, by_esme | by_smsc, transmitter | receiver | transceiver},
    {CommandId::submit_multi, by_esme, transmitter | transceiver},
    {CommandId::query_sm, by_esme, transmitter | transceiver},
    {CommandId::cancel_sm, by_esme, transmitter | transceiver},
    {CommandId::replace_sm, by_esme, transmitter | transceiver},
    {CommandId::alert_notification, by_smsc, receiver | transceiver},
    {CommandId::enquire_link, by_esme | by_smsc, transmitter | receiver | transceiver},
}};

bool allowed(std::uint32_t command, Sender sender, BindMode mode) {
  const std::uint8_t over = mode == BindMode::transmitter ? transmitter
                            : mode == BindMode::receiver  ? receiver
                                                          : transceiver;
  for (const auto& row : allowed_when_bound)
    if (static_cast<std::uint32_t>(row.command) == command)
      return (row.senders & sender) != 0 && (row.over & over) != 0;
  return false;
}

std::string_view message_id_of(const Body& body) {
  return std::visit(
      [](const auto& pdu) -> std::string_view {
        if constexpr (requires { pdu.unsuccessful; })
          return pdu.message_id;
        else if constexpr (requires {
                             pdu.message_id;
                             pdu.tlvs;
                           })
          return pdu.message_id;
        else
          return {};
      },
      body);
}

Tlvs tlvs_of(const Body& body) {
  return std::visit(
      [](const auto& pdu) -> Tlvs {
        if constexpr (requires { pdu.tlvs; })
          return pdu.tlvs;
        else
          return {};
      },
      body);
}

}  // namespace

Session::Session(SessionSettings settings)
    : settings_(std::move(settings)), window_(settings_.window) {}

// What went through the buffers may have been a code or a password.
Session::~Session() {
  explicit_bzero(in_.data(), in_.size());
  explicit_bzero(out_.data(), out_.size());
}

void Session::go(State next) { state_ = next; }

// ---- opening and binding
// -------------------------------------------------------------------------------

void Session::open(Monotonic now) {
  go(State::open);
  restart_silence(now);
  patience_ = now + settings_.response_timeout;
  if (settings_.role == Role::smsc) return;
  Bind bind;
  bind.mode = settings_.mode;
  bind.system_id = settings_.system_id;
  bind.password = settings_.password;
  bind.system_type = settings_.system_type;
  bind.interface_version = settings_.interface_version;
  bind_sequence_ = next_sequence();
  mode_ = settings_.mode;
  go(State::binding);
  put(ESME_ROK, bind_sequence_, bind);
}

void Session::accept_bind(std::uint32_t sequence, const Bind& bind) {
  TlvWriter tlvs;
  tlvs.put8(tag::sc_interface_version, 0x34);
  BindResp response;
  response.mode = mode_ = bind.mode;
  response.system_id = settings_.system_id;
  response.tlvs = tlvs.tlvs();
  put(ESME_ROK, sequence, response);
  patience_.reset();
  go(State::bound);
}

void Session::refuse_bind(std::uint32_t sequence, BindMode mode, std::uint32_t status) {
  BindResp response;
  response.mode = mode;
  put(status, sequence, response);
  end("bind refused: " + status_name(status), true);
}

std::optional<Happening> Session::hear_bind_response(const Pdu& pdu, const BindResp& response) {
  if (state_ != State::binding || pdu.sequence != bind_sequence_) return std::nullopt;
  patience_.reset();
  if (pdu.status != ESME_ROK) {
    end("bind refused: " + status_name(pdu.status), false);
    return BindRefused{pdu.status};
  }
  go(State::bound);
  return Bound{mode_, std::string(response.system_id),
               response.tlvs.find(tag::sc_interface_version).value.data() != nullptr};
}

// ---- hearing
// ---------------------------------------------------------------------------------------------

void Session::receive(Octets octets, Monotonic now) {
  drop_consumed();
  in_.insert(in_.end(), octets.begin(), octets.end());
  restart_silence(now);
}

void Session::drop_consumed() {
  if (consumed_ == 0) return;
  explicit_bzero(in_.data(), consumed_);
  in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(consumed_));
  consumed_ = 0;
}

void Session::restart_silence(Monotonic now) {
  silent_since_ = now;
  if (enquiring_) {
    enquiring_ = false;
    patience_.reset();
  }
}

std::optional<Happening> Session::next(Monotonic now) {
  while (state_ != State::ended && state_ != State::closed) {
    const Octets rest = Octets(in_).subspan(consumed_);
    const Frame front = frame(rest);
    if (front.kind == Frame::Kind::need_more) break;
    if (front.kind == Frame::Kind::broken) {
      DecodeError error;
      error.field = "command_length";
      error.what = "out of bounds";
      error.status = ESME_RINVCMDLEN;
      return hear_garbage(error, true);
    }
    consumed_ += front.length;
    const auto pdu = decode(rest.first(front.length));
    auto happening = pdu ? hear(*pdu, now) : hear_garbage(pdu.error(), false);
    if (pdu) garbage_ = 0;
    if (happening) return happening;
  }
  if (auto late = next_late(now)) return late;
  end_if_drained(now);
  if (!lost_ || lost_told_) return std::nullopt;
  // Whoever waits for a response is told first that none will come.
  if (const auto waiting = window_.take_oldest()) return Unanswered{waiting->correlation};
  lost_told_ = true;
  return *lost_;
}

std::optional<Happening> Session::hear(const Pdu& pdu, Monotonic now) {
  if (const auto* response = std::get_if<BindResp>(&pdu.body))
    return hear_bind_response(pdu, *response);
  if (command_id(pdu.body) & response_bit) {
    auto happening = hear_response(pdu);
    end_if_drained(now);
    return happening;
  }
  return hear_request(pdu);
}

std::optional<Happening> Session::hear_response(const Pdu& pdu) {
  if (std::holds_alternative<UnbindResp>(pdu.body) && pdu.sequence == unbind_sequence_ &&
      state_ == State::unbinding) {
    end("unbound", true);
    return std::nullopt;
  }
  if (state_ == State::binding && pdu.sequence == bind_sequence_) {  // generic_nack to a bind
    end("bind refused: " + status_name(pdu.status), false);
    return BindRefused{pdu.status};
  }
  const auto waiting = window_.take(pdu.sequence);
  if (!waiting) return std::nullopt;  // late, or never asked for: nobody waits
  return Answered{waiting->correlation, pdu.status, message_id_of(pdu.body), tlvs_of(pdu.body)};
}

std::optional<Happening> Session::hear_request(const Pdu& pdu) {
  const auto command = static_cast<CommandId>(command_id(pdu.body));
  if (std::holds_alternative<Unknown>(pdu.body)) {
    put(ESME_RINVCMDID, pdu.sequence, GenericNack{});
    return std::nullopt;
  }
  if (std::holds_alternative<EnquireLink>(pdu.body)) {
    put(ESME_ROK, pdu.sequence, EnquireLinkResp{});
    return std::nullopt;
  }
  if (std::holds_alternative<Unbind>(pdu.body)) {
    put(ESME_ROK, pdu.sequence, UnbindResp{});
    end("the peer has unbound", true);
    return std::nullopt;
  }
  if (const auto* bind = std::get_if<Bind>(&pdu.body)) {
    if (settings_.role == Role::smsc && state_ == State::open) {
      go(State::binding);
      return BindRequested{pdu.sequence, *bind};
    }
    BindResp refusal;
    refusal.mode = bind->mode;
    put(state_ == State::bound ? ESME_RALYBND : ESME_RINVBNDSTS, pdu.sequence, refusal);
    return std::nullopt;
  }
  if (std::holds_alternative<Outbind>(pdu.body)) return std::nullopt;  // we bind by ourselves
  if (!may_receive(pdu.body)) {
    ++unanswered_;
    respond(command, pdu.sequence, ESME_RINVBNDSTS);
    return std::nullopt;
  }
  if (std::holds_alternative<AlertNotification>(pdu.body)) return Received{pdu};  // has no response
  ++unanswered_;
  if (unanswered_ > settings_.most_unanswered) {
    respond(command, pdu.sequence, ESME_RTHROTTLED);
    return std::nullopt;
  }
  return Received{pdu};
}

bool Session::may_receive(const Body& body) const {
  if (state_ != State::bound && state_ != State::draining) return false;
  return allowed(command_id(body), settings_.role == Role::esme ? by_smsc : by_esme, mode_);
}

bool Session::may_send(const Body& body) const {
  if (state_ != State::bound) return false;
  return allowed(command_id(body), settings_.role == Role::esme ? by_esme : by_smsc, mode_);
}

// A request that cannot be read is answered with what is wrong with it; a response never is, but
// frees its place in the window. A stream that has lost its frames, or a peer that sends nothing
// but garbage, is left.
std::optional<Happening> Session::hear_garbage(const DecodeError& error, bool broken_stream) {
  const bool response = (error.command_id & response_bit) != 0;
  if (response && !broken_stream) {
    if (const auto waiting = window_.take(error.sequence)) return Unanswered{waiting->correlation};
  } else {
    const bool answerable = !broken_stream && error.command_id != 0;
    if (answerable) {
      ++unanswered_;
      respond(static_cast<CommandId>(error.command_id), error.sequence, error.status);
    } else {
      put(error.status, error.sequence, GenericNack{});
    }
  }
  if (broken_stream) {
    end("the stream cannot be followed: " + error.text(), false);
  } else if (++garbage_ >= settings_.most_garbage) {
    put(ESME_ROK, next_sequence(), Unbind{});
    end("nothing but PDUs that cannot be read: " + error.text(), false);
  }
  return Garbage{error.text()};
}

// ---- sending
// ---------------------------------------------------------------------------------------------

std::uint32_t Session::next_sequence() {
  sequence_ = sequence_ == 0x7FFFFFFF ? 1 : sequence_ + 1;  // 3.4, 3.2: 1 … 0x7FFFFFFF
  return sequence_;
}

bool Session::submit(Body request, std::uint64_t correlation, Monotonic now) {
  const std::uint32_t next = sequence_ == 0x7FFFFFFF ? 1 : sequence_ + 1;
  if (!may_send(request) || window_.full(next)) return false;
  const auto before = out_.size();
  put(ESME_ROK, next, std::move(request));
  if (out_.size() == before) return false;  // it could not be encoded: the owner's mistake
  next_sequence();
  window_.add(next, {correlation, now + settings_.response_timeout});
  return true;
}

std::size_t Session::room() const { return state_ == State::bound ? window_.room() : 0; }

void Session::respond(CommandId request, std::uint32_t sequence, std::uint32_t status,
                      std::string_view message_id) {
  if (state_ == State::ended) return;
  if (unanswered_ > 0) --unanswered_;
  switch (request) {
    case CommandId::deliver_sm:
      return put(status, sequence, DeliverSmResp{message_id, {}});
    case CommandId::submit_sm:
      return put(status, sequence, SubmitSmResp{message_id, {}});
    case CommandId::data_sm:
      return put(status, sequence, DataSmResp{message_id, {}});
    case CommandId::submit_multi:
      return put(status, sequence, SubmitMultiResp{message_id, {}, {}});
    case CommandId::query_sm:
      return put(status, sequence, QuerySmResp{});
    case CommandId::cancel_sm:
      return put(status, sequence, CancelSmResp{});
    case CommandId::replace_sm:
      return put(status, sequence, ReplaceSmResp{});
    default:
      return put(status, sequence, GenericNack{});
  }
}

void Session::put(std::uint32_t status, std::uint32_t sequence, Body body) {
  if (state_ == State::ended) return;
  Pdu pdu;
  pdu.status = status;
  pdu.sequence = sequence;
  pdu.body = std::move(body);
  (void)encode(pdu, out_);  // a refusal leaves the output as it was; submit() looks at that
  if (out_.size() > settings_.most_output) end("the peer does not read what it is sent", false);
}

void Session::take_output(std::vector<std::uint8_t>& into) {
  into.clear();
  std::swap(into, out_);
}

// ---- time
// --------------------------------------------------------------------------------------------------

std::optional<Monotonic> Session::deadline() {
  if (state_ == State::ended || state_ == State::closed) return std::nullopt;
  auto next = silent_since_ + settings_.enquire_link;
  if (enquiring_ || state_ != State::bound) next = Monotonic::max();
  if (patience_) next = std::min(next, *patience_);
  if (const auto first = window_.next_deadline()) next = std::min(next, *first);
  return next;
}

void Session::tick(Monotonic now) {
  if (state_ == State::ended || state_ == State::closed) return;
  if (patience_ && now >= *patience_) {
    return end(enquiring_                   ? "the link is dead: enquire_link was not answered"
               : state_ == State::unbinding ? "unbind was not answered"
               : state_ == State::draining  ? "unbound with requests unanswered"
                                            : "the bind took too long",
               state_ == State::unbinding || state_ == State::draining);
  }
  if (state_ == State::bound && !enquiring_ && now - silent_since_ >= settings_.enquire_link) {
    put(ESME_ROK, next_sequence(), EnquireLink{});
    enquiring_ = true;
    patience_ = now + settings_.response_timeout;
  }
}

std::optional<Happening> Session::next_late(Monotonic now) {
  if (const auto late = window_.take_late(now)) return Unanswered{late->correlation};
  return std::nullopt;
}

// ---- ending
// ------------------------------------------------------------------------------------------------

void Session::unbind(Monotonic now) {
  if (state_ != State::bound) return end("closed before it was bound", true);
  enquiring_ = false;
  patience_ = now + settings_.response_timeout;
  go(State::draining);
  end_if_drained(now);
}

void Session::end_if_drained(Monotonic now) {
  if (state_ != State::draining || window_.size() != 0 || unanswered_ != 0) return;
  unbind_sequence_ = next_sequence();
  put(ESME_ROK, unbind_sequence_, Unbind{});
  patience_ = now + settings_.response_timeout;
  go(State::unbinding);
}

void Session::end(std::string why, bool in_order) {
  if (state_ == State::ended) return;
  lost_ = Lost{std::move(why), in_order};
  go(State::ended);
}

}  // namespace pulih::smpp
