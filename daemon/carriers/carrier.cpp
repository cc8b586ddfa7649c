// See carrier.hpp. First what comes in, then what goes out, then how fast.
#include "daemon/carriers/carrier.hpp"

#include <algorithm>

#include "daemon/accounts/registers.hpp"
#include "daemon/carriers/mo.hpp"
#include "daemon/carriers/mt.hpp"
#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

using engine::Answer;
using engine::Outgoing;
using std::chrono::steady_clock;

namespace {

// An Ack's link: carrier, bind and connection, so that an answer finds just the connection that the
// message came by, or none.
constexpr std::uint64_t connection_bits = 40, bind_bits = 8;

// After ESME_RTHROTTLED and its kin the whole queue waits, and the refused message goes first
// again.
constexpr auto throttle_pause = std::chrono::seconds{1};

bool temporary(std::uint32_t status) {
  return status == smpp::ESME_RTHROTTLED || status == smpp::ESME_RMSGQFUL ||
         status == smpp::ESME_RSYSERR || status == smpp::ESME_RX_T_APPN;
}

std::uint32_t status_of(Answer answer) {
  switch (answer) {
    case Answer::accepted:
      return smpp::ESME_ROK;
    case Answer::try_later:
      return smpp::ESME_RTHROTTLED;
    case Answer::failed:
      return smpp::ESME_RSYSERR;
  }
  return smpp::ESME_RSYSERR;
}

}  // namespace

Carrier::Carrier(Profile profile, std::uint64_t number, const Around& around)
    : profile_(std::move(profile)), number_(number), around_(around), pacer_(around.io) {
  for (const auto mode : profile_.binds)
    binds_.push_back(
        std::make_unique<Bind>(around.io, profile_, mode, *this, around.watcher, around.draw));
}

void Carrier::start() {
  for (auto& bind : binds_) bind->start();
}

void Carrier::stop() {
  can_send_ = false;
  for (auto& bind : binds_) bind->stop();
}

bool Carrier::stopped() const {
  return std::all_of(binds_.begin(), binds_.end(),
                     [](const auto& bind) { return bind->stopped(); });
}

std::uint64_t Carrier::link_number(std::size_t bind) const {
  return number_ << (connection_bits + bind_bits) | std::uint64_t{bind} << connection_bits |
         binds_[bind]->connection();
}

// ---- what comes in
// ---------------------------------------------------------------------------------------

void Carrier::happened(Bind& bind, const smpp::Happening& happening) {
  if (const auto* received = std::get_if<smpp::Received>(&happening)) {
    take_mo(bind, received->pdu);
  } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
    answered(*answer);
  } else if (const auto* missing = std::get_if<smpp::Unanswered>(&happening)) {
    // Nobody knows whether it arrived. Twice is better than never: the text says the same.
    send_again(missing->correlation);
  } else if (std::holds_alternative<smpp::Bound>(happening)) {
    can_send_ = sender() != nullptr;
    hungry_ = true;
    tell_room();
    pump();
  } else if (std::holds_alternative<smpp::Lost>(happening)) {
    can_send_ = std::any_of(binds_.begin(), binds_.end(), [&](const auto& other) {
      return other.get() != &bind && other->bound() && other->mode() != smpp::BindMode::receiver;
    });
  }
}

void Carrier::take_mo(Bind& bind, const smpp::Pdu& pdu) {
  const auto command = static_cast<smpp::CommandId>(smpp::command_id(pdu.body));
  auto mo = read_mo(pdu.body, profile_, around_.keys);
  auto& session = bind.link()->session();
  if (!mo) return session.respond(command, pdu.sequence, smpp::ESME_RINVCMDID);
  if (mo->kind != MoKind::message) return session.respond(command, pdu.sequence, smpp::ESME_ROK);
  const auto which = std::find_if(binds_.begin(), binds_.end(),
                                  [&](const auto& each) { return each.get() == &bind; });
  mo->inbound.ack.link = link_number(static_cast<std::size_t>(which - binds_.begin()));
  mo->inbound.ack.sequence = pdu.sequence;
  mo->inbound.ack.data_sm = command == smpp::CommandId::data_sm;
  arrived_.push_back(std::move(mo->inbound));
}

void Carrier::paused(Bind&) {
  hand_over_arrived();
  accounts::clear_vector_registers();  // what was heard, and what was answered to it
}

void Carrier::hand_over_arrived() {
  if (arrived_.empty()) return;
  around_.intake.offer_all(arrived_);
  if (arrived_.empty()) return;
  around_.watcher.noticed({LinkNotice::What::intake_full, profile_.name, ""});
  for (const auto& message : arrived_) answer(message.ack, Answer::try_later);
  arrived_.clear();
}

