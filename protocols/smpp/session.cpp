// See session.hpp. In the order of a session's life: it opens, binds, hears, sends, and ends. What
// is allowed in which state stands in states.cpp.
#include "protocols/smpp/session.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include "protocols/smpp/responses.hpp"
#include "protocols/smpp/status.hpp"
#include "protocols/smpp/wiping.hpp"

namespace pulih::smpp {
namespace {

// From this version on optional parameters exist (SMPP 3.4, 5.2.4).
constexpr std::uint8_t version_with_tlvs = 0x34;

std::string seconds_of(std::chrono::milliseconds time) {
  return std::to_string(time.count() / 1000) + " s";
}

}  // namespace

SessionSettings::~SessionSettings() {
  password.resize(password.capacity());
  explicit_bzero(password.data(), password.size());
}

std::string Refusal::text() const {
  switch (why) {
    case Why::not_bound:
      return "not bound";
    case Why::unbinding:
      return "unbinding: no new requests";
    case Why::not_allowed:
      return "not allowed in this role or over this kind of bind";
    case Why::window_full:
      return "as many requests as the window holds wait for their response";
    case Why::not_encodable:
      return fault.text();
  }
  return {};
}

Session::Session(const SessionSettings& settings)
    : settings_(settings),
      timers_(settings.enquire_link, settings.response_timeout),
      window_(settings.window) {}

Session::~Session() {
  wipe(in_);
  wipe(out_);
}

void Session::go(State next) {
  if (!may_follow(state_, next)) std::abort();  // a mistake of ours, never the peer's
  state_ = next;
}

// ---- opening and binding ----------------------------------------------------------------------

void Session::open(Monotonic now) {
  go(State::open);
  timers_.heard(now);
  timers_.begin_step(now + settings_.bind_timeout);
  if (settings_.role == Role::smsc) return;
  Bind bind;
  bind.mode = mode_ = settings_.mode;
  bind.system_id = settings_.system_id;
  bind.password = settings_.password;
  bind.system_type = settings_.system_type;
  bind.interface_version = settings_.interface_version;
  bind_sequence_ = next_sequence();
  go(State::binding);
  const auto sent = put(ESME_ROK, bind_sequence_, bind);
  if (!sent) end("the bind cannot be sent: " + sent.error().text(), false);
}

void Session::accept_bind(std::uint32_t sequence, const Bind& bind) {
  if (settings_.role != Role::smsc || state_ != State::binding) return;
  peer_takes_tlvs_ = bind.interface_version >= version_with_tlvs;
  TlvWriter tlvs;
  if (peer_takes_tlvs_) tlvs.put8(tag::sc_interface_version, settings_.interface_version);
  BindResp response;
  response.mode = mode_ = bind.mode;
  response.system_id = settings_.system_id;
  response.tlvs = tlvs.tlvs();
  timers_.end_step();
  go(State::bound);
  const auto sent = put(ESME_ROK, sequence, response);
  if (!sent) end("the bind cannot be answered: " + sent.error().text(), false);
}

void Session::refuse_bind(std::uint32_t sequence, BindMode mode, std::uint32_t status) {
  if (settings_.role != Role::smsc || state_ != State::binding) return;
  BindResp response;
  response.mode = mode;
  (void)put(status, sequence, response);  // a header, which always can be encoded
  end("bind refused: " + status_name(status), true);
}

std::optional<Happening> Session::hear_bind_response(const Pdu& pdu) {
  const auto* const response = std::get_if<BindResp>(&pdu.body);
  const std::uint32_t status = response ? pdu.status : status_of(pdu);
  if (!response || status != ESME_ROK) {
    end("bind refused: " + status_name(status), false);
    return BindRefused{status};
  }
  peer_takes_tlvs_ =
      response->tlvs.get8(tag::sc_interface_version).value_or(0) >= version_with_tlvs;
  timers_.end_step();
  go(State::bound);
  return Bound{mode_, std::string(response->system_id), peer_takes_tlvs_};
}

// ---- hearing ----------------------------------------------------------------------------------

void Session::receive(Octets octets, Monotonic now) {
  if (state_ == State::closed || state_ == State::ended) return;
  append(in_, octets);
  timers_.heard(now);
}

// Also what is left when the session has ended: nobody will hear it.
void Session::drop_consumed() {
  if (state_ == State::ended) consumed_ = in_.size();
  if (consumed_ != 0) drop_front(in_, consumed_);
  consumed_ = 0;
}

std::optional<Happening> Session::next(Monotonic now) {
  if (auto happening = hear_input(now)) return happening;
  drop_consumed();
  if (const auto late = window_.take_late(now)) return Unanswered{late->correlation};
  if (!lost_ || lost_told_) return std::nullopt;
  // Whoever waits for a response is told first that none will come.
  if (const auto waiting = window_.take_oldest()) return Unanswered{waiting->correlation};
  lost_told_ = true;
  return *lost_;
}

std::optional<Happening> Session::hear_input(Monotonic now) {
  for (;;) {
    if (garbage_to_tell_) return *std::exchange(garbage_to_tell_, std::nullopt);
    finish_draining(now);  // before each PDU, so that it does not matter how the octets are cut
    if (state_ == State::ended) return std::nullopt;
    const Octets rest = Octets(in_).subspan(consumed_);
    const Frame front = frame(rest);
    if (front.kind == Frame::Kind::need_more) return std::nullopt;
    if (front.kind == Frame::Kind::broken) {
      (void)put(ESME_RINVCMDLEN, 0, GenericNack{});  // 3.4, 4.3.1: sequence 0 if it is not known
      end("the stream cannot be followed: command_length " + std::to_string(front.length) +
              " is not within 16 and " + std::to_string(longest_pdu),
          false);
      return std::nullopt;
    }
    consumed_ += front.length;
    const Octets octets = rest.first(front.length);
    if (tap_) tap_->seen(Tap::Direction::from_peer, octets);
    const auto pdu = decode(octets);
    if (pdu) garbage_ = 0;
    auto happening = pdu ? hear(*pdu, now) : hear_unreadable(octets, pdu.error(), now);
    if (happening) return happening;
  }
}

std::optional<Happening> Session::hear(const Pdu& pdu, Monotonic now) {
  return is_response(command_id(pdu.body)) ? hear_response(pdu) : hear_request(pdu, now);
}

std::optional<Happening> Session::hear_response(const Pdu& pdu) {
  if (settings_.role == Role::esme && state_ == State::binding && pdu.sequence == bind_sequence_)
    return hear_bind_response(pdu);
  if (state_ == State::unbinding && pdu.sequence == unbind_sequence_) {
    end("unbound", true);
    return std::nullopt;
  }
  if (std::holds_alternative<EnquireLinkResp>(pdu.body)) return std::nullopt;  // it came: enough
  const auto waiting = window_.take(pdu.sequence);
  if (!waiting) {
    ++stray_responses_;
    return std::nullopt;
  }
  return Answered{waiting->correlation, status_of(pdu), message_id_of(pdu.body), tlvs_of(pdu.body)};
}

std::optional<Happening> Session::hear_request(const Pdu& pdu, Monotonic now) {
  if (std::holds_alternative<Unknown>(pdu.body)) {
    (void)put(ESME_RINVCMDID, pdu.sequence, GenericNack{});
    return std::nullopt;
  }
  const auto command = static_cast<CommandId>(command_id(pdu.body));
  const Role peer = settings_.role == Role::esme ? Role::smsc : Role::esme;
  if (const auto refused = verdict(command, peer, state_, mode_); refused != ESME_ROK) {
    answer(command, pdu.sequence, refused);
    return std::nullopt;
  }
  switch (command) {
    case CommandId::enquire_link:
      (void)put(ESME_ROK, pdu.sequence, EnquireLinkResp{});
      return std::nullopt;
    case CommandId::unbind:
      hear_unbind(pdu.sequence, now);
      return std::nullopt;
    case CommandId::bind_receiver:
    case CommandId::bind_transmitter:
    case CommandId::bind_transceiver:
      go(State::binding);
      return BindRequested{pdu.sequence, std::get<Bind>(pdu.body)};
    case CommandId::outbind:  // we bind by ourselves
      return std::nullopt;
    case CommandId::alert_notification:  // has no response
      return Received{pdu};
    default:
      break;
  }
  if (unanswered_ >= settings_.most_unanswered) {
    answer(command, pdu.sequence, ESME_RTHROTTLED);
    return std::nullopt;
  }
  ++unanswered_;
  return Received{pdu};
}

// A request that cannot be read is answered with what is wrong with it. A response never is, but
// its header still says which request it answers. A peer that sends nothing else is left.
std::optional<Happening> Session::hear_unreadable(Octets octets, const DecodeError& error,
                                                  Monotonic now) {
  garbage_to_tell_ = Garbage{error.text()};
  std::optional<Happening> happening;
  if (is_response(error.command_id)) {
    std::array<std::uint8_t, header_octets> header{0, 0, 0, header_octets};
    std::copy(octets.begin() + 4, octets.begin() + header_octets, header.begin() + 4);
    if (const auto pdu = decode(header)) happening = hear(*pdu, now);
  } else {
    answer(static_cast<CommandId>(error.command_id), error.sequence, error.status);
  }
  if (++garbage_ >= settings_.most_garbage) {
    (void)put(ESME_ROK, next_sequence(), Unbind{});
    end("nothing but PDUs that cannot be read, the last: " + error.text(), false);
  }
  return happening;
}

// ---- sending ----------------------------------------------------------------------------------

std::uint32_t Session::next_sequence() {
  sequence_ = window_.free_from(sequence_after(sequence_));
  return sequence_;
}

tl::expected<std::uint32_t, Refusal> Session::submit(Body request, std::uint64_t correlation,
                                                     Monotonic now) {
  using enum Refusal::Why;
  const auto command = static_cast<CommandId>(command_id(request));
  if (state_ != State::bound) return tl::unexpected(Refusal{leaving() ? unbinding : not_bound});
  if (!may_submit(command, settings_.role, mode_)) return tl::unexpected(Refusal{not_allowed});
  if (window_.full()) return tl::unexpected(Refusal{window_full});
  const std::uint32_t sequence = next_sequence();
  const auto sent = put(ESME_ROK, sequence, std::move(request));
  if (!sent) return tl::unexpected(Refusal{not_encodable, sent.error()});
  if (command != CommandId::alert_notification)
    window_.add(sequence, {correlation, now + settings_.response_timeout});
  return sequence;
}

std::size_t Session::room() const { return state_ == State::bound ? window_.room() : 0; }

void Session::respond(CommandId request, std::uint32_t sequence, std::uint32_t status,
                      std::string_view message_id) {
  if (unanswered_ > 0) --unanswered_;
  answer(request, sequence, status, message_id);
}

void Session::answer(CommandId request, std::uint32_t sequence, std::uint32_t status,
                     std::string_view message_id) {
  // A message_id that cannot be sent is the owner's mistake; the peer hears of it all the same.
  if (!put(status, sequence, response_to(request, message_id)))
    (void)put(ESME_RSYSERR, sequence, response_to(request));
}

tl::expected<void, EncodeError> Session::put(std::uint32_t status, std::uint32_t sequence,
                                             Body body) {
  if (state_ == State::ended) return {};
  Pdu pdu;
  pdu.status = status;
  pdu.sequence = sequence;
  pdu.body = std::move(body);
  make_room(out_, longest_pdu);
  const auto before = out_.size();
  auto encoded = encode(pdu, out_);
  if (tap_ && encoded) tap_->seen(Tap::Direction::to_peer, Octets(out_).subspan(before));
  if (out_.size() > settings_.most_output)
    end("the peer does not read: " + std::to_string(out_.size()) + " octets wait for it", false);
  return encoded;
}

void Session::take_output(std::vector<std::uint8_t>& into) {
  into.clear();
  std::swap(into, out_);
}

// ---- time -------------------------------------------------------------------------------------

std::optional<Monotonic> Session::deadline() {
  if (state_ == State::ended || state_ == State::closed) return std::nullopt;
  const auto first = window_.next_deadline();
  return first ? std::min(*first, timers_.deadline()) : timers_.deadline();
}

void Session::tick(Monotonic now) {
  if (state_ == State::ended || state_ == State::closed) return;
  switch (timers_.due(now)) {
    case Timers::Due::nothing:
      return;
    case Timers::Due::enquiry:
      (void)put(ESME_ROK, next_sequence(), EnquireLink{});
      return timers_.asked(now);
    case Timers::Due::peer_is_dead:
      return end("the link is dead: enquire_link was not answered within " +
                     seconds_of(settings_.response_timeout),
                 false);
    case Timers::Due::step:
      break;
  }
  if (state_ == State::draining) return send_unbind(now);
  if (state_ == State::parting) return answer_unbind();
  if (state_ == State::unbinding) return end("unbound, without an answer", true);
  end("not bound within " + seconds_of(settings_.bind_timeout) + " of the connection", false);
}

// ---- ending -----------------------------------------------------------------------------------

bool Session::leaving() const {
  return state_ == State::draining || state_ == State::unbinding || state_ == State::parting;
}

void Session::unbind(Monotonic now) {
  if (leaving()) return;
  if (state_ != State::bound) return end("closed before it was bound", true);
  timers_.begin_step(now + settings_.drain_timeout);
  go(State::draining);
  finish_draining(now);
}

void Session::hear_unbind(std::uint32_t sequence, Monotonic now) {
  // Both have asked, or the peer asks once more: nobody waits any longer.
  const bool at_once = state_ == State::unbinding || state_ == State::parting;
  unbind_sequence_ = sequence;
  if (at_once) return answer_unbind();
  timers_.begin_step(now + settings_.drain_timeout);
  go(State::parting);
}

// Nothing is under way any more, in neither direction.
void Session::finish_draining(Monotonic now) {
  if (window_.size() != 0 || unanswered_ != 0) return;
  if (state_ == State::draining) send_unbind(now);
  if (state_ == State::parting) answer_unbind();
}

void Session::send_unbind(Monotonic now) {
  unbind_sequence_ = next_sequence();
  timers_.begin_step(now + settings_.drain_timeout);
  go(State::unbinding);
  (void)put(ESME_ROK, unbind_sequence_, Unbind{});
}

void Session::answer_unbind() {
  (void)put(ESME_ROK, unbind_sequence_, UnbindResp{});
  end("the peer has unbound", true);
}

void Session::end(std::string why, bool in_order) {
  if (state_ == State::ended) return;
  lost_ = Lost{std::move(why), in_order};
  go(State::ended);
}

}  // namespace pulih::smpp
