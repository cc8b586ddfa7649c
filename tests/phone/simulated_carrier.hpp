// A carrier's SMSC on this machine: it takes binds, brings MO messages from any number of
// telephones and shows what comes back to them. It is built on the same session code as the
// gateway, seen from the other side.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocols/smpp/link.hpp"

namespace pulih::phone {

struct CarrierSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 2775;
  std::string system_id = "pulih", password = "demo", short_code = "8880";
  std::size_t window = 16;  // MO messages without an answer
};

class SimulatedCarrier final : public smpp::Link::Owner {
 public:
  // What one of the telephones shows: an SMS, a USSD screen that waits for an answer, or the last
  // screen of its session.
  enum class Shown : std::uint8_t { message, screen, last_screen };
  using Delivered =
      std::function<void(const std::string& to, const std::string& text, Shown shown)>;

  SimulatedCarrier(boost::asio::io_context& io, CarrierSettings settings, Delivered delivered);

  // Waits until it is accepted by the gateway; one that is not accepted is brought again. As on a
  // telephone, "*888#" is dialled, and what is typed while a screen is open is its answer.
  void send(const std::string& from, const std::string& text);
  bool bound() const;
  std::size_t waiting() const { return waiting_.size() + under_way_.size(); }
  void close();

 private:
  struct Mo {
    std::uint64_t id = 0;
    std::string from, text;
    std::uint8_t operation = 0;  // ussd_service_op; 0: an SMS
    std::uint8_t session = 0;
  };
  void accept();
  void pump();
  void happened(smpp::Link& link, const smpp::Happening& happening) override;
  void paused(smpp::Link& link) override;
  void take_bind(smpp::Link& link, const smpp::BindRequested& asked);
  void take_submit(smpp::Link& link, const smpp::Pdu& pdu);
  Shown take_screen(const smpp::SubmitSm& submit, std::uint8_t operation);
  smpp::Link* receiver() const;
  void again(std::uint64_t id);

  CarrierSettings settings_;
  Delivered delivered_;
  boost::asio::ip::tcp::acceptor acceptor_;
  struct Bound {
    std::shared_ptr<smpp::Link> link;
    smpp::BindMode mode{};
    bool bound = false;
  };
  std::vector<Bound> links_;
  struct Screen {
    std::uint8_t session = 0;
    bool open = false;
  };
  std::unordered_map<std::string, Screen> screens_;  // by telephone
  std::deque<Mo> waiting_;
  std::unordered_map<std::uint64_t, Mo> under_way_;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_mt_ = 0;
};

}  // namespace pulih::phone
