// See test_smsc.hpp. It speaks through the daemon's own SMPP session in the SMSC's role, so that
// what a test sees on the wire is what a carrier would send.
#include "tests/unit/carriers/test_smsc.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>

#include "protocols/gsm/coding.hpp"

namespace pulih::carriers {

using boost::asio::ip::address_v4;
using boost::asio::ip::tcp;
using Octets = std::vector<std::uint8_t>;

namespace {
smpp::DeliverSm from_a_phone(const std::string& number, smpp::Octets text) {
  smpp::DeliverSm pdu;
  pdu.source = {1, 1, number};
  pdu.destination = {3, 0, "8880"};
  pdu.short_message = text;
  return pdu;
}
smpp::Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
}  // namespace

TestSmsc::TestSmsc(boost::asio::io_context& io) : acceptor_(io, {address_v4::loopback(), 0}) {
  accept();
}

TestSmsc::~TestSmsc() = default;

std::size_t TestSmsc::bound() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(links_, [](const auto& link) { return link->session().bound(); }));
}

// ---- what the telephones of its network do

void TestSmsc::submit(const smpp::DeliverSm& pdu) {
  REQUIRE(links_.back()->submit(pdu, ++delivered));
}

void TestSmsc::deliver(const std::string& from, const std::string& text) {
  Octets octets;
  REQUIRE(gsm::encode(text, octets));
  submit(from_a_phone(from, octets));
}

void TestSmsc::dial(const std::string& from, std::uint8_t session, std::uint8_t operation,
                    std::string_view text) {
  smpp::TlvWriter tlvs;
  tlvs.put8(smpp::tag::ussd_service_op, operation);
  tlvs.put16(smpp::tag::its_session_info, static_cast<std::uint16_t>(session << 8));
  auto pdu = from_a_phone(from, octets_of(text));
  pdu.destination = {0, 0, "888"};
  pdu.data_coding = 0x0F;
  pdu.tlvs = tlvs.tlvs();
  submit(pdu);
}

void TestSmsc::deliver_part(const std::string& from, std::uint8_t number, std::uint8_t total,
                            std::string_view text) {
  Octets octets{5, 0, 3, 9, total, number};
  octets.insert(octets.end(), text.begin(), text.end());
  auto pdu = from_a_phone(from, octets);
  pdu.esm_class = 0x40;
  submit(pdu);
}

void TestSmsc::deliver_receipt(const std::string& from, const std::string& id,
                               const std::string& state) {
  const std::string text = "id:" + id + " stat:" + state;
  auto pdu = from_a_phone(from, octets_of(text));
  pdu.esm_class = 0x04;  // SMPP 3.4, 5.2.12
  submit(pdu);
}

// ---- its side of the binds

void TestSmsc::cut_all() {
  for (const auto& link : std::vector(links_)) link->abort();
}

void TestSmsc::leave() {
  acceptor_.close();
  cut_all();
}

void TestSmsc::listen(std::uint16_t port) {
  const tcp::endpoint here(address_v4::loopback(), port);
  acceptor_.open(here.protocol());
  acceptor_.set_option(boost::asio::socket_base::reuse_address(true));
  acceptor_.bind(here);
  acceptor_.listen();
  accept();
}

void TestSmsc::accept() {
  acceptor_.async_accept([this](const auto& error, tcp::socket socket) {
    if (error) return;
    smpp::SessionSettings settings;
    settings.role = smpp::Role::smsc;
    smpp::Stream stream =
        tls ? smpp::Stream(std::move(socket), tls, {}) : smpp::Stream(std::move(socket));
    links_.push_back(std::make_shared<smpp::Link>(std::move(stream), settings, *this));
    links_.back()->start();
    accept();
  });
}

void TestSmsc::happened(smpp::Link& link, const smpp::Happening& happening) {
  if (const auto* asked = std::get_if<smpp::BindRequested>(&happening)) {
    ++binds;
    if (bind_status == smpp::ESME_ROK)
      link.session().accept_bind(asked->sequence, asked->bind);
    else
      link.session().refuse_bind(asked->sequence, asked->bind.mode, bind_status);
  } else if (const auto* pdu = std::get_if<smpp::Received>(&happening)) {
    received(link, *pdu);
  } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
    acks[answer->correlation] = answer->status;
  } else if (const auto* lost = std::get_if<smpp::Lost>(&happening)) {
    unbound_in_order = lost->in_order;
    std::erase_if(links_, [&](const auto& each) { return each.get() == &link; });
  }
}

void TestSmsc::received(smpp::Link& link, const smpp::Received& received) {
  const auto& submit = std::get<smpp::SubmitSm>(received.pdu.body);
  std::string text;
  gsm::decode_text(gsm::Coding::gsm7, submit.short_message, [&](char c) { text += c; });
  texts.push_back(text);
  ways.push_back(&link);
  if (const auto operation = submit.tlvs.get8(smpp::tag::ussd_service_op))
    operations.push_back(*operation);
  receipts_asked.push_back(submit.registered_delivery);
  // Ids as many carriers give them: hexadecimal, with leading zeros.
  char id[16];
  std::snprintf(id, sizeof id, "%08zX", texts.size());
  const auto status = verdict(text);
  if (status == smpp::ESME_ROK) accepted.push_back(text);
  if (status)
    link.session().respond(smpp::CommandId::submit_sm, received.pdu.sequence, *status, id);
  else
    unanswered_.emplace_back(link.shared_from_this(), received.pdu.sequence);
}

void TestSmsc::answer_late(std::size_t which) {
  const auto& [link, sequence] = unanswered_.at(which);
  link->session().respond(smpp::CommandId::submit_sm, sequence, smpp::ESME_ROK, "late");
  link->flush();
}

}  // namespace pulih::carriers
