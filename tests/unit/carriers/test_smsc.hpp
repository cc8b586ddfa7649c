// A small SMSC for the tests of this room, on the loopback interface: it takes binds, answers each
// submit_sm as the test says, and remembers everything.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/smpp/link.hpp"
#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

class TestSmsc final : public smpp::Link::Owner {
 public:
  explicit TestSmsc(boost::asio::io_context& io);
  ~TestSmsc() override;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Over how many binds.
  std::size_t bound() const;
  void deliver(const std::string& from, const std::string& text);
  // USSD in the dialect spec34.
  void dial(const std::string& from, std::uint8_t session, std::uint8_t operation,
            std::string_view text);
  // A part under reference 9, of ASCII.
  void deliver_part(const std::string& from, std::uint8_t number, std::uint8_t total,
                    std::string_view text);
  // A receipt, over the last bind.
  void deliver_receipt(const std::string& from, const std::string& id,
                       const std::string& state = "UNDELIV");
  // The oldest bind, or all.
  void cut() { links_.front()->abort(); }
  void cut_all();
  // Nobody answers at this port any more; listen() opens it again.
  void leave();
  void listen(std::uint16_t port);
  // The response that was left out, at last.
  void answer_late(std::size_t which);

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
  void accept();
  void submit(const smpp::DeliverSm& pdu);
  void received(smpp::Link& link, const smpp::Received& received);
  void happened(smpp::Link& link, const smpp::Happening& happening) override;

  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<smpp::Link>> links_;  // oldest first
  std::vector<std::pair<std::shared_ptr<smpp::Link>, std::uint32_t>> unanswered_;
};

}  // namespace pulih::carriers
