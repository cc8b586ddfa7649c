// See simulated_carrier.hpp. What the gateway does not accept is brought again with the same
// message id, as a real carrier does.
#include "tests/phone/simulated_carrier.hpp"

#include <algorithm>

#include "protocols/gsm/coding.hpp"
#include "protocols/smpp/status.hpp"
#include "protocols/smpp/tlv.hpp"

namespace pulih::phone {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
// SMPP 3.4, 5.3.2.44: what this network sends (process unstructured request, its confirmation), and
// what ends a session.
constexpr std::uint8_t ussd_begin = 0x01, ussd_answer = 0x12, ussd_end = 0x11;
}  // namespace

SimulatedCarrier::SimulatedCarrier(asio::io_context& io, CarrierSettings settings,
                                   Delivered delivered)
    : settings_(std::move(settings)),
      delivered_(std::move(delivered)),
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
    auto link = std::make_shared<smpp::Link>(std::move(socket), session, *this);
    links_.push_back({link, {}, false});
    link->start();
    accept();
  });
}

void SimulatedCarrier::close() {
  error_code ignored;
  acceptor_.close(ignored);
  for (auto& each : links_) each.link->abort();
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
  waiting_.push_back(std::move(mo));
  pump();
}

void SimulatedCarrier::pump() {
  smpp::Link* link = receiver();
  if (!link) return;
  while (!waiting_.empty() && link->session().room() > 0) {
    Mo& mo = waiting_.front();
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
    tlvs.put_c_string(smpp::tag::receipted_message_id, std::to_string(mo.id));
    if (mo.operation != 0) {
      tlvs.put8(smpp::tag::ussd_service_op, mo.operation);
      tlvs.put16(smpp::tag::its_session_info, static_cast<std::uint16_t>(mo.session << 8));
    }
    deliver.tlvs = tlvs.tlvs();
    if (!link->session().submit(deliver, mo.id, std::chrono::steady_clock::now())) break;
    under_way_.emplace(mo.id, std::move(mo));
    waiting_.pop_front();
  }
  link->flush();
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
      under_way_.erase(answer->correlation);
    else
      again(answer->correlation);
  } else if (const auto* missing = std::get_if<smpp::Unanswered>(&happening)) {
    again(missing->correlation);
  } else if (std::holds_alternative<smpp::Lost>(happening)) {
    std::erase_if(links_, [&](const Bound& each) { return each.link.get() == &link; });
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
  link.session().accept_bind(asked.sequence, bind);
}

void SimulatedCarrier::take_submit(smpp::Link& link, const smpp::Pdu& pdu) {
  const auto* submit = std::get_if<smpp::SubmitSm>(&pdu.body);
  const auto command = static_cast<smpp::CommandId>(smpp::command_id(pdu.body));
  if (!submit) return link.session().respond(command, pdu.sequence, smpp::ESME_RINVCMDID);
  link.session().respond(command, pdu.sequence, smpp::ESME_ROK, std::to_string(++last_mt_));
  std::string text;
  gsm::decode_text(gsm::coding_of(submit->data_coding, gsm::Coding::gsm7), submit->short_message,
                   [&](char c) { text += c; });
  const auto operation = submit->tlvs.get8(smpp::tag::ussd_service_op);
  delivered_(std::string(submit->destination.digits), text,
             operation ? take_screen(*submit, *operation) : Shown::message);
}

SimulatedCarrier::Shown SimulatedCarrier::take_screen(const smpp::SubmitSm& submit,
                                                      std::uint8_t operation) {
  const bool last = operation == ussd_end;
  screens_[std::string(submit.destination.digits)].open = !last;
  return last ? Shown::last_screen : Shown::screen;
}

}  // namespace pulih::phone
