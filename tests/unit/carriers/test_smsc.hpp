// A small SMSC for the tests of this room, on the loopback interface: it takes binds, answers each
// submit_sm as the test says, and remembers everything. With it comes what surrounds a carrier in
// the daemon.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <optional>

#include "daemon/carriers/carriers.hpp"
#include "protocols/gsm/coding.hpp"
#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

class TestSmsc final : public smpp::Link::Owner {
 public:
  explicit TestSmsc(boost::asio::io_context& io)
      : acceptor_(io, {boost::asio::ip::address_v4::loopback(), 0}) {
    accept();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Over how many binds.
  std::size_t bound() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(links_, [](const auto& link) { return link->session().bound(); }));
  }
  void deliver(const std::string& from, const std::string& text) {
    std::vector<std::uint8_t> octets;
    REQUIRE(gsm::encode(text, octets));
    smpp::DeliverSm pdu;
    pdu.source = {1, 1, from};
    pdu.destination = {3, 0, "8880"};
    pdu.short_message = octets;
    REQUIRE(links_.back()->submit(pdu, ++delivered));
  }
  // USSD in the dialect spec34.
  void dial(const std::string& from, std::uint8_t session, std::uint8_t operation,
            std::string_view text) {
    smpp::TlvWriter tlvs;
    tlvs.put8(smpp::tag::ussd_service_op, operation);
    tlvs.put16(smpp::tag::its_session_info, static_cast<std::uint16_t>(session << 8));
    smpp::DeliverSm pdu;
    pdu.source = {1, 1, from};
    pdu.destination = {0, 0, "888"};
    pdu.data_coding = 0x0F;
    pdu.short_message = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    pdu.tlvs = tlvs.tlvs();
    REQUIRE(links_.back()->submit(pdu, ++delivered));
  }
  // A part under reference 9, of ASCII.
  void deliver_part(const std::string& from, std::uint8_t number, std::uint8_t total,
                    std::string_view text) {
    std::vector<std::uint8_t> octets{5, 0, 3, 9, total, number};
    octets.insert(octets.end(), text.begin(), text.end());
    smpp::DeliverSm pdu;
    pdu.source = {1, 1, from};
    pdu.destination = {3, 0, "8880"};
    pdu.esm_class = 0x40;
    pdu.short_message = octets;
    REQUIRE(links_.back()->submit(pdu, ++delivered));
  }
  // A receipt, over the last bind.
  void deliver_receipt(const std::string& from, const std::string& id,
                       const std::string& state = "UNDELIV") {
    const std::string text = "id:" + id + " stat:" + state;
    smpp::DeliverSm pdu;
    pdu.source = {1, 1, from};
    pdu.destination = {3, 0, "8880"};
    pdu.esm_class = 0x04;  // SMPP 3.4, 5.2.12
    pdu.short_message = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    REQUIRE(links_.back()->submit(pdu, ++delivered));
  }
  // The oldest bind, or all.
  void cut() { links_.front()->abort(); }
  void cut_all() {
    for (const auto& link : std::vector(links_)) link->abort();
  }
  // Nobody answers at this port any more; listen() opens it again.
  void leave() {
    acceptor_.close();
    cut_all();
  }
  void listen(std::uint16_t port) {
    const boost::asio::ip::tcp::endpoint here(boost::asio::ip::address_v4::loopback(), port);
    acceptor_.open(here.protocol());
    acceptor_.set_option(boost::asio::socket_base::reuse_address(true));
    acceptor_.bind(here);
    acceptor_.listen();
    accept();
  }
  // The response that was left out, at last.
  void answer_late(std::size_t which) {
    const auto& [link, sequence] = unanswered_.at(which);
    link->session().respond(smpp::CommandId::submit_sm, sequence, smpp::ESME_ROK, "late");
    link->flush();
  }

  // Nothing: it is left without an answer.
  std::function<std::optional<std::uint32_t>(const std::string& text)> verdict =
      [](const std::string&) { return smpp::ESME_ROK; };
  std::uint32_t bind_status = smpp::ESME_ROK;
  smpp::TlsContext tls;  // of a server; nothing: without TLS

  std::vector<std::string> texts;               // of all submit_sm, in order
  std::vector<std::string> accepted;            // those that were taken
  std::vector<smpp::Link*> ways;                // by which each of them came
  std::vector<std::uint8_t> operations;         // ussd_service_op of those that have one
  std::vector<std::uint8_t> receipts_asked;     // registered_delivery of each of them
  std::map<std::uint64_t, std::uint32_t> acks;  // of our deliver_sm
  std::uint64_t delivered = 0;
  int binds = 0;
  bool unbound_in_order = false;

 private:
  void accept() {
    acceptor_.async_accept([this](const auto& error, boost::asio::ip::tcp::socket socket) {
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
  void happened(smpp::Link& link, const smpp::Happening& happening) override {
    if (const auto* asked = std::get_if<smpp::BindRequested>(&happening)) {
      ++binds;
      if (bind_status == smpp::ESME_ROK)
        link.session().accept_bind(asked->sequence, asked->bind);
      else
        link.session().refuse_bind(asked->sequence, asked->bind.mode, bind_status);
    } else if (const auto* received = std::get_if<smpp::Received>(&happening)) {
      const auto& submit = std::get<smpp::SubmitSm>(received->pdu.body);
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
        link.session().respond(smpp::CommandId::submit_sm, received->pdu.sequence, *status, id);
      else
        unanswered_.emplace_back(link.shared_from_this(), received->pdu.sequence);
    } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
      acks[answer->correlation] = answer->status;
    } else if (const auto* lost = std::get_if<smpp::Lost>(&happening)) {
      unbound_in_order = lost->in_order;
      std::erase_if(links_, [&](const auto& each) { return each.get() == &link; });
    }
  }

  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<smpp::Link>> links_;  // oldest first
  std::vector<std::pair<std::shared_ptr<smpp::Link>, std::uint32_t>> unanswered_;
};

struct Notices final : LinkWatcher {
  void noticed(const LinkNotice& notice) override { all.push_back(notice); }
  std::vector<LinkNotice> of(LinkNotice::What what) const {
    std::vector<LinkNotice> found;
    for (const auto& notice : all)
      if (notice.what == what) found.push_back(notice);
    return found;
  }
  std::vector<LinkNotice> all;
};

// One carrier with its SMSC. `change` alters its profile before it is made.
struct Site {
  explicit Site(const std::function<void(Profile&)>& change = {}, std::size_t intake_size = 100)
      : smsc(io), intake(intake_size) {
    carrier = std::make_unique<Carrier>(profile(change), 0, around(), owner);
  }
  Profile profile(const std::function<void(Profile&)>& change) const {
    Profile profile;
    profile.name = "simulator";
    profile.key = 42;
    profile.hosts = {{"127.0.0.1", std::to_string(smsc.port())}};
    profile.short_code = "8880";
    profile.rate = 10'000;
    profile.reconnect_first = profile.reconnect_longest = std::chrono::milliseconds{1};
    if (change) change(profile);
    return profile;
  }
  Carrier::Around around() {
    return {io, intake, keys, notices, [] { return 0u; }, [this] { return now; }};
  }

  // The loop, until it holds; a test that hangs fails instead.
  void until(const std::function<bool()>& holds) {
    for (int idle = 0; !holds() && idle < 200;)
      if (io.run_one_for(std::chrono::milliseconds{100}) == 0) ++idle;
    REQUIRE(holds());
  }
  void bind(std::size_t binds = 1) {
    carrier->start();
    until([&] { return smsc.bound() == binds && carrier->room() > 0; });
  }
  // Each to a number of its own. `code`: they carry one.
  void send(std::initializer_list<const char*> texts, std::uint32_t code = 0) {
    std::vector<engine::Outgoing> messages;
    for (const char* text : texts) {
      ++last_id;
      messages.push_back({last_id, 42, accounts::Msisdn::from_value(6281100000000 + last_id),
                          accounts::Secret(text), now + std::chrono::hours{1}, code});
    }
    carrier->announce(messages.size());
    carrier->send(messages);
  }
  // The SMSC brings a message; as it comes to the engine.
  engine::Inbound inbound(const std::string& from, const std::string& text) {
    smsc.deliver(from, text);
    return inbound();
  }
  // The next message that comes to the engine.
  engine::Inbound inbound() {
    std::optional<engine::Inbound> arrived;
    until([&] {
      for (auto& occurrence : heard())
        if (auto* message = std::get_if<engine::Inbound>(&occurrence))
          arrived = std::move(*message);
      return arrived.has_value();
    });
    return std::move(*arrived);
  }
  // What the intake holds now.
  std::vector<engine::Occurrence> heard() {
    std::vector<engine::Occurrence> all;
    intake.take(all, 1000, std::chrono::milliseconds{0});
    return all;
  }
  // Which messages are done with, so far; with them come the codes whose receipts are awaited, the
  // receipts that say that one was lost, and the codes that were refused.
  std::vector<engine::OutboundId> done() {
    for (const auto& occurrence : heard()) {
      if (const auto* sent = std::get_if<engine::Sent>(&occurrence)) {
        done_.push_back(sent->id);
        if (sent->receipt) awaited.push_back(*sent->receipt);
      }
      if (const auto* receipt = std::get_if<engine::ReceiptOfLoss>(&occurrence))
        receipts.push_back(*receipt);
      if (const auto* code = std::get_if<engine::Undelivered>(&occurrence)) lost.push_back(*code);
    }
    return done_;
  }
  std::vector<engine::AwaitedReceipt> awaited;
  std::vector<engine::ReceiptOfLoss> receipts;
  std::vector<engine::Undelivered> lost;

  boost::asio::io_context io;
  TestSmsc smsc;
  engine::Intake intake;
  const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
  Notices notices;
  engine::Instant now{std::chrono::seconds{1'800'000'000}};
  struct Owner final : Carrier::Owner {
    void changed(Carrier&) override {}
    void lent_message_over(engine::CarrierKey) override {}
  } owner;
  std::unique_ptr<Carrier> carrier;
  engine::OutboundId last_id = 0;

 private:
  std::vector<engine::OutboundId> done_;
};

}  // namespace pulih::carriers
