// See simulated_carrier.hpp. What the gateway does not accept is brought again with the same
// message id, as a real carrier does.
#include "tests/phone/simulated_carrier.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <ctime>
#include <optional>

#include "protocols/gsm/coding.hpp"
#include "protocols/smpp/status.hpp"
#include "protocols/smpp/tlv.hpp"

namespace pulih::phone {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
// SMPP 3.4, 5.3.2.44: what this network sends (process unstructured request, its confirmation, that
// of a notification), and what the gateway sends (unstructured request, notification, the end).
constexpr std::uint8_t ussd_begin = 0x01, ussd_answer = 0x12, ussd_notified = 0x13;
constexpr std::uint8_t ussd_notify = 0x03, ussd_end = 0x11;
// SMPP 3.4, 5.2.28.
constexpr std::uint8_t state_delivered = 2, state_undeliverable = 5;

// With what a message is refused, if it is.
std::optional<std::uint32_t> refusal(Fault fault) {
  switch (fault) {
    case Fault::throttled:
      return smpp::ESME_RTHROTTLED;
    case Fault::queue_full:
      return smpp::ESME_RMSGQFUL;
    case Fault::system_error:
      return smpp::ESME_RSYSERR;
    case Fault::refused:
      return smpp::ESME_RINVDSTADR;
    default:
      return std::nullopt;
  }
}

std::string spelled(std::uint64_t id, bool hexadecimal) {
  char text[24];
  std::snprintf(text, sizeof text, hexadecimal ? "%llX" : "%llu",
                static_cast<unsigned long long>(id));
  return text;
}

std::string text_of(const smpp::SubmitSm& submit) {
  std::string text;
  gsm::decode_text(gsm::coding_of(submit.data_coding, gsm::Coding::gsm7), submit.short_message,
                   [&](char c) { text += c; });
  return text;
}

// SMPP 3.4, appendix B.
std::string receipt_text(const std::string& id, bool delivered) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char date[16];
  std::strftime(date, sizeof date, "%Y%m%d%H%M", &local);
  const std::string day(date + 2);  // YYMMDDhhmm
  return "id:" + id + " sub:001 dlvrd:" + (delivered ? "001" : "000") + " submit date:" + day +
         " done date:" + day + " stat:" + (delivered ? "DELIVRD err:000" : "UNDELIV err:001") +
         " text:";
}
}  // namespace

SimulatedCarrier::SimulatedCarrier(asio::io_context& io, CarrierSettings settings,
                                   Delivered delivered, Log log)
    : settings_(std::move(settings)),
      delivered_(std::move(delivered)),
      log_(std::move(log)),
      acceptor_(io, {asio::ip::make_address(settings_.host), settings_.port}) {
  accept();
}

void SimulatedCarrier::accept() {
  acceptor_.async_accept([this](const error_code& error, asio::ip::tcp::socket socket) {
    if (error) return;
    smpp::SessionSettings session;
    session.role = smpp::Role::smsc;
    session.system_id = "simulator";
    session.window = settings_.window;
    session.drain_timeout = settings_.late;  // what has not come by then is kept back for good
    auto link = std::make_shared<smpp::Link>(std::move(socket), session, *this);
    links_.push_back({link, {}, false, connections_ ? ++*connections_ : 0});
    link->start();
    accept();
  });
}

void SimulatedCarrier::close() {
  error_code ignored;
  acceptor_.close(ignored);
  for (auto& each : links_) each.link->abort();
}

void SimulatedCarrier::watch(Witness& witness, std::uint64_t& connections) {
  witness_ = &witness;
  connections_ = &connections;
}

bool SimulatedCarrier::bound() const { return receiver() != nullptr; }

smpp::Link* SimulatedCarrier::receiver() const {
  for (const auto& each : links_)
    if (each.bound && each.mode != smpp::BindMode::transmitter) return each.link.get();
  return nullptr;
}

void SimulatedCarrier::send(const std::string& from, const std::string& text) {
  Mo mo{++last_id_, from, text};
  auto& screen = screens_[from];
  if (text.starts_with('*') && text.ends_with('#')) {
    mo.operation = ussd_begin;
    ++screen.session;
    screen.open = true;
  } else if (screen.open) {
    mo.operation = ussd_answer;
  }
  mo.session = screen.session;
  const auto fault = settings_.faults.draw(Draw::brought);
  if (fault != Fault::none) log(name_of(fault), from);
  mo.again = fault == Fault::repeated;
  if (fault == Fault::delayed) return later([this, mo = std::move(mo)] { bring(mo); });
  bring(std::move(mo));
}

