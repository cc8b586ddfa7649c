// A small SMSC for the tests of this room, on the loopback interface: it takes binds, answers each
// submit_sm as the test says, and remembers everything. With it comes what surrounds a carrier in
// the daemon.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
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
  bool bound() const { return bound_ && link_; }
  void deliver(const std::string& from, const std::string& text) {
    std::vector<std::uint8_t> octets;
    REQUIRE(gsm::encode(text, octets));
    smpp::DeliverSm pdu;
    pdu.source = {1, 1, from};
    pdu.destination = {3, 0, "8880"};
    pdu.short_message = octets;
    REQUIRE(link_->submit(pdu, ++delivered));
  }
  void cut() { link_->abort(); }

  // Nothing: it is left without an answer.
  std::function<std::optional<std::uint32_t>(const std::string& text)> verdict =
      [](const std::string&) { return smpp::ESME_ROK; };
  std::uint32_t bind_status = smpp::ESME_ROK;

  std::vector<std::string> texts;               // of all submit_sm, in order
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
      link_ = std::make_shared<smpp::Link>(std::move(socket), settings, *this);
      link_->start();
      accept();
    });
  }
  void happened(smpp::Link& link, const smpp::Happening& happening) override {
    if (const auto* asked = std::get_if<smpp::BindRequested>(&happening)) {
      ++binds;
      bound_ = bind_status == smpp::ESME_ROK;
      if (bound_)
        link.session().accept_bind(asked->sequence, asked->bind);
      else
        link.session().refuse_bind(asked->sequence, asked->bind.mode, bind_status);
    } else if (const auto* received = std::get_if<smpp::Received>(&happening)) {
      const auto& submit = std::get<smpp::SubmitSm>(received->pdu.body);
      std::string text;
      gsm::decode_text(gsm::Coding::gsm7, submit.short_message, [&](char c) { text += c; });
      texts.push_back(text);
      if (const auto status = verdict(text))
        link.session().respond(smpp::CommandId::submit_sm, received->pdu.sequence, *status, "1");
    } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
      acks[answer->correlation] = answer->status;
    } else if (const auto* lost = std::get_if<smpp::Lost>(&happening)) {
      bound_ = false;
      unbound_in_order = lost->in_order;
    }
  }

  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<smpp::Link> link_;
  bool bound_ = false;
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
    Profile profile;
    profile.name = "simulator";
    profile.key = 42;
    profile.host = "127.0.0.1";
    profile.port = std::to_string(smsc.port());
    profile.short_code = "8880";
    profile.rate = 10'000;
    profile.reconnect_first = profile.reconnect_longest = std::chrono::milliseconds{1};
    if (change) change(profile);
    carrier = std::make_unique<Carrier>(
        std::move(profile), 0,
        Carrier::Around{io, intake, keys, notices, [] { return 0u; }, [this] { return now; }});
  }

  // The loop, until it holds; a test that hangs fails instead.
  void until(const std::function<bool()>& holds) {
    for (int idle = 0; !holds() && idle < 200;)
      if (io.run_one_for(std::chrono::milliseconds{100}) == 0) ++idle;
    REQUIRE(holds());
  }
  void bind() {
    carrier->start();
    until([&] { return smsc.bound() && carrier->room() > 0; });
  }
  void send(std::initializer_list<const char*> texts) {
    std::vector<engine::Outgoing> messages;
    for (const char* text : texts)
      messages.push_back({++last_id, 42, accounts::Msisdn::from_value(6281100000001),
                          accounts::Secret(text), now + std::chrono::hours{1}});
    carrier->announce(messages.size());
    carrier->send(messages);
  }
  // What the intake holds now.
  std::vector<engine::Occurrence> heard() {
    std::vector<engine::Occurrence> all;
    intake.take(all, 1000, std::chrono::milliseconds{0});
    return all;
  }
  // Which messages are done with, so far.
  std::vector<engine::OutboundId> done() {
    for (const auto& occurrence : heard())
      if (const auto* sent = std::get_if<engine::Sent>(&occurrence)) done_.push_back(sent->id);
    return done_;
  }

  boost::asio::io_context io;
  TestSmsc smsc;
  engine::Intake intake;
  const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
  Notices notices;
  engine::Instant now{std::chrono::seconds{1'800'000'000}};
  std::unique_ptr<Carrier> carrier;
  engine::OutboundId last_id = 0;

 private:
  std::vector<engine::OutboundId> done_;
};

}  // namespace pulih::carriers