void Carrier::answer(const engine::Ack& ack, Answer how) {
  const auto index = ack.link >> connection_bits & ((1u << bind_bits) - 1);
  if (index >= binds_.size() || ack.link != link_number(index) || !binds_[index]->link()) return;
  binds_[index]->link()->session().respond(
      ack.data_sm ? smpp::CommandId::data_sm : smpp::CommandId::deliver_sm, ack.sequence,
      status_of(how));
}

// ---- what goes out
// -----------------------------------------------------------------------------------------

std::size_t Carrier::room() {
  hungry_ = true;  // before looking, so that room made meanwhile is told
  const std::size_t load = load_;
  if (!can_send_ || load >= profile_.queue) return 0;
  hungry_ = false;
  return profile_.queue - load;
}

void Carrier::send(std::vector<Outgoing>& messages) {
  for (auto& message : messages) queue_.push_back(std::move(message));
  messages.clear();
  pump();
}

Bind* Carrier::sender() {
  for (auto& bind : binds_)
    if (bind->bound() && bind->mode() != smpp::BindMode::receiver) return bind.get();
  return nullptr;
}

void Carrier::pump() {
  Bind* bind = sender();
  if (!bind) return;
  if (const auto left = held_back_until_ - steady_clock::now(); left > left.zero())
    return pump_after(std::chrono::ceil<std::chrono::milliseconds>(left));
  auto& session = bind->link()->session();
  while (!queue_.empty() && session.room() > 0) {
    Outgoing& message = queue_.front();
    const auto now = around_.clock();
    const Submission submission(message, profile_, now);
    if (now >= message.expires || !submission.good()) {
      around_.watcher.noticed(
          submission.good()
              ? LinkNotice{LinkNotice::What::message_expired, profile_.name, message.to.masked()}
              : LinkNotice{LinkNotice::What::message_refused, profile_.name,
                           message.to.masked() + ": longer than one SMS"});
      done(message.id);
      queue_.pop_front();
      continue;
    }
    if (!take_token()) return pump_after(std::chrono::milliseconds{10});
    const auto sent = session.submit(submission.pdu(), message.id, steady_clock::now());
    if (!sent && sent.error().why != smpp::Refusal::Why::not_encodable) break;
    if (!sent) {  // it never will be: it must not keep the others waiting
      around_.watcher.noticed({LinkNotice::What::message_refused, profile_.name,
                               message.to.masked() + ": " + sent.error().text()});
      done(message.id);
      queue_.pop_front();
      continue;
    }
    under_way_.emplace(message.id, std::move(message));
    queue_.pop_front();
  }
  flush();
}

void Carrier::answered(const smpp::Answered& answer) {
  if (answer.status == smpp::ESME_ROK) {
    under_way_.erase(answer.correlation);
    done(answer.correlation);
    return pump();
  }
  const std::string status = smpp::status_name(answer.status);
  if (temporary(answer.status)) {
    around_.watcher.noticed({LinkNotice::What::throttled, profile_.name, status});
    held_back_until_ = steady_clock::now() + throttle_pause;
    send_again(answer.correlation);
    return pump();
  }
  const auto message = under_way_.find(answer.correlation);
  const auto to = message == under_way_.end() ? "" : message->second.to.masked();
  const auto advice = smpp::status_advice(answer.status);
  around_.watcher.noticed(
      {LinkNotice::What::message_refused, profile_.name,
       to + ": " + status + ": " + std::string(advice.meaning) + "; " + std::string(advice.hint)});
  under_way_.erase(answer.correlation);
  done(answer.correlation);
  pump();
}

// Back to its place in the queue: ids rise, so nothing overtakes it.
void Carrier::send_again(engine::OutboundId id) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  const auto place = std::find_if(queue_.begin(), queue_.end(),
                                  [&](const Outgoing& message) { return message.id > id; });
  queue_.insert(place, std::move(found->second));
  under_way_.erase(found);
}

void Carrier::done(engine::OutboundId id) {
  --load_;
  around_.intake.put(engine::Sent{id});
  tell_room();
}

// The engine hears of room when half of the queue is free again, not for each message.
void Carrier::tell_room() {
  if (!can_send_ || load_ > profile_.queue / 2 || !hungry_.exchange(false)) return;
  around_.intake.put(engine::Room{profile_.key});
}

void Carrier::flush() {
  for (auto& bind : binds_)
    if (bind->link()) bind->link()->flush();
}

// ---- how fast
// ----------------------------------------------------------------------------------------------

// A bucket of one second's messages, filled by the clock.
bool Carrier::take_token() {
  const auto now = steady_clock::now();
  const double most = profile_.rate;
  const std::chrono::duration<double> since = now - filled_;
  tokens_ = std::min(most, tokens_ + since.count() * most);
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void Carrier::pump_after(std::chrono::milliseconds pause) {
  flush();
  if (pump_waits_) return;
  pump_waits_ = true;
  pacer_.expires_after(pause);
  pacer_.async_wait([this](const boost::system::error_code& error) {
    pump_waits_ = false;
    if (!error) pump();
  });
}

}  // namespace pulih::carriers