void SimulatedCarrier::bring(Mo mo) {
  waiting_.push_back(std::move(mo));
  pump();
}

void SimulatedCarrier::pump() {
  smpp::Link* link = receiver();
  if (!link) return;
  while (!waiting_.empty() && link->session().room() > 0) {
    Mo& mo = waiting_.front();
    if (!submit(*link, mo)) break;
    under_way_.emplace(mo.id, std::move(mo));
    waiting_.pop_front();
  }
  link->flush();
}

bool SimulatedCarrier::submit(smpp::Link& link, const Mo& mo) {
  std::vector<std::uint8_t> text;
  smpp::DeliverSm deliver;
  if (!gsm::encode(mo.text, text)) {
    deliver.data_coding = 8;
    for (std::size_t at = 0; at < mo.text.size();) {
      const auto c = gsm::next_character(mo.text, at);
      if (!c) break;
      text.push_back(static_cast<std::uint8_t>(*c >> 8));
      text.push_back(static_cast<std::uint8_t>(*c));
    }
  }
  deliver.source = {1, 1, mo.from};
  deliver.destination = {2, 1, settings_.short_code};
  deliver.short_message = text;
  smpp::TlvWriter tlvs;
  if (mo.receipt_of.empty()) {
    tlvs.put_c_string(smpp::tag::receipted_message_id, std::to_string(mo.id));
  } else {
    deliver.esm_class = 0x04;  // 5.2.12
    tlvs.put_c_string(smpp::tag::receipted_message_id, mo.receipt_of);
    tlvs.put8(smpp::tag::message_state, mo.state);
  }
  if (mo.operation != 0) {
    tlvs.put8(smpp::tag::ussd_service_op, mo.operation);
    tlvs.put16(smpp::tag::its_session_info, static_cast<std::uint16_t>(mo.session << 8));
  }
  deliver.tlvs = tlvs.tlvs();
  return link.session().submit(deliver, mo.id, std::chrono::steady_clock::now()).has_value();
}

void SimulatedCarrier::accepted(std::uint64_t id) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  const bool once_more = std::exchange(found->second.again, false);
  if (once_more) return again(id);
  under_way_.erase(found);
}

void SimulatedCarrier::again(std::uint64_t id) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  waiting_.push_back(std::move(found->second));
  under_way_.erase(found);
}

void SimulatedCarrier::happened(smpp::Link& link, const smpp::Happening& happening) {
  if (const auto* asked = std::get_if<smpp::BindRequested>(&happening)) {
    take_bind(link, *asked);
  } else if (const auto* received = std::get_if<smpp::Received>(&happening)) {
    take_submit(link, received->pdu);
  } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
    if (answer->status == smpp::ESME_ROK)
      accepted(answer->correlation);
    else
      again(answer->correlation);
  } else if (const auto* missing = std::get_if<smpp::Unanswered>(&happening)) {
    again(missing->correlation);
  } else if (std::holds_alternative<smpp::Lost>(happening)) {
    log("a connection is gone", {});
    const auto lost =
        std::ranges::find_if(links_, [&](const Bound& each) { return each.link.get() == &link; });
    if (lost == links_.end()) return;
    const auto number = lost->number;
    links_.erase(lost);
    if (witness_) witness_->gone(number);
  }
}

void SimulatedCarrier::paused(smpp::Link&) { pump(); }

void SimulatedCarrier::take_bind(smpp::Link& link, const smpp::BindRequested& asked) {
  const auto& bind = asked.bind;
  if (bind.system_id != settings_.system_id || bind.password != settings_.password)
    return link.session().refuse_bind(asked.sequence, bind.mode, smpp::ESME_RINVPASWD);
  for (auto& each : links_) {
    if (each.link.get() != &link) continue;
    each.mode = bind.mode;
    each.bound = true;
  }
  log("a bind", {});
  link.session().accept_bind(asked.sequence, bind);
}

