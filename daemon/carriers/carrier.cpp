// See carrier.hpp. First what comes in, then what goes out, then what the carrier says to it.
#include "daemon/carriers/carrier.hpp"

#include <algorithm>

#include "daemon/accounts/registers.hpp"
#include "daemon/carriers/mt.hpp"
#include "daemon/carriers/receipt.hpp"
#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

using engine::Answer;
using engine::Outgoing;
using std::chrono::steady_clock;

namespace {

// An Ack's link: carrier, bind and connection, so that an answer finds just the connection that the
// message came by, or none.
constexpr std::uint64_t connection_bits = 40, bind_bits = 8;

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

Carrier::Carrier(Profile profile, std::uint64_t number, const Around& around, Owner& owner)
    : profile_(std::move(profile)),
      number_(number),
      around_(around),
      owner_(owner),
      queue_({profile_.gap_first, profile_.gap_longest}),
      screens_(profile_.screen_patience),
      parts_(profile_.parts, around.keys),
      parts_alarm_(around.io),
      served_{profile_.key},
      pacer_(around.io) {
  // Another desk, or the same one after a restart, is far away.
  if (profile_.ussd)
    ussd_.emplace(profile_.ussd->dialect, profile_.ussd->code,
                  (number_ & 0x3F) << 56 | std::uint64_t{around.draw()} << 24);
  for (const auto mode : profile_.binds) {
    auto bind =
        std::make_unique<Bind>(around.io, profile_, mode, *this, around.watcher, around.draw);
    ways_.push_back(
        {std::move(bind), Pace(profile_.rate, profile_.pause_first, profile_.pause_longest)});
  }
}

void Carrier::start() {
  for (auto& way : ways_) way.bind->start();
}

void Carrier::stop() {
  can_send_ = false;
  parts_alarm_.cancel();
  for (auto& way : ways_) way.bind->stop();
}

bool Carrier::stopped() const {
  return std::ranges::all_of(ways_, [](const Way& way) { return way.bind->stopped(); });
}

Carrier::Way& Carrier::way_of(const Bind& bind) {
  return *std::ranges::find_if(ways_, [&](const Way& way) { return way.bind.get() == &bind; });
}

std::uint64_t Carrier::link_number(std::size_t way) const {
  return number_ << (connection_bits + bind_bits) | std::uint64_t{way} << connection_bits |
         ways_[way].bind->connection();
}

// ---- what comes in

void Carrier::happened(Bind& bind, const smpp::Happening& happening) {
  if (const auto* received = std::get_if<smpp::Received>(&happening)) {
    take_mo(bind, received->pdu);
  } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
    answered(way_of(bind), *answer);
  } else if (const auto* missing = std::get_if<smpp::Unanswered>(&happening)) {
    // Nobody knows whether it arrived. Twice is better than never: the text says the same. An
    // answer that comes later still finds nobody, and the second sending counts.
    ++counts_.unanswered;
    if ((missing->correlation & a_screen) != 0) screens_.done(missing->correlation & ~a_screen);
    queue_.first_again(missing->correlation);
    pump();
  } else if (std::holds_alternative<smpp::Bound>(happening) ||
             std::holds_alternative<smpp::Lost>(happening)) {
    look_who_can_send();
  }
}

void Carrier::look_who_can_send() {
  const bool can = std::ranges::any_of(ways_, [](const Way& way) {
    return way.bind->bound() && way.bind->mode() != smpp::BindMode::receiver;
  });
  if (can != can_send_.exchange(can)) owner_.changed(*this);
  hungry_ = true;
  tell_room();
  pump();
}

void Carrier::take_mo(Bind& bind, const smpp::Pdu& pdu) {
  const auto command = static_cast<smpp::CommandId>(smpp::command_id(pdu.body));
  const engine::Ack ack{link_number(static_cast<std::size_t>(&way_of(bind) - ways_.data())),
                        pdu.sequence, command == smpp::CommandId::data_sm};
  if (ussd_ && ussd_->concerns(pdu.body)) return take_ussd(pdu.body, ack);
  auto mo = read_mo(pdu.body, profile_, around_.keys);
  auto& session = bind.link()->session();
  if (!mo) return session.respond(command, pdu.sequence, smpp::ESME_RINVCMDID);
  if (mo->kind == MoKind::receipt) return take_receipt(*mo, ack);
  if (mo->kind == MoKind::part) return take_parts(parts_.add(mo->part, ack, steady_clock::now()));
  if (mo->kind != MoKind::message) return session.respond(command, pdu.sequence, smpp::ESME_ROK);
  mo->inbound.ack = ack;
  arrived_.push_back(std::move(mo->inbound));
}

