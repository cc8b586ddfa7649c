// A carrier's SMSC on this machine: it takes binds, brings MO messages from any number of
// telephones, shows what comes back to them and sends receipts when asked. It is built on the same
// session code as the gateway, seen from the other side, and goes wrong as its fault plan says.
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
#include "tests/phone/faults.hpp"

namespace pulih::phone {

struct CarrierSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 2775;  // 0: any that is free
  std::string system_id = "pulih", password = "demo", short_code = "8880";
  std::size_t window = 16;  // MO messages without an answer
  FaultPlan faults{};
  std::chrono::milliseconds late{2000};  // how late, at most, what is late comes
};

// Hears what no gateway can know: which of its messages this carrier took, by which of its
// connections, what befell the answer, and which connections are gone.
class Witness {
 public:
  virtual ~Witness() = default;
  virtual void taken(std::uint64_t connection, const std::string& to, const std::string& text,
                     Fault fault) = 0;
  virtual void gone(std::uint64_t connection) = 0;
};

class SimulatedCarrier final : public smpp::Link::Owner {
 public:
  // What one of the telephones shows: an SMS, a USSD screen that waits for an answer, the last
  // screen of its session, or one that nobody dialled for: to be answered, or only to be read.
  enum class Shown : std::uint8_t { message, screen, last_screen, called, notice };
  using Delivered =
      std::function<void(const std::string& to, const std::string& text, Shown shown)>;
  // What no telephone shows: receipts, faults, binds. Of numbers the last three digits.
  using Log = std::function<void(const std::string& line)>;

  SimulatedCarrier(boost::asio::io_context& io, CarrierSettings settings, Delivered delivered,
                   Log log = {});

  // Waits until it is accepted by the gateway; one that is not accepted is brought again. As on a
  // telephone, "*888#" is dialled, and what is typed while a screen is open is its answer.
  void send(const std::string& from, const std::string& text);
  bool bound() const;
  // From the next connection on; connections are counted over all carriers that it watches.
  void watch(Witness& witness, std::uint64_t& connections);
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::size_t waiting() const { return waiting_.size() + under_way_.size(); }
  void close();

 private:
  struct Mo {
    std::uint64_t id = 0;
    std::string from, text;
    std::uint8_t operation = 0;  // ussd_service_op; 0: an SMS
    std::uint8_t session = 0;
    std::string receipt_of{};  // a message's id; empty: no receipt
    std::uint8_t state = 0;    // message_state of a receipt
    bool again = false;        // once it is accepted
  };
  void accept();
  void bring(Mo mo);
  void pump();
  bool submit(smpp::Link& link, const Mo& mo);
  void happened(smpp::Link& link, const smpp::Happening& happening) override;
  void paused(smpp::Link& link) override;
  void take_bind(smpp::Link& link, const smpp::BindRequested& asked);
  void take_submit(smpp::Link& link, const smpp::Pdu& pdu);
  void answer(smpp::Link& link, std::uint32_t sequence, Fault fault, const std::string& id);
  void carry(const smpp::SubmitSm& submit, const std::string& receipt_id);
  void tell_taken(const smpp::Link& link, const smpp::SubmitSm& submit, Fault fault);
  Shown take_screen(const smpp::SubmitSm& submit, std::uint8_t operation);
  void send_receipt(const std::string& to, const std::string& id, bool delivered);
  smpp::Link* receiver() const;
  void accepted(std::uint64_t id);
  void again(std::uint64_t id);
  void later(std::function<void()> what);
  void log(std::string_view what, std::string_view number) const;

  CarrierSettings settings_;
  Delivered delivered_;
  Log log_;
  boost::asio::ip::tcp::acceptor acceptor_;
  struct Bound {
    std::shared_ptr<smpp::Link> link;
    smpp::BindMode mode{};
    bool bound = false;
    std::uint64_t number = 0;  // as its witness counts
  };
  std::vector<Bound> links_;
  Witness* witness_ = nullptr;
  std::uint64_t* connections_ = nullptr;
  struct Screen {
    std::uint8_t session = 0;
    bool open = false;
  };
  std::unordered_map<std::string, Screen> screens_;  // by telephone
  std::deque<Mo> waiting_;
  std::unordered_map<std::uint64_t, Mo> under_way_;
  std::uint64_t last_id_ = 0;
  // Large and with a letter in hexadecimal, so that no id can be read as another one.
  std::uint64_t last_mt_ = 0xA0000000;
};

}  // namespace pulih::phone