void SimulatedCarrier::take_submit(smpp::Link& link, const smpp::Pdu& pdu) {
  const auto* submit = std::get_if<smpp::SubmitSm>(&pdu.body);
  const auto command = static_cast<smpp::CommandId>(smpp::command_id(pdu.body));
  if (!submit) return link.session().respond(command, pdu.sequence, smpp::ESME_RINVCMDID);
  const auto fault = settings_.faults.draw(Draw::answer);
  if (fault != Fault::none) log(name_of(fault), submit->destination.digits);
  if (fault == Fault::cut_before) return link.abort();
  if (const auto status = refusal(fault))
    return link.session().respond(command, pdu.sequence, *status);
  const auto spelling = settings_.faults.draw(Draw::id);
  ++last_mt_;
  tell_taken(link, *submit, fault);
  answer(link, pdu.sequence, fault, spelled(last_mt_, spelling == Fault::hex_ids));
  carry(*submit, spelled(last_mt_, spelling == Fault::hex_receipts));
  if (fault == Fault::cut_after) link.abort();
}

// Of a message that was taken.
void SimulatedCarrier::answer(smpp::Link& link, std::uint32_t sequence, Fault fault,
                              const std::string& id) {
  constexpr auto command = smpp::CommandId::submit_sm;
  if (fault == Fault::response_lost || fault == Fault::cut_after) return;
  if (fault != Fault::response_late)
    return link.session().respond(command, sequence, smpp::ESME_ROK, id);
  later([weak = link.weak_from_this(), sequence, id] {
    const auto its_link = weak.lock();
    if (!its_link) return;
    its_link->session().respond(command, sequence, smpp::ESME_ROK, id);
    its_link->flush();
  });
}

void SimulatedCarrier::tell_taken(const smpp::Link& link, const smpp::SubmitSm& submit,
                                  Fault fault) {
  if (!witness_) return;
  const auto by =
      std::ranges::find_if(links_, [&](const Bound& each) { return each.link.get() == &link; });
  witness_->taken(by == links_.end() ? 0 : by->number, std::string(submit.destination.digits),
                  text_of(submit), fault);
}

// To the telephone, and its receipt back.
void SimulatedCarrier::carry(const smpp::SubmitSm& submit, const std::string& receipt_id) {
  const std::string to(submit.destination.digits);
  const bool receipt_asked = (submit.registered_delivery & 0x03) == 1;  // 5.2.17
  const std::string text = text_of(submit);
  if (const auto operation = submit.tlvs.get8(smpp::tag::ussd_service_op))
    return delivered_(to, text, take_screen(submit, *operation));
  const auto fate = settings_.faults.draw(Draw::fate);
  if (fate == Fault::undelivered)
    log(name_of(fate), to);
  else
    delivered_(to, text, Shown::message);
  if (receipt_asked) send_receipt(to, receipt_id, fate != Fault::undelivered);
}

SimulatedCarrier::Shown SimulatedCarrier::take_screen(const smpp::SubmitSm& submit,
                                                      std::uint8_t operation) {
  const std::string to(submit.destination.digits);
  const auto session =
      static_cast<std::uint8_t>(submit.tlvs.get16(smpp::tag::its_session_info).value_or(0) >> 8);
  if (operation == ussd_notify) {
    bring({++last_id_, to, "", ussd_notified, session});
    return Shown::notice;
  }
  auto& screen = screens_[to];
  const bool was_open = std::exchange(screen.open, operation != ussd_end);
  if (!screen.open) return Shown::last_screen;
  if (was_open) return Shown::screen;
  screen.session = session;
  return Shown::called;
}

void SimulatedCarrier::send_receipt(const std::string& to, const std::string& id, bool delivered) {
  const auto fault = settings_.faults.draw(Draw::receipt);
  const std::string what = "receipt of " + id + (delivered ? ", DELIVRD" : ", UNDELIV");
  log(fault == Fault::none ? what : what + ", " + std::string(name_of(fault)), to);
  if (fault == Fault::receipt_lost) return;
  const Mo receipt{++last_id_,
                   to,
                   receipt_text(id, delivered),
                   0,
                   0,
                   id,
                   delivered ? state_delivered : state_undeliverable};
  if (fault == Fault::receipt_late) return later([this, receipt] { bring(receipt); });
  bring(receipt);
}

void SimulatedCarrier::later(std::function<void()> what) {
  const auto timer = std::make_shared<asio::steady_timer>(acceptor_.get_executor());
  timer->expires_after(settings_.faults.lateness(settings_.late));
  timer->async_wait([timer, what = std::move(what)](const error_code& error) {
    if (!error) what();
  });
}

void SimulatedCarrier::log(std::string_view what, std::string_view number) const {
  if (!log_) return;
  std::string line(what);
  if (number.size() > 3) line += " (" + std::string(number.substr(number.size() - 3)) + ")";
  log_(line);
}

}  // namespace pulih::phone