void Carrier::take_parts(MoParts::Outcome outcome) {
  for (auto& message : outcome.messages) arrived_.push_back(std::move(message));
  for (const auto& ack : outcome.known) respond(ack, Answer::accepted);
  for (const auto& ack : outcome.refused) respond(ack, Answer::try_later);
  const auto deadline = parts_.deadline();
  if (!deadline || parts_alarm_.expiry() == *deadline) return;
  parts_alarm_.expires_at(*deadline);
  parts_alarm_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    take_parts(parts_.expire(steady_clock::now()));
    hand_over_arrived();
    flush();
  });
}

// Success is nobody's business here; what says that a message was lost is answered when that is
// durable, as a message is.
void Carrier::take_receipt(const Mo& mo, const engine::Ack& ack) {
  ++counts_.receipts;
  if (!mo.receipt || mo.receipt->fate != Receipt::Fate::undeliverable)
    return respond(ack, Answer::accepted);
  ++counts_.undeliverable;
  const auto tags = receipt_tags(mo.receipt->id, profile_.name, mo.from, around_.keys);
  if (!around_.intake.offer(engine::ReceiptOfLoss{mo.from, tags, ack, profile_.key}))
    respond(ack, Answer::try_later);
}

void Carrier::paused(Bind&) {
  hand_over_arrived();
  accounts::clear_vector_registers();  // what was heard, and what was answered to it
}

void Carrier::hand_over_arrived() {
  if (arrived_.empty()) return;
  counts_.received += arrived_.size();
  around_.intake.offer_all(arrived_);
  if (arrived_.empty()) return;
  around_.watcher.noticed({LinkNotice::What::intake_full, profile_.name, ""});
  for (const auto& message : arrived_) {
    answer(message.ack, Answer::try_later);
    // A network that is told to come later does not tell her: her screen would stay until it gives
    // up.
    if (message.session != 0)
      show({profile_.key, message.session, accounts::Secret(profile_.ussd->busy), true});
  }
  arrived_.clear();
}

void Carrier::answer(const engine::Ack& ack, Answer how) {
  for (const auto& other : parts_.answered(ack, how)) respond(other, how);
  respond(ack, how);
}

void Carrier::respond(const engine::Ack& ack, Answer how) {
  const auto index = ack.link >> connection_bits & ((1u << bind_bits) - 1);
  if (index >= ways_.size() || ack.link != link_number(index)) return;
  smpp::Link* const link = ways_[index].bind->link();
  if (!link) return;
  link->session().respond(ack.data_sm ? smpp::CommandId::data_sm : smpp::CommandId::deliver_sm,
                          ack.sequence, status_of(how));
}

// ---- what goes out

std::size_t Carrier::room() {
  hungry_ = true;  // before looking, so that room made meanwhile is told
  const std::size_t load = load_;
  if (!can_send_ || load >= profile_.queue) return 0;
  hungry_ = false;
  return profile_.queue - load;
}

void Carrier::send(std::vector<Outgoing>& messages) {
  for (auto& message : messages) queue_.add(std::move(message));
  messages.clear();
  pump();
}

std::vector<Outgoing> Carrier::give_away(engine::CarrierKey of) {
  auto given = queue_.take(of);
  load_ -= given.size();
  return given;
}

// A way that may send at once; else how long until one may, if any stands.
Carrier::Way* Carrier::ready_way(Pace::Moment now, std::optional<Pace::Pause>& until_one_is) {
  for (std::size_t i = 1; i <= ways_.size(); ++i) {
    const std::size_t turn = (last_way_ + i) % ways_.size();
    Way& way = ways_[turn];
    if (way.bind->mode() == smpp::BindMode::receiver || !way.bind->bound()) continue;
    if (way.bind->link()->session().room() == 0) continue;  // an answer pumps again
    const auto wait = way.pace.wait(now);
    if (wait == Pace::Pause::zero()) {
      last_way_ = turn;
      return &way;
    }
    until_one_is = std::min(wait, until_one_is.value_or(wait));
  }
  return nullptr;
}

void Carrier::pump() {
  const auto now = steady_clock::now();
  if (!pump_screens(now)) return flush();
  std::optional<Pace::Pause> wait;
  while (!queue_.empty()) {
    wait.reset();
    Way* const way = ready_way(now, wait);
    if (!way) break;
    const Outgoing* const message = queue_.next(now);
    if (!message) {
      if (const auto due = queue_.due()) wait = *due - now;
      break;
    }
    if (!send_over(*way, *message)) break;
  }
  if (wait && !queue_.empty()) pump_after(*wait);
  flush();
}

// False: this bind takes nothing now, against its own word; the message waits for what comes next.
bool Carrier::send_over(Way& way, const Outgoing& message) {
  const auto now = around_.clock();
  if (now >= message.expires) {
    give_up(message.id, LinkNotice::What::message_expired, "");
    return true;
  }
  const Submission submission(message, profile_, now);
  if (!submission.good()) {
    give_up(message.id, LinkNotice::What::message_refused, ": longer than one SMS");
    return true;
  }
  const auto sent =
      way.bind->link()->session().submit(submission.pdu(), message.id, steady_clock::now());
  if (sent) {
    ++counts_.sent;
    way.pace.spend();
    return true;
  }
  if (sent.error().why == smpp::Refusal::Why::not_encodable) {
    give_up(message.id, LinkNotice::What::message_refused, ": " + sent.error().text());
    return true;
  }
  queue_.first_again(message.id);
  return false;
}

// ---- what the carrier says to it

void Carrier::answered(Way& way, const smpp::Answered& answer) {
  if (const auto congestion = answer.tlvs.get8(smpp::tag::congestion_state))
    way.pace.congestion(*congestion, steady_clock::now());
  if (answer.status != smpp::ESME_ROK) {
    if ((answer.correlation & a_screen) != 0) screen_refused(answer);
    refused(way, answer);
    return pump();
  }
  ++counts_.taken;
  way.pace.taken();
  way.bind->worked();
  if ((answer.correlation & a_screen) != 0) {
    screens_.done(answer.correlation & ~a_screen);
    return pump();
  }
  std::optional<engine::AwaitedReceipt> receipt;
  const Outgoing* const message = queue_.under_way(answer.correlation);
  if (message && profile_.receipts && message->code != 0 && !answer.message_id.empty())
    receipt = {receipt_tag(answer.message_id, profile_.name, message->to, around_.keys),
               message->to, message->code, message->expires, profile_.key};
  done(answer.correlation, receipt);
  pump();
}

void Carrier::refused(Way& way, const smpp::Answered& answer) {
  const std::string status = smpp::status_name(answer.status);
  const auto now = steady_clock::now();
  switch (fate_of(answer.status, profile_.fates)) {
    case Fate::slow_down:
      ++counts_.throttled;
      around_.watcher.noticed({LinkNotice::What::throttled, profile_.name, status});
      way.pace.throttled(now);
      return queue_.first_again(answer.correlation);
    case Fate::later:
      ++counts_.later;
      around_.watcher.noticed({LinkNotice::What::message_later, profile_.name, status});
      return queue_.later(answer.correlation, now);
    case Fate::rebind:
      queue_.first_again(answer.correlation);
      return way.bind->renew();
    case Fate::give_up: {
      const auto advice = smpp::status_advice(answer.status);
      const Outgoing* const message = queue_.under_way(answer.correlation);
      if (message && message->code != 0)
        around_.intake.put(engine::Undelivered{message->to, message->code, profile_.key});
      return give_up(
          answer.correlation, LinkNotice::What::message_refused,
          ": " + status + ": " + std::string(advice.meaning) + "; " + std::string(advice.hint));
    }
  }
}

void Carrier::give_up(engine::OutboundId id, LinkNotice::What what, const std::string& why) {
  ++(what == LinkNotice::What::message_expired ? counts_.expired : counts_.refused);
  if (const Outgoing* message = queue_.under_way(id))
    around_.watcher.noticed({what, profile_.name, message->to.masked() + why});
  done(id);
}

void Carrier::done(engine::OutboundId id, std::optional<engine::AwaitedReceipt> receipt) {
  const auto message = queue_.done(id);
  if (!message) return;  // an answer to a message that another carrier sends now
  --load_;
  around_.intake.put(engine::Sent{id, receipt});
  if (message->carrier != profile_.key) owner_.lent_message_over(message->carrier);
  tell_room();
}

// The engine hears of room when half of the queue is free again, not for each message.
void Carrier::tell_room() {
  if (!can_send_ || load_ > profile_.queue / 2 || !hungry_.exchange(false)) return;
  for (const auto key : served_) around_.intake.put(engine::Room{key});
}

void Carrier::serve(engine::CarrierKey other) {
  served_.push_back(other);
  hungry_ = true;
  tell_room();
}

void Carrier::serve_no_more(engine::CarrierKey other) { std::erase(served_, other); }

void Carrier::flush() {
  for (auto& way : ways_)
    if (way.bind->link()) way.bind->link()->flush();
}

void Carrier::pump_after(Pace::Pause pause) {
  // Not for each message on its own, however fast the carrier is.
  const auto at = steady_clock::now() + std::max<Pace::Pause>(pause, std::chrono::milliseconds{1});
  if (pump_at_ && *pump_at_ <= at) return;
  pump_at_ = at;
  pacer_.expires_at(at);
  pacer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // an earlier moment was set
    pump_at_.reset();
    pump();
  });
}

}  // namespace pulih::carriers
